using System.Diagnostics;
using System.Globalization;
using FashionCnn.Data;
using FashionCnn.Native;
using FashionCnn.Training;
using SkiaSharp;

namespace FashionCnn.Benchmarks.Training;

/// <summary>
/// Training on a folder of pictures that is not held in memory: what part of the processor time the decoder takes. Processor time, unlike
/// elapsed time, says the same beside other work.
/// </summary>
internal static class PictureBenchmark
{
    private const int Classes = 10;
    private const int Size = 128;

    // In which /proc/self/task/ID/stat counts; Linux has had it so on every architecture for decades.
    private const double TicksPerSecond = 100;

    /// <summary>Writes JPEG files by class: a disk of the class's color on a gradient, with noise.</summary>
    public static void Make(string folder, int count)
    {
        for (var label = 0; label < Classes; label++)
        {
            Directory.CreateDirectory(Path.Combine(folder, $"class{label}"));
        }

        Parallel.For(0, count, i =>
        {
            var random = new Random(i);
            using var bitmap = new SKBitmap(new SKImageInfo(Size, Size, SKColorType.Rgba8888, SKAlphaType.Opaque));
            var pixels = bitmap.GetPixelSpan();
            var color = SKColor.FromHsv(360f * (i % Classes) / Classes, 80, 90);
            var (column, row, radius) = (random.Next(Size), random.Next(Size), random.Next(20, 50));
            for (var pixel = 0; pixel < Size * Size; pixel++)
            {
                var (x, y) = (pixel % Size, pixel / Size);
                var isInside = ((x - column) * (x - column)) + ((y - row) * (y - row)) < radius * radius;
                pixels[4 * pixel] = (byte)((isInside ? color.Red : x) + random.Next(30));
                pixels[(4 * pixel) + 1] = (byte)((isInside ? color.Green : y) + random.Next(30));
                pixels[(4 * pixel) + 2] = (byte)((isInside ? color.Blue : 128) + random.Next(30));
                pixels[(4 * pixel) + 3] = 255;
            }

            using var data = bitmap.Encode(SKEncodedImageFormat.Jpeg, 85);
            File.WriteAllBytes(Path.Combine(folder, $"class{i % Classes}", $"{i:00000}.jpg"), data.ToArray());
        });
    }

    /// <summary>Trains one epoch without holding the pictures, and writes where the processor time went.</summary>
    public static void Train(string folder, int threads, TextWriter output)
    {
        ProcessTuning.Apply();
        NativeTorch.EnsureLoaded();
        var model = ModelCatalog.All.Single(candidate => candidate.Id == "pictures");
        var before = Used();
        var data = DataSets.Open(new DataRequest(folder, model.Input), DataEnvironment.Current with { PictureMemory = 0 });
        output.WriteLine(string.Create(CultureInfo.InvariantCulture, $"opened {data.Train.Count} pictures, held: {data.Train.IsHeld}: {Used() - before:0.0} s of processor time"));

        var settings = new RunSettings(model.Training, Seed: 1, threads, "cpu", ComputePrecision.Resolve("auto", "cpu"));
        Trainer.Prepare(settings);
        using var network = model.Create();
        before = Used();
        var (decoders, all) = (0.0, 0.0);
        var outcome = Trainer.Train(network, data, settings, onStep: step =>
        {
            if (step.ImagesDone == step.Images)
            {
                (decoders, all) = (OfDecoders(), Used() - before);
            }
        });
        output.WriteLine(string.Create(
            CultureInfo.InvariantCulture,
            $"trained one epoch of {data.Train.Count * (1 - settings.Training.ValidationSplit):0} pictures on {threads} threads, {settings.Precision}: {all:0.0} s of processor time, of which the decoder took {decoders:0.0} s ({decoders / all:0.0%})"));
        using var process = Process.GetCurrentProcess();
        output.WriteLine(string.Create(
            CultureInfo.InvariantCulture,
            $"loss {outcome.History[0].TrainLoss:0.0000}, accuracy on the held-out pictures {outcome.History[0].TestAccuracy:0.0000}; decoded, the pictures are {(double)data.Train.Count * model.Input.Count / (1 << 20):0} MiB, and the process had at most {process.PeakWorkingSet64 / (1 << 20)} MiB"));
    }

    private static double Used()
    {
        using var process = Process.GetCurrentProcess();
        return process.TotalProcessorTime.TotalSeconds;
    }

    // The fields after the name in brackets; the 12th and 13th of them are the times in the program and in the system.
    private static double OfDecoders() => Directory.GetDirectories("/proc/self/task")
        .Select(task => File.ReadAllText(Path.Combine(task, "stat")))
        .Where(stat => stat.Contains("(picture-decoder)", StringComparison.Ordinal))
        .Select(stat => stat[(stat.LastIndexOf(')') + 2)..].Split(' '))
        .Sum(fields => (long.Parse(fields[11], CultureInfo.InvariantCulture) + long.Parse(fields[12], CultureInfo.InvariantCulture)) / TicksPerSecond);
}
