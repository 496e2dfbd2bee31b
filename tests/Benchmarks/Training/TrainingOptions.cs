using System.Diagnostics.CodeAnalysis;
using System.Globalization;

namespace FashionCnn.Benchmarks.Training;

/// <summary>What to measure.</summary>
internal sealed record TrainingOptions(
    IReadOnlyList<string> Sections, IReadOnlyList<string> Models, IReadOnlyList<int> BatchSizes, int Threads, int Rounds)
{
    private static readonly string[] AllSections = ["step", "pytorch", "evaluation", "process", "growth", "waiting", "self-check"];

    public static TrainingOptions? Parse(string[] args, [NotNullWhen(false)] out string? error)
    {
        var options = new TrainingOptions(AllSections, ["model1a", "model1b", "model2", "model3", "model4"], [32, 128], Environment.ProcessorCount, 7);
        error = null;
        try
        {
            foreach (var pair in args.Chunk(2))
            {
                var values = pair.Length == 2 ? pair[1].Split(',') : throw new FormatException();
                options = pair[0] switch
                {
                    "--sections" when values.All(AllSections.Contains) => options with { Sections = values },
                    "--models" when values.All(id => ModelCatalog.All.Any(model => model.Id == id)) => options with { Models = values },
                    "--batch-sizes" => options with { BatchSizes = [.. values.Select(Positive)] },
                    "--threads" => options with { Threads = Positive(pair[1]) },
                    "--rounds" => options with { Rounds = Positive(pair[1]) },
                    _ => throw new FormatException(),
                };
            }

            return options;
        }
        catch (FormatException)
        {
            error = $"These options cannot be read: {string.Join(' ', args)}";
            return null;
        }
    }

    private static int Positive(string text) =>
        int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var value) && value > 0 ? value : throw new FormatException();
}
