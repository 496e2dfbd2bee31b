using FashionCnn.Evaluation;

namespace FashionCnn.Runs;

/// <summary>One run among others.</summary>
/// <param name="Name">The model's id, with as much of the end of the folder's path as tells the runs apart.</param>
/// <param name="Run">What the run left.</param>
internal sealed record ComparedRun(string Name, RunRecord Run)
{
    /// <summary>The 95 % interval of the accuracy on the test images; null when no epoch was finished.</summary>
    public Interval? AccuracyInterval => Run.Result.AccuracyInterval;

    /// <summary>Images trained on per second of training; null when no epoch was finished.</summary>
    public double? ImagesPerSecond => Run.Result is { TrainSeconds: > 0 and var seconds, Epochs: var epochs, TrainImages: var images }
        ? (double)epochs * images * (1 - Run.Configuration.Training.ValidationSplit) / seconds
        : null;
}

/// <summary>Two runs, image by image.</summary>
/// <param name="First">One run.</param>
/// <param name="Second">The other.</param>
/// <param name="Test">How many images only one of them has right, and what that says.</param>
/// <param name="CorrectedPValue">The p-value after Holm's correction over all pairs.</param>
internal sealed record ComparedPair(ComparedRun First, ComparedRun Second, PairedTest Test, double CorrectedPValue)
{
    /// <summary>The level below which a difference is called more than chance.</summary>
    public const double Level = 0.05;

    /// <summary>The two runs differ by more than chance.</summary>
    public bool Differs => CorrectedPValue < Level;

    /// <summary>What the numbers say of these two runs, in words.</summary>
    public string Verdict => Differs
        ? $"{(Test.OnlyFirst > Test.OnlySecond ? First : Second).Name} is better by more than chance"
        : "chance alone could explain the difference";
}

/// <summary>Several runs that differ in nothing but their seed.</summary>
/// <param name="Model">The model's id.</param>
/// <param name="Runs">The runs, one of each seed.</param>
/// <param name="TestAccuracy">Mean and standard deviation of the accuracy on the test images.</param>
/// <param name="TestLoss">Of the loss.</param>
/// <param name="TrainSeconds">Of the training time.</param>
internal sealed record SeedGroup(string Model, IReadOnlyList<ComparedRun> Runs, Spread TestAccuracy, Spread TestLoss, Spread TrainSeconds);

/// <summary>Several runs side by side.</summary>
/// <param name="Runs">The runs, in the order in which they were given.</param>
/// <param name="Pairs">Every two that said something of the same test images.</param>
/// <param name="Groups">Those of one model with several seeds.</param>
/// <param name="Notes">What could not be compared, and why.</param>
internal sealed record RunComparison(IReadOnlyList<ComparedRun> Runs, IReadOnlyList<ComparedPair> Pairs, IReadOnlyList<SeedGroup> Groups, IReadOnlyList<string> Notes)
{
    /// <summary>What the p-values of the pairs mean.</summary>
    public const string AboutPairs =
        "p is McNemar's exact test on the same test images, corrected by Holm for the number of pairs. It compares these runs only: another seed gives another run, and it takes several seeds to judge an architecture.";

    /// <summary>Compares runs.</summary>
    public static RunComparison Of(IReadOnlyList<RunRecord> records)
    {
        var runs = records.Select(record => new ComparedRun(Name(record, records), record)).ToList();
        var paired = runs.Where(run => run.Run.Predictions is not null).ToList();
        var tests = paired.SelectMany((first, i) => paired.Skip(i + 1).Where(second => SameImages(first, second)).Select(second => (First: first, Second: second, Test: Test(first, second)))).ToList();
        var corrected = PairedTest.Holm([.. tests.Select(test => test.Test.PValue)]);
        return new RunComparison(
            runs, [.. tests.Select((test, i) => new ComparedPair(test.First, test.Second, test.Test, corrected[i]))], [.. GroupsOf(runs)], [.. NotesOn(runs, paired)]);
    }

    private static string Name(RunRecord run, IReadOnlyList<RunRecord> all)
    {
        var others = all.Where(other => other != run && other.Configuration.Model == run.Configuration.Model).ToList();
        return others.Count == 0 ? run.Configuration.Model : $"{run.Configuration.Model} {Place(1)}";

        string Place(int names) => names < Names(run).Length && others.Any(other => End(other, names) == End(run, names)) ? Place(names + 1) : End(run, names);

        static string End(RunRecord run, int names) => string.Join('/', Names(run).TakeLast(names));

        static string[] Names(RunRecord run) => Path.GetFullPath(run.Folder.Path).Split(Path.DirectorySeparatorChar, StringSplitOptions.RemoveEmptyEntries);
    }

    private static bool SameImages(ComparedRun first, ComparedRun second) => first.Run.Configuration.TestFingerprint == second.Run.Configuration.TestFingerprint;

    private static PairedTest Test(ComparedRun first, ComparedRun second)
    {
        var (predictions, others) = (first.Run.Predictions!, second.Run.Predictions!);
        return predictions.Labels.AsSpan().SequenceEqual(others.Labels)
            ? PairedTest.Of(predictions, others)
            : throw new InputException($"{first.Run.Folder.File("predictions.csv")} and {second.Run.Folder.File("predictions.csv")} have different labels, though both runs were evaluated on the same test images: one of them is damaged. Train that run again.");
    }

    private static IEnumerable<SeedGroup> GroupsOf(List<ComparedRun> runs) => Alike(runs)
        .Select(group => group.DistinctBy(run => run.Run.Configuration.Seed).ToList())
        .Where(seeds => seeds.Count > 1)
        .Select(seeds => new SeedGroup(
            seeds[0].Run.Configuration.Model,
            seeds,
            Spread.Of([.. seeds.Select(run => run.Run.Result.TestAccuracy!.Value)]),
            Spread.Of([.. seeds.Select(run => run.Run.Result.TestLoss!.Value)]),
            Spread.Of([.. seeds.Select(run => run.Run.Result.TrainSeconds)])));

    private static IEnumerable<IGrouping<string, ComparedRun>> Alike(List<ComparedRun> runs) => runs
        .Where(run => run.Run.Result is { Completed: true, TestAccuracy: not null, TestLoss: not null } && !run.Run.Configuration.DecidingChanges.Any())
        .GroupBy(run => run.Run.Configuration.WithoutSeed);

    private static IEnumerable<string> NotesOn(List<ComparedRun> runs, List<ComparedRun> paired)
    {
        foreach (var run in runs.Except(paired))
        {
            yield return $"{run.Name} {(run.Run.Result.Completed ? "has no predictions.csv" : "was interrupted")}, so it is left out of the image-by-image comparison";
        }

        foreach (var run in runs.Where(run => run.Run.Configuration.InitialWeights is not null))
        {
            yield return $"{run.Name} did not start with fresh weights, but with those of {run.Run.Configuration.InitialWeights!.File}";
        }

        foreach (var run in runs.Where(run => run.Run.Configuration.DecidingChanges.Any()))
        {
            yield return $"settings of {run.Name} were changed while it was trained ({string.Join("; ", run.Run.Configuration.DecidingChanges)}), so it is not averaged with others";
        }

        foreach (var group in Alike(runs).Where(group => group.DistinctBy(run => run.Run.Configuration.Seed).Skip(1).Any()))
        {
            foreach (var (first, again) in group.GroupBy(run => run.Run.Configuration.Seed).SelectMany(same => same.Skip(1).Select(again => (same.First(), again))))
            {
                yield return $"{again.Name} has the seed of {first.Name}, so it is not averaged once more";
            }
        }

        if (runs.Select(run => run.Run.Configuration.TrainFingerprint).OfType<string>().Distinct().Count() > 1)
        {
            yield return "not all runs were trained on the same images";
        }

        if (runs.Where(run => run.Run.Configuration.TrainFingerprint is null).Select(run => run.Name).ToList() is { Count: > 0 } unknown && unknown.Count < runs.Count)
        {
            yield return $"an earlier version did not record which images {string.Join(", ", unknown)} {(unknown.Count == 1 ? "was" : "were")} trained on";
        }

        if (paired.Select(run => run.Run.Configuration.TestFingerprint).Distinct().Count() > 1)
        {
            yield return "not all runs were evaluated on the same test images; only those that share them are compared image by image";
        }

        if (runs.Select(run => (run.Run.Result.Epochs, run.Run.Result.TrainImages, run.Run.Configuration.Training.ValidationSplit)).Distinct().Count() > 1)
        {
            yield return "the runs were not trained for the same number of epochs and images";
        }
    }
}
