using System.Globalization;
using FashionCnn.Training;

namespace FashionCnn.CommandLine.Report;

/// <summary>One quantity by epoch as SVG; colors, widths and dashes are the style sheet's.</summary>
internal static class CurvePanel
{
    private const double Width = 480;
    private const double Height = 310;
    private const double Left = 46;
    private const double Right = 458;
    private const double Top = 12;
    private const double Bottom = 268;

    // More would hide the curves, or make the file large.
    private const int EpochsWithPoints = 200;
    private const int Ticks = 6;
    private const double LabelHeight = 13;

    /// <summary>The panel.</summary>
    /// <param name="quantity">What it shows.</param>
    /// <param name="curves">The curves; one without a finite value is left out.</param>
    /// <param name="value">How to read the quantity of a curve.</param>
    /// <param name="epochs">The last epoch of all curves.</param>
    /// <param name="fromZero">Whether the axis begins at 0.</param>
    public static Markup Of(string quantity, IReadOnlyList<Curve> curves, Func<Curve, Func<EpochRecord, double?>> value, int epochs, bool fromZero)
    {
        var points = curves.Select(curve => curve.History.Select(epoch => (epoch.Epoch, Value: value(curve)(epoch)))
            .Where(point => point.Value is { } number && double.IsFinite(number)).Select(point => (point.Epoch, point.Value!.Value)).ToList()).ToList();
        var values = points.SelectMany(curve => curve).Select(point => point.Value).DefaultIfEmpty(0).ToList();
        var (low, high, step) = Axis(fromZero ? Math.Min(0, values.Min()) : values.Min(), values.Max());
        var (first, last) = epochs > 1 ? (1.0, (double)epochs) : (0.5, 1.5);
        return Markup.Of($"""
            <figure class="panel" data-quantity="{quantity}">
            <figcaption>{quantity}</figcaption>
            <svg viewBox="0 0 {Width} {Height}" role="img" aria-label="{quantity} by epoch; the values are in the table below" data-left="{Left}" data-right="{Right}" data-first="{first}" data-last="{last}">
            <g class="grid">{YTicks()}{XTicks()}</g>
            <text class="axis" x="{(Left + Right) / 2}" y="{Height - 6}" text-anchor="middle">epoch</text>
            <path class="cross" d="M0 {Top}V{Bottom}"/>
            {curves.Zip(points, (curve, line) => Line(curve, line))}
            {Ends()}
            </svg>
            </figure>
            """);

        double X(double epoch) => Left + ((epoch - first) / (last - first) * (Right - Left));
        double Y(double number) => Bottom - ((number - low) / (high - low) * (Bottom - Top));

        IEnumerable<Markup> YTicks() => Enumerable.Range(0, (int)Math.Round((high - low) / step) + 1).Select(i => low + (i * step)).Select(tick => Markup.Of(
            $"<path d=\"M{Left} {Y(tick):0.#}H{Right}\"/><text x=\"{Left - 7}\" y=\"{Y(tick):0.#}\" dy=\".35em\" text-anchor=\"end\">{Tick(tick, step)}</text>"));

        IEnumerable<Markup> XTicks()
        {
            var whole = (int)Math.Max(1, Math.Ceiling(Nice(epochs / (double)Ticks)));
            return Enumerable.Range(1, Math.Max(1, epochs / whole)).Select(i => i * whole).Where(epoch => epoch <= last).Select(epoch => Markup.Of(
                $"<text x=\"{X(epoch):0.#}\" y=\"{Bottom + 18}\" text-anchor=\"middle\">{epoch}</text>"));
        }

        Markup Line(Curve curve, IReadOnlyList<(int Epoch, double Value)> line) => Markup.Of(
            $"<g class=\"{curve.Look}\"><path class=\"curve\" d=\"{Path(line)}\"/>{(epochs > EpochsWithPoints ? [] : line.Select(point => Markup.Of($"<circle cx=\"{X(point.Epoch):0.#}\" cy=\"{Y(point.Value):0.#}\" r=\"2.5\" data-epoch=\"{point.Epoch}\"/>")))}</g>");

        string Path(IReadOnlyList<(int Epoch, double Value)> line) => string.Concat(line.Select((point, i) => string.Create(
            // A value that is no number leaves a gap.
            CultureInfo.InvariantCulture, $"{(i > 0 && line[i - 1].Epoch == point.Epoch - 1 ? 'L' : 'M')}{X(point.Epoch):0.#} {Y(point.Value):0.#}")));

        IEnumerable<Markup> Ends()
        {
            var ends = curves.Zip(points, (curve, line) => (Curve: curve, Line: line)).Where(end => end.Curve.Number is not null && end.Curve.HasEnd && end.Line.Count > 0)
                .Select(end => (end.Curve, Point: end.Line[^1])).OrderBy(end => Y(end.Point.Value)).ToList();
            var taken = double.NegativeInfinity;
            foreach (var (curve, point) in ends)
            {
                // Labels of curves that end together are placed one below the other.
                taken = Math.Max(taken + LabelHeight, Y(point.Value));
                yield return Markup.Of($"<text class=\"end {curve.Look}\" x=\"{X(point.Epoch) + 6:0.#}\" y=\"{taken:0.#}\" dy=\".35em\">{curve.Number}</text>");
            }
        }
    }

    /// <summary>The ends of an axis and the distance of its ticks: round numbers around the values.</summary>
    internal static (double Low, double High, double Step) Axis(double smallest, double largest)
    {
        // Values that are all the same still have an axis.
        var range = Math.Max(largest - smallest, Math.Max(Math.Abs(largest) * 0.01, 1e-6));
        var step = Nice(range / (Ticks - 1));
        var low = Math.Floor(smallest / step) * step;
        return (low, Math.Max(low + step, Math.Ceiling(largest / step) * step), step);
    }

    /// <summary>The least of 1, 2 and 5 times a power of ten that is not below a number.</summary>
    private static double Nice(double number)
    {
        var power = Math.Pow(10, Math.Floor(Math.Log10(number)));
        return new[] { 1.0, 2, 5, 10 }.First(factor => factor * power >= number * 0.999999) * power;
    }

    private static string Tick(double value, double step) => step >= 1e5 || step < 1e-4
        ? value.ToString("0.##e0", CultureInfo.InvariantCulture)
        : (Math.Abs(value) < step / 2 ? 0 : value).ToString($"F{Math.Max(0, -(int)Math.Floor(Math.Log10(step * 1.0001)))}", CultureInfo.InvariantCulture);
}
