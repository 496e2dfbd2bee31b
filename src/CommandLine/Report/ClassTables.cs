using FashionCnn.Evaluation;

namespace FashionCnn.CommandLine.Report;

/// <summary>How well the classes are told apart.</summary>
internal static class ClassTables
{
    // Larger ones can be neither read nor, from some thousands of classes, opened.
    private const int ClassesOfMatrix = 60;
    private const int MistakesShown = 60;

    /// <summary>True classes against predicted ones; the shade of a cell is its share of the true class. Of many classes, the most frequent mistakes.</summary>
    public static Markup Confusion(ConfusionMatrix matrix, IReadOnlyList<string> names) => matrix.Classes > ClassesOfMatrix ? MostFrequent(matrix, names) : Markup.Of($"""
        <p class="soft">Rows are the true classes, columns the predicted ones. The shade is the share of the row: <span class="confusion-key right">right</span>, <span class="confusion-key wrong">wrong</span>.</p>
        <div class="scroll" tabindex="0" role="region" aria-label="Confusion matrix">
        <table class="confusion">
        <thead><tr><td></td>{names.Select(name => Markup.Of($"<th scope=\"col\"><span>{name}</span></th>"))}</tr></thead>
        <tbody>
        {names.Select((name, label) => Markup.Of($"<tr><th scope=\"row\">{name}</th>{Cells(matrix, label)}</tr>"))}
        </tbody>
        </table>
        </div>
        """);

    private static Markup MostFrequent(ConfusionMatrix matrix, IReadOnlyList<string> names) => Markup.Of($"""
        <p class="soft">The most frequent mistakes; a matrix of {NumberText.Count(matrix.Classes)} classes would be too large.</p>
        <table>
        <thead><tr><th scope="col">True class</th><th scope="col">Predicted class</th><th scope="col" class="n">Images</th></tr></thead>
        <tbody>
        {matrix.Mistakes.Take(MistakesShown).Select(mistake => Markup.Of($"<tr><td>{names[mistake.Label]}</td><td>{names[mistake.Predicted]}</td><td class=\"n\">{NumberText.Count(mistake.Count)}</td></tr>"))}
        </tbody>
        </table>
        """);

    /// <summary>Precision, recall and F1.</summary>
    public static Markup Metrics(ConfusionMatrix matrix, IReadOnlyList<string> names) => Markup.Of($"""
        <p class="soft">Precision is the share of the images predicted as a class that belong to it; recall is the share of a class's images that are predicted as it; F1 is their harmonic mean.</p>
        <div class="scroll" tabindex="0" role="region" aria-label="Precision, recall and F1 of each class">
        <table class="classes">
        <thead><tr><th scope="col">Class</th><th scope="col" class="n">Images</th><th scope="col" class="n">Precision</th><th scope="col" class="n">Recall</th><th scope="col" class="n">F1</th></tr></thead>
        <tbody>
        {matrix.Metrics.Select(metrics => Markup.Of(
            $"<tr><th scope=\"row\">{names[metrics.Class]}</th><td class=\"n\">{NumberText.Count(metrics.Support)}</td>{Share(metrics.Precision)}{Share(metrics.Recall)}{Share(metrics.F1)}</tr>"))}
        </tbody>
        </table>
        </div>
        """);

    private static IEnumerable<Markup> Cells(ConfusionMatrix matrix, int label)
    {
        var support = Math.Max(1, Enumerable.Range(0, matrix.Classes).Sum(predicted => matrix[label, predicted]));
        return Enumerable.Range(0, matrix.Classes).Select(predicted => matrix[label, predicted] == 0
            ? Markup.Of($"<td class=\"zero\">0</td>")
            : Markup.Of($"<td class=\"{(label == predicted ? "right" : "wrong")}\" style=\"--share:{(double)matrix[label, predicted] / support:0.###}\">{matrix[label, predicted]}</td>"));
    }

    private static Markup Share(double? value) => Markup.Of($"<td class=\"n bar\" style=\"--share:{value ?? 0:0.###}\">{NumberText.Number(value)}</td>");
}
