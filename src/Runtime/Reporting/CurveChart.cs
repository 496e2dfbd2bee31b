using FashionCnn.Training;
using ScottPlot;
using ScottPlot.TickGenerators;

namespace FashionCnn.Reporting;

/// <summary>
/// Draws a run's curves in the form of the study's figures: loss falling on the left axis, accuracy rising on the right axis, by
/// epoch; the test curves thinner and lighter, with open markers.
/// </summary>
public static class CurveChart
{
    private const int Width = 900;
    private const int Height = 560;

    // Told apart by people who see colours differently (Okabe and Ito 2008), and by the axis they belong to.
    private static readonly Color LossColor = Color.FromHex("#D55E00");
    private static readonly Color AccuracyColor = Color.FromHex("#0072B2");

    /// <summary>The chart as PNG.</summary>
    public static byte[] Png(string title, IReadOnlyList<EpochRecord> history)
    {
        using var plot = Draw(title, history);
        return plot.GetImageBytes(Width, Height, ImageFormat.Png);
    }

    /// <summary>The chart as SVG.</summary>
    public static string Svg(string title, IReadOnlyList<EpochRecord> history)
    {
        using var plot = Draw(title, history);
        // Viewers without the font take another one without serifs.
        return plot.GetSvgXml(Width, Height).Replace($"font-family=\"{EmbeddedFont.Name}\"", $"font-family=\"{EmbeddedFont.Name}, Verdana, sans-serif\"", StringComparison.Ordinal);
    }

    private static Plot Draw(string title, IReadOnlyList<EpochRecord> history)
    {
        EmbeddedFont.Register();
        var plot = new Plot();
        AddCurve(plot, history, "training loss", epoch => epoch.TrainLoss, plot.Axes.Left, LossColor, isTest: false);
        AddCurve(plot, history, "test loss", epoch => epoch.TestLoss, plot.Axes.Left, LossColor, isTest: true);
        AddCurve(plot, history, "training accuracy", epoch => epoch.TrainAccuracy, plot.Axes.Right, AccuracyColor, isTest: false);
        AddCurve(plot, history, "test accuracy", epoch => epoch.TestAccuracy, plot.Axes.Right, AccuracyColor, isTest: true);

        plot.Axes.Title.Label.Text = title;
        Label(plot.Axes.Left, "loss", LossColor);
        Label(plot.Axes.Right, "accuracy", AccuracyColor);
        plot.Axes.Bottom.Label.Text = "epoch";
        plot.Axes.Bottom.Label.Bold = false;
        plot.Axes.Bottom.TickGenerator = new NumericAutomatic { IntegerTicksOnly = true };
        plot.Axes.SetLimitsX(0.5, history.Count + 0.5);
        plot.Grid.YAxis = plot.Axes.Left;
        // Beside the curves, where it cannot cover them.
        plot.ShowLegend(Edge.Bottom).Legend.Orientation = Orientation.Horizontal;
        plot.Font.Set(EmbeddedFont.Name);
        plot.Legend.FontName = EmbeddedFont.Name;
        return plot;
    }

    private static void AddCurve(
        Plot plot, IReadOnlyList<EpochRecord> history, string name, Func<EpochRecord, double> value, IYAxis axis, Color color, bool isTest)
    {
        var points = history.Where(epoch => double.IsFinite(value(epoch))).ToList();
        if (points.Count == 0)
        {
            return;
        }

        var curve = plot.Add.Scatter(points.Select(epoch => (double)epoch.Epoch).ToArray(), points.Select(value).ToArray());
        curve.LegendText = name;
        // Dashes would tell them apart as well, but SVG output does not have them.
        curve.Color = isTest ? color.WithAlpha(0.7) : color;
        curve.LineWidth = isTest ? 1.2f : 2.4f;
        curve.MarkerShape = isTest ? MarkerShape.OpenCircle : MarkerShape.FilledCircle;
        curve.MarkerSize = points.Count > 60 ? 0 : isTest ? 7 : 5;
        curve.Axes.YAxis = axis;
    }

    private static void Label(IYAxis axis, string text, Color color)
    {
        axis.Label.Text = text;
        axis.Label.Bold = false;
        axis.Label.ForeColor = color;
        axis.TickLabelStyle.ForeColor = color;
    }
}
