using System.Diagnostics;
using FashionCnn.Storage;

namespace FashionCnn.Training;

/// <summary>
/// The checkpoints of one run: the newest and the one before it. A new one is written whole beside them before the oldest goes, so
/// whenever the program is killed, the last one that was finished can be read.
/// </summary>
/// <param name="folder">The run's folder.</param>
/// <param name="interval">How much work may be lost: the time between two checkpoints within an epoch.</param>
public sealed class CheckpointStore(string folder, TimeSpan interval)
{
    private const string Next = "checkpoint-next.safetensors";
    private const string Newest = "checkpoint.safetensors";
    private const string Previous = "checkpoint-previous.safetensors";

    private readonly Stopwatch sinceWritten = Stopwatch.StartNew();

    /// <summary>Where training stood at the last checkpoint; null before the first.</summary>
    public TrainingState? Last { get; private set; }

    /// <summary>The time for the next one has come.</summary>
    public bool IsDue => sinceWritten.Elapsed >= interval;

    /// <summary>Whether a folder has a checkpoint.</summary>
    public static bool IsIn(string folder) => Files(folder).Any(File.Exists);

    /// <summary>Writes a checkpoint.</summary>
    /// <exception cref="IOException">The disk is full or the folder cannot be written; the checkpoints before are as they were.</exception>
    public void Write(Checkpoint checkpoint)
    {
        var (next, newest, previous) = (Path.Combine(folder, Next), Path.Combine(folder, Newest), Path.Combine(folder, Previous));
        try
        {
            AtomicFile.Write(next, stream => CheckpointFile.Write(stream, checkpoint));
            if (File.Exists(newest))
            {
                File.Move(newest, previous, overwrite: true);
            }

            File.Move(next, newest, overwrite: true);
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            throw new IOException(
                $"the checkpoint cannot be written to {folder}: {exception.Message.TrimEnd('.')}. "
                + (Last is null ? "There is none yet; make room or give another folder with --output, and start again." : $"The last good one, of {Last.Place}, is whole; make room and go on with --resume {folder}."),
                exception);
        }

        Last = checkpoint.State;
        sinceWritten.Restart();

        // What it was made of is large and garbage now. The collector would let a dozen such heaps gather before it looks at them.
        GC.Collect();
    }

    /// <summary>Ends a run that was trained to its end: the newest checkpoint stays, so that the run can be lengthened.</summary>
    public void Finish() => File.Delete(Path.Combine(folder, Previous));

    /// <summary>Reads the newest checkpoint that is whole, and clears away what a killed program left half written.</summary>
    /// <param name="warn">Told of each newer one that is damaged.</param>
    /// <exception cref="InputException">There is none.</exception>
    public Checkpoint Read(Action<string> warn)
    {
        foreach (var remains in Directory.GetFiles(folder, "*.tmp"))
        {
            File.Delete(remains);
        }

        foreach (var file in Files(folder).Where(File.Exists))
        {
            try
            {
                var checkpoint = CheckpointFile.Read(file);
                Last = checkpoint.State;
                return checkpoint;
            }
            catch (InputException exception)
            {
                warn($"{exception.Message.TrimEnd('.')}. The one before it is taken, if there is one.");
            }
        }

        throw new InputException($"{folder}: there is no checkpoint to go on from. Start a new run.");
    }

    // From the newest to the oldest: a next one is there only when the program was killed before it could be renamed.
    private static string[] Files(string folder) => [Path.Combine(folder, Next), Path.Combine(folder, Newest), Path.Combine(folder, Previous)];
}
