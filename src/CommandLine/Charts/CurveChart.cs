using FashionCnn.Runs;
using FashionCnn.Storage;
using FashionCnn.Training;
using ScottPlot;

namespace FashionCnn.CommandLine.Charts;

/// <summary>
/// Draws a run's curves in the form of the study's figures: loss falling on the left axis, accuracy rising on the right axis, by
/// epoch; the test curves thinner and lighter, with open markers.
/// </summary>
internal static class CurveChart
{
    private const int Width = 900;
    private const int Height = 560;

    // As the axes they belong to.
    private static readonly Color LossColor = ChartStyle.Colors[1];
    private static readonly Color AccuracyColor = ChartStyle.Colors[0];

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
        return ChartStyle.Written(plot.GetSvgXml(Width, Height));
    }

    /// <summary>Writes the curves' two pictures into a run's folder.</summary>
    public static void WriteTo(RunFolder run, string title, IReadOnlyList<EpochRecord> history)
    {
        AtomicFile.Write(run.File(RunFolder.CurvesPixelsFile), stream => stream.Write(Png(title, history)));
        AtomicFile.WriteText(run.File(RunFolder.CurvesLinesFile), Svg(title, history));
    }

    private static Plot Draw(string title, IReadOnlyList<EpochRecord> history)
    {
        EmbeddedFont.Register();
        var plot = new Plot();
        AddCurve("training loss", epoch => epoch.TrainLoss, plot.Axes.Left, LossColor, isTest: false);
        AddCurve("test loss", epoch => epoch.TestLoss, plot.Axes.Left, LossColor, isTest: true);
        AddCurve("training accuracy", epoch => epoch.TrainAccuracy, plot.Axes.Right, AccuracyColor, isTest: false);
        AddCurve("test accuracy", epoch => epoch.TestAccuracy, plot.Axes.Right, AccuracyColor, isTest: true);
        ChartStyle.Label(plot.Axes.Left, "loss", LossColor);
        ChartStyle.Label(plot.Axes.Right, "accuracy", AccuracyColor);
        plot.Grid.YAxis = plot.Axes.Left;
        ChartStyle.Finish(plot, title, history.Count);
        return plot;

        void AddCurve(string name, Func<EpochRecord, double?> value, IYAxis axis, Color color, bool isTest) =>
            ChartStyle.AddCurve(plot, history.Select(epoch => (epoch.Epoch, value(epoch))), name, axis, color, isTest);
    }
}
