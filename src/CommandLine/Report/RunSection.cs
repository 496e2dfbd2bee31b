using FashionCnn.CommandLine.Numbers;
using FashionCnn.Data;
using FashionCnn.Evaluation;
using FashionCnn.Runs;

namespace FashionCnn.CommandLine.Report;

/// <summary>Everything of one run.</summary>
internal static class RunSection
{
    private const int MistakesOfOne = 24;
    private const int MistakesOfSeveral = 12;

    /// <summary>The whole report of a single run.</summary>
    public static Markup Alone(ReportedRun run, string title) => Markup.Of($"""
        <header>
        <h1>{title}</h1>
        {Lead(run)}
        </header>
        {Content(run, 2, MistakesOfOne, LayerTable.Of(run))}
        """);

    /// <summary>One of several runs.</summary>
    /// <param name="run">The run.</param>
    /// <param name="name">What to call it among the others.</param>
    /// <param name="number">Its number in this report.</param>
    /// <param name="sameAs">The number of an earlier run of the same network; null when it is the first.</param>
    public static Markup Of(ReportedRun run, string name, int number, int? sameAs) => Markup.Of($"""
        <section class="run" id="run-{number}">
        <h2><span class="number {Curve.Color(number)}">{number}</span> {name}</h2>
        {Lead(run)}
        {Content(run, 3, MistakesOfSeveral, sameAs is { } other ? Markup.Of($"""<p>The layers are those of <a href="#run-{other}">run {other}</a>.</p>""") : LayerTable.Of(run))}
        </section>
        """);

    private static Markup Lead(ReportedRun run) => Markup.Of($"""
        <p class="lead">{run.Model?.Description}</p>
        {Notices(run.Run).Select(notice => Markup.Of($"""<p class="notice">{notice}</p>"""))}
        {Figures(run.Run)}
        """);

    private static IEnumerable<string> Notices(RunRecord run)
    {
        var (configuration, result) = (run.Configuration, run.Result);
        if (configuration.Sample)
        {
            yield return "Trained on the built-in sample, not on the full data set.";
        }
        else if (!configuration.DataVerified && configuration.DataKind == DataKind.Idx)
        {
            yield return $"The data is unverified: the content of {configuration.DataLocation} is not that of the published Fashion-MNIST.";
        }

        if (configuration.DecidingChanges.Any())
        {
            yield return $"Settings were changed during training: {string.Join("; ", configuration.DecidingChanges)}. The result differs from that of a run that had these settings from the start.";
        }

        if (!result.Completed)
        {
            yield return result.Epochs == 0
                ? $"The run was interrupted in the first of {NumberText.Plural(configuration.Training.Epochs, "epoch")}, so there are no numbers yet."
                : $"The run was interrupted after {NumberText.Plural(result.Epochs, "finished epoch")} of {configuration.Training.Epochs}. The numbers are those of the last finished epoch.";
        }

        if (result.StoppedEarly)
        {
            yield return $"Training stopped early after {result.Epochs} of {configuration.Training.Epochs} epochs: the held-out images showed no further improvement.";
        }

        if (result.FinalEpoch is { } final && final != result.Epochs)
        {
            yield return $"The weights are those of epoch {final}, {KeptEpoch.Describe(configuration.Training)}.";
        }

        if (result.LeftOutImages > 0)
        {
            yield return $"{NumberText.Plural(result.LeftOutImages, "picture")} could not be read and {(result.LeftOutImages == 1 ? "was" : "were")} left out.";
        }

        yield return configuration.TestIsHeldOut ? RunReport.AboutHeldOutTest
            : configuration.Training.ValidationSplit > 0
            ? "Epochs are chosen by held-out training images; nothing is chosen by the test images."
            : configuration.TestAtEnd ? $"No images were held out, so nothing was chosen. The test images {(result.Completed ? "were evaluated once, after training" : "are evaluated once, when training ends")}."
            : "No images were held out, so nothing was chosen: the test images only show how training went.";
    }

    private static Markup Figures(RunRecord run)
    {
        var result = run.Result;
        return Markup.Of($"""
            <dl class="figures">
            {Figure("Test accuracy", NumberText.Number(result.TestAccuracy), $"95 % interval {StatisticText.Interval(result.AccuracyInterval)}")}
            {Figure("Test loss", NumberText.Number(result.TestLoss), $"{NumberText.Count(result.TestImages)} {(run.Configuration.TestIsHeldOut ? "held-out" : "test")} images")}
            {Figure("Training time", NumberText.Duration(result.Epochs == 0 ? null : result.TrainSeconds), $"{NumberText.Plural(result.Epochs, "epoch")} of {NumberText.Count((long)Math.Round(result.TrainImages * (1 - run.Configuration.Training.ValidationSplit)))} images")}
            {Figure("Parameters", NumberText.Count(result.Parameters), null)}
            </dl>
            """);
    }

    private static Markup Figure(string name, string value, string? note) =>
        Markup.Of($"<div><dt>{name}</dt><dd>{value}</dd>{(note is null ? null : Markup.Of($"<dd class=\"note\">{note}</dd>"))}</div>");

    private static Markup Content(ReportedRun run, int level, int mistakes, Markup layers) => Markup.Of($"""
        {Section(level, "Curves", Charts.Of([(null, Curve.OfOneRun(run.Run.History))]))}
        {Predictions(run, level, mistakes)}
        {Section(level, "Configuration", ConfigurationTable.Of(run.Run.Configuration))}
        {Section(level, "Architecture", layers)}
        """);

    private static Markup Section(int level, string title, Markup content) => Markup.Of($"""
        <section>
        <h{level}>{title}</h{level}>
        {content}
        </section>
        """);

    private static Markup Predictions(ReportedRun run, int level, int mistakes)
    {
        if (run.Run.Predictions is not { } predictions)
        {
            return Section(level, "Predictions", Markup.Of($"""
                <p>The run has no predictions.csv{(run.Run.Result.Completed ? null : ", because it was interrupted")}: there is no confusion matrix, no table of classes and no list of mistakes.
                {(run.Run.Result.Completed ? null : "Finish it with --resume, then write the report again.")}</p>
                """));
        }

        var matrix = new ConfusionMatrix(predictions, run.ClassNames.Count);
        return Markup.Of($"""
            <div class="predictions">
            {Section(level, "Confusion matrix", ClassTables.Confusion(matrix, run.ClassNames))}
            {Section(level, "Classes", ClassTables.Metrics(matrix, run.ClassNames))}
            </div>
            {Section(level, "The most confident mistakes", Mistakes.Of(run, predictions, mistakes))}
            """);
    }
}
