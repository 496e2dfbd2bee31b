using FashionCnn.CommandLine.Numbers;
using FashionCnn.Runs;

namespace FashionCnn.CommandLine.Report;

/// <summary>Several runs side by side, then each one alone.</summary>
internal static class ComparisonSection
{
    /// <summary>The whole report of several runs.</summary>
    /// <param name="runs">The runs.</param>
    /// <param name="comparison">Of the same runs, in the same order.</param>
    /// <param name="title">The report's title.</param>
    public static Markup Of(IReadOnlyList<ReportedRun> runs, RunComparison comparison, string title)
    {
        var number = comparison.Runs.Index().ToDictionary<(int Index, ComparedRun Item), ComparedRun, int>(run => run.Item, run => run.Index + 1, ReferenceEqualityComparer.Instance);
        return Markup.Of($"""
            <header>
            <h1>{title}</h1>
            {comparison.Notes.Select(note => Markup.Of($"""<p class="notice">Note: {note}.</p>"""))}
            </header>
            <section>
            <h2>Results</h2>
            {Table(comparison, number)}
            {comparison.Groups.Select(Group)}
            </section>
            <section>
            <h2>All curves</h2>
            {Charts.Of([.. comparison.Runs.Select(run => ((string?)run.Name, Curve.OfRun(run.Run.History, number[run])))])}
            </section>
            {(comparison.Pairs.Count == 0 ? null : Pairs(comparison, number))}
            {runs.Select((run, i) => RunSection.Of(run, comparison.Runs[i].Name, i + 1, SameNetwork(runs, i)))}
            """);
    }

    private static Markup Table(RunComparison comparison, IReadOnlyDictionary<ComparedRun, int> number) => Markup.Of($"""
        <div class="scroll" tabindex="0" role="region" aria-label="Results of the runs">
        <table>
        <thead><tr><th scope="col">Run</th>{Headings("Seed", "Epochs", "Test accuracy", "95 % interval", "Test loss", "Training time", "Parameters", "MACs per image", "Images per second")}</tr></thead>
        <tbody>
        {comparison.Runs.Select(run => Markup.Of(
            $"<tr><th scope=\"row\">{Name(run, number)}</th>{Numbers($"{run.Run.Result.Seed}", NumberText.Count(run.Run.Result.Epochs), NumberText.Number(run.Run.Result.TestAccuracy), StatisticText.Interval(run.AccuracyInterval), NumberText.Number(run.Run.Result.TestLoss), NumberText.Duration(run.Run.Result.Epochs == 0 ? null : run.Run.Result.TrainSeconds), NumberText.Count(run.Run.Result.Parameters), NumberText.Count(run.Run.Result.MultiplyAccumulates), NumberText.Count(run.ImagesPerSecond))}</tr>"))}
        </tbody>
        </table>
        </div>
        """);

    private static Markup Group(SeedGroup group) => Markup.Of(
        $"<p>{group.Model}, {group.Runs.Count} seeds (mean ± standard deviation): test accuracy {StatisticText.Of(group.TestAccuracy)}, test loss {StatisticText.Of(group.TestLoss)}, training time {StatisticText.Seconds(group.TrainSeconds)}.</p>");

    private static Markup Pairs(RunComparison comparison, IReadOnlyDictionary<ComparedRun, int> number) => Markup.Of($"""
        <section>
        <h2>Image by image</h2>
        <p class="soft">{RunComparison.AboutPairs}</p>
        <div class="scroll" tabindex="0" role="region" aria-label="Comparison of every two runs">
        <table>
        <thead><tr><th scope="col">First</th><th scope="col">Second</th>{Headings("Only the first is right", "Only the second is right", "p", "p corrected")}<th scope="col">These two runs</th></tr></thead>
        <tbody>
        {comparison.Pairs.Select(pair => Markup.Of(
            $"<tr><td>{Name(pair.First, number)}</td><td>{Name(pair.Second, number)}</td>{Numbers(NumberText.Count(pair.Test.OnlyFirst), NumberText.Count(pair.Test.OnlySecond), NumberText.PValue(pair.Test.PValue), NumberText.PValue(pair.CorrectedPValue))}<td>{pair.Verdict}</td></tr>"))}
        </tbody>
        </table>
        </div>
        </section>
        """);

    private static Markup Name(ComparedRun run, IReadOnlyDictionary<ComparedRun, int> number) =>
        Markup.Of($"<a class=\"name\" href=\"#run-{number[run]}\"><span class=\"number {Curve.Color(number[run])}\">{number[run]}</span> {run.Name}</a>");

    private static IEnumerable<Markup> Headings(params string[] names) => names.Select(name => Markup.Of($"<th scope=\"col\" class=\"n\">{name}</th>"));

    private static IEnumerable<Markup> Numbers(params string[] values) => values.Select(value => Markup.Of($"<td class=\"n\">{value}</td>"));

    // The number of the first run whose layers are shown already.
    private static int? SameNetwork(IReadOnlyList<ReportedRun> runs, int run) => runs.Take(run).Index()
        .Where(other => other.Item.Model is not null && other.Item.Run.Configuration.ArchitectureFingerprint == runs[run].Run.Configuration.ArchitectureFingerprint)
        .Select(other => (int?)other.Index + 1).FirstOrDefault();
}
