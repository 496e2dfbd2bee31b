using System.Globalization;
using FashionCnn.Checks;
using FashionCnn.Native;
using TorchSharp;

namespace FashionCnn.Runtime.Tests.Checks;

/// <summary>What a scan found.</summary>
/// <param name="Layers">How many layers were computed.</param>
/// <param name="Faults">One line for each that was wrong or ended the process.</param>
/// <param name="Summary">Counts by kind and precision, and the largest difference of those that were right.</param>
internal sealed record ScanOutcome(int Layers, IReadOnlyList<string> Faults, string Summary);

/// <summary>
/// Computes random layers in child processes, since a wrong kernel may end one, and in memory in which every new block is filled with
/// 3.4e38: what a kernel leaves unwritten often holds old values that look right.
/// </summary>
internal static class LayerScan
{
    /// <summary>The work by hand: a seed and a number of layers.</summary>
    public const string Name = "scan";

    public const string ChildName = "scan-child";

    private const char Separator = '\t';
    private const string Began = "began";

    public static ScanOutcome Run(int seed, int count)
    {
        var results = new List<Result>();
        while (results.Count < count)
        {
            var done = results.Count;
            var (error, pending) = ReadChild(seed, done, count - done, results);
            if (pending is { } layer)
            {
                results.Add(layer with { Difference = double.PositiveInfinity, Message = $"ended the process: {error.Trim()}" });
            }
            else if (results.Count < count)
            {
                throw new InvalidOperationException($"The scan's process ended before its first layer: {error}");
            }
        }

        var faults = results.Where(result => result.Message.Length > 0).Select(result => $"{result.Layer}: {result.Message}").ToList();
        return new ScanOutcome(results.Count, faults, Summarize(results, faults));
    }

    /// <summary>Scans and says what was found; 1 when anything was wrong.</summary>
    public static int Print(string[] args)
    {
        if (args is not [var seed, var count])
        {
            Console.Error.WriteLine("Arguments: SEED COUNT");
            return 2;
        }

        var outcome = Run(Number(seed), Number(count));
        Console.WriteLine(outcome.Summary);
        return outcome.Faults.Count == 0 ? 0 : 1;
    }

    /// <summary>The child: for each layer a line before, so that one knows which one ended it, and a line after.</summary>
    public static int RunChild(string[] args)
    {
        var (seed, skip, count) = (Number(args[0]), Number(args[1]), Number(args[2]));
        var index = skip;
        foreach (var layer in RandomLayers.Draw(seed).Skip(skip).Take(count))
        {
            Write(Began, layer.Kind, layer.Precision, $"{layer}");
            torch.set_num_threads(layer.Threads);
            var precision = ComputePrecision.Type(layer.Precision);
            var differences = ModelComparison.Measure(layer.Model, precision, layer.BatchSize, seed + index++);
            var wrong = differences.Where(difference => !(difference.Value <= ModelComparison.Allowed(precision)));
            Write(
                differences.Max(difference => difference.Value).ToString("R", CultureInfo.InvariantCulture),
                string.Join("; ", wrong.Select(difference => string.Create(CultureInfo.InvariantCulture, $"{difference.Quantity} off by {difference.Value:G3}"))));
        }

        return 0;
    }

    private static int Number(string text) => int.Parse(text, CultureInfo.InvariantCulture);

    private static void Write(params string[] parts) => Console.WriteLine(string.Join(Separator, parts));

    private static (string Error, Result? Pending) ReadChild(int seed, int skip, int count, List<Result> results)
    {
        var (_, lines, error) = ChildProcess.Run(ChildName, $"{seed}", $"{skip}", $"{count}");
        Result? pending = null;
        foreach (var line in lines)
        {
            var parts = line.Split(Separator);
            if (parts[0] == Began)
            {
                pending = new Result(parts[1], parts[2], parts[3], 0, string.Empty);
            }
            else
            {
                results.Add(pending! with { Difference = double.Parse(parts[0], CultureInfo.InvariantCulture), Message = parts[1] });
                pending = null;
            }
        }

        return (error, pending);
    }

    private static string Summarize(List<Result> results, List<string> faults)
    {
        var lines = results
            .GroupBy(result => (result.Kind, result.Precision))
            .OrderBy(group => group.Key)
            .Select(group => string.Create(
                CultureInfo.InvariantCulture,
                $"{group.Key.Kind,-24} {group.Key.Precision}  {group.Count(),5} layers  {group.Count(result => result.Message.Length > 0),3} wrong  largest difference {group.Max(result => result.Difference):G2}"));
        return string.Join('\n', [.. faults, .. lines, $"{results.Count} layers, {faults.Count} wrong"]);
    }

    private sealed record Result(string Kind, string Precision, string Layer, double Difference, string Message);
}
