using System.Text.RegularExpressions;
using ScottPlot;
using ScottPlot.TickGenerators;
using static System.FormattableString;

namespace FashionCnn.CommandLine.Charts;

/// <summary>What the charts of curves by epoch have in common.</summary>
internal static partial class ChartStyle
{
    /// <summary>
    /// The colors of runs, the report's on a white page: told apart by people who see colors differently, after Okabe and Ito 2008,
    /// darkened for white.
    /// </summary>
    public static IReadOnlyList<Color> Colors { get; } =
        [.. new[] { "#0072b2", "#d55e00", "#00805e", "#a8458a", "#8a6d00", "#5b5bd6", "#606a75", "#b3203c" }.Select(Color.FromHex)];

    /// <summary>Adds a curve; values that are missing or no numbers are left out. Test curves are thinner and lighter, with open markers.</summary>
    public static void AddCurve(Plot plot, IEnumerable<(int Epoch, double? Value)> curve, string name, IYAxis axis, Color color, bool isTest)
    {
        var points = curve.Where(point => point.Value is { } value && double.IsFinite(value)).ToList();
        if (points.Count == 0)
        {
            return;
        }

        var scatter = plot.Add.Scatter(points.Select(point => (double)point.Epoch).ToArray(), points.Select(point => point.Value!.Value).ToArray());
        scatter.LegendText = name;
        // Dashes would tell them apart as well, but SVG output does not have them.
        scatter.Color = isTest ? color.WithAlpha(0.7) : color;
        scatter.LineWidth = isTest ? 1.2f : 2.4f;
        scatter.MarkerShape = isTest ? MarkerShape.OpenCircle : MarkerShape.FilledCircle;
        scatter.MarkerSize = points.Count > 60 ? 0 : isTest ? 7 : 5;
        scatter.Axes.YAxis = axis;
    }

    /// <summary>Labels an axis.</summary>
    public static void Label(IAxis axis, string text, Color color)
    {
        axis.Label.Text = text;
        axis.Label.Bold = false;
        axis.Label.ForeColor = color;
        axis.TickLabelStyle.ForeColor = color;
    }

    /// <summary>Ends a plot: epochs as whole numbers, the legend beside the curves, text in the built-in font.</summary>
    public static void Finish(Plot plot, string title, int epochs)
    {
        plot.Axes.Title.Label.Text = title;
        plot.Axes.Bottom.Label.Text = "epoch";
        plot.Axes.Bottom.Label.Bold = false;
        plot.Axes.Bottom.TickGenerator = new NumericAutomatic { IntegerTicksOnly = true };
        plot.Axes.SetLimitsX(0.5, epochs + 0.5);
        // Where it cannot cover the curves.
        plot.ShowLegend(Edge.Bottom).Legend.Orientation = Orientation.Horizontal;
        plot.Font.Set(EmbeddedFont.Name);
        plot.Legend.FontName = EmbeddedFont.Name;
    }

    /// <summary>
    /// A drawn SVG as it is written: viewers without the font take another one without serifs, and the names of its parts depend on nothing
    /// that the process drew before, so that the same curves give the same bytes.
    /// </summary>
    public static string Written(string svg)
    {
        var names = new Dictionary<string, string>();
        return PartName().Replace(svg, match => names.TryGetValue(match.Value, out var name) ? name : names[match.Value] = Invariant($"p{names.Count + 1}"))
            .Replace($"font-family=\"{EmbeddedFont.Name}\"", $"font-family=\"{EmbeddedFont.Name}, Verdana, sans-serif\"", StringComparison.Ordinal);
    }

    [GeneratedRegex("""(?<=\bid="|url\(#|href="#)[^")]+""")]
    private static partial Regex PartName();
}
