namespace FashionCnn.CommandLine.Report;

/// <summary>Loss and accuracy by epoch side by side, their legend, and all values as a table, where the script finds them.</summary>
internal static class Charts
{
    /// <summary>The chart of one run, or of several in one.</summary>
    /// <param name="runs">The curves of each run, and what the legend calls the run; null for a run alone.</param>
    public static Markup Of(IReadOnlyList<(string? Name, IReadOnlyList<Curve> Curves)> runs)
    {
        var curves = runs.SelectMany(run => run.Curves).ToList();
        var epochs = curves.SelectMany(curve => curve.History).Select(epoch => epoch.Epoch).DefaultIfEmpty(0).Max();
        if (epochs == 0)
        {
            return Markup.Of($"<p>No epoch was finished.</p>");
        }

        return Markup.Of($"""
            <div class="charts">
            <ul class="legend">
            {runs.Select(run => Markup.Of($"<li>{run.Name} {run.Curves.Select(Key)}</li>"))}
            </ul>
            <div class="panels">
            {CurvePanel.Of("Loss", curves, curve => curve.Loss, epochs, fromZero: true)}
            {CurvePanel.Of("Accuracy", curves, curve => curve.Accuracy, epochs, fromZero: false)}
            </div>
            <p class="soft">Training values are averaged during the epoch, while the weights change and dropout is active; the others are measured after the epoch.</p>
            <details>
            <summary>All values</summary>
            <div class="scroll" tabindex="0" role="region" aria-label="Loss and accuracy of every epoch">
            <table class="values">
            <thead>
            <tr><td></td><th scope="colgroup" colspan="{curves.Count}">Loss</th><th scope="colgroup" colspan="{curves.Count}">Accuracy</th></tr>
            <tr><th scope="col" class="n">Epoch</th>{Headings(curves)}{Headings(curves)}</tr>
            </thead>
            <tbody>
            {Enumerable.Range(1, epochs).Select(epoch => Row(epoch, curves))}
            </tbody>
            </table>
            </div>
            </details>
            </div>
            """);
    }

    private static Markup Key(Curve curve) => Markup.Of(
        $"<span class=\"key {curve.Look}\"><svg viewBox=\"0 0 28 8\" width=\"28\" height=\"8\" aria-hidden=\"true\"><path class=\"curve\" d=\"M1 4H27\"/></svg>{Name(curve)}</span>");

    private static IEnumerable<Markup> Headings(IEnumerable<Curve> curves) => curves.Select(curve => Markup.Of($"<th scope=\"col\" class=\"n\">{Name(curve)}</th>"));

    private static string Name(Curve curve) => curve.Number is null ? curve.Name : $"{curve.Number} {curve.Name}";

    private static Markup Row(int number, IReadOnlyList<Curve> curves)
    {
        var epochs = curves.Select(curve => (Curve: curve, Epoch: curve.History.FirstOrDefault(epoch => epoch.Epoch == number))).ToList();
        return Markup.Of($"""
            <tr><th scope="row" class="n">{number}</th>{epochs.Select(pair => Value(pair.Epoch is null ? null : pair.Curve.Loss(pair.Epoch)))}{epochs.Select(pair => Value(pair.Epoch is null ? null : pair.Curve.Accuracy(pair.Epoch)))}</tr>
            """);
    }

    private static Markup Value(double? value) => Markup.Of($"<td class=\"n\">{NumberText.Number(value)}</td>");
}
