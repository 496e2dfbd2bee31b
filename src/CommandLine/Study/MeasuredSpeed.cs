using System.Text.Json;
using FashionCnn.Storage;

namespace FashionCnn.CommandLine.Study;

/// <summary>How fast a model was trained on an idle machine: full steps of its own batch size, on images of noise.</summary>
/// <param name="ImagesPerSecond">The batch size divided by the median time of a step.</param>
/// <param name="BatchSize">Images per step.</param>
/// <param name="Precision">fp32 or bf16.</param>
/// <param name="Layout">channels_last or channels_first.</param>
/// <param name="Threads">Threads that Torch computed with.</param>
/// <param name="Device">cpu or cuda.</param>
/// <param name="Processor">The processor's name.</param>
/// <param name="Cores">Its cores that the program could use.</param>
/// <param name="System">The operating system.</param>
/// <param name="Libtorch">The version of Torch's native library.</param>
/// <param name="Date">The day, in UTC, as 2026-01-31.</param>
/// <param name="OtherWork">Cores that other processes kept busy meanwhile; null where the system does not say it.</param>
internal sealed record MeasuredSpeed(
    double ImagesPerSecond, int BatchSize, string Precision, string Layout, int Threads, string Device, string Processor, int Cores, string System, string Libtorch, string Date, double? OtherWork)
{
    /// <summary>More work beside it than this makes a measurement worthless; it is not kept.</summary>
    public const double Idle = 0.1;

    /// <summary>Whether the machine did nothing else, as far as the system says.</summary>
    public bool IsAlone => OtherWork is null or <= Idle;

    /// <summary>Whether two speeds can be compared: same machine, threads, precision, layout and library.</summary>
    public bool IsOfSameMachine(MeasuredSpeed other) =>
        (Processor, Cores, System, Libtorch, Device, Threads, Precision, Layout) == (other.Processor, other.Cores, other.System, other.Libtorch, other.Device, other.Threads, other.Precision, other.Layout);

    /// <summary>The time of a whole training in seconds, evaluation not counted.</summary>
    public double Seconds(int epochs, int images) => (double)epochs * images / ImagesPerSecond;

    /// <summary>The speeds of a file, by model; none when there is no file.</summary>
    /// <exception cref="InputException">The file is damaged.</exception>
    public static IReadOnlyDictionary<string, MeasuredSpeed> Read(string file)
    {
        if (!File.Exists(file))
        {
            return new Dictionary<string, MeasuredSpeed>();
        }

        try
        {
            var speeds = JsonForm.Read<SortedDictionary<string, MeasuredSpeed>>(File.ReadAllText(file), StudyJson.AsInRuns);
            return speeds.Values.All(speed => speed is { ImagesPerSecond: > 0, BatchSize: > 0, Threads: > 0, OtherWork: null or >= 0 } && double.IsFinite(speed.ImagesPerSecond))
                ? speeds
                : throw Damaged("a speed, batch size or number of threads is not above 0");
        }
        catch (JsonException)
        {
            throw Damaged("it is not the speeds of models");
        }

        InputException Damaged(string what) => new($"{file}: the file is damaged: {what}. Delete it and measure again.");
    }
}
