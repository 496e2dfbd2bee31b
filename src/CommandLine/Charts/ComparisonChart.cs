using System.Text;
using FashionCnn.Runs;
using FashionCnn.Training;
using ScottPlot;
using ScottPlot.MultiplotLayouts;
using SkiaSharp;

namespace FashionCnn.CommandLine.Charts;

/// <summary>Draws the curves of several runs in one picture: loss on the left, accuracy on the right, one color a run.</summary>
internal static class ComparisonChart
{
    private const int Width = 1300;
    private const int Height = 600;

    /// <summary>The chart as PNG.</summary>
    public static byte[] Png(RunComparison comparison) => Draw(comparison).Render(Width, Height).GetImageBytes(ImageFormat.Png);

    /// <summary>The chart as SVG.</summary>
    public static string Svg(RunComparison comparison)
    {
        using var stream = new MemoryStream();
        using (var canvas = SKSvgCanvas.Create(SKRect.Create(Width, Height), stream))
        {
            // The picture is complete when the canvas is disposed.
            Draw(comparison).Render(canvas, new PixelRect(left: 0, right: Width, bottom: Height, top: 0));
        }

        return ChartStyle.Written(Encoding.UTF8.GetString(stream.ToArray()));
    }

    private static Multiplot Draw(RunComparison comparison)
    {
        EmbeddedFont.Register();
        var both = new Multiplot { Layout = new Columns() };
        both.AddPlots(2);
        AddCurves(both.Subplots.GetPlot(0), comparison, "loss", epoch => epoch.TrainLoss, epoch => epoch.TestLoss);
        AddCurves(both.Subplots.GetPlot(1), comparison, "accuracy", epoch => epoch.TrainAccuracy, epoch => epoch.TestAccuracy);
        return both;
    }

    private static void AddCurves(Plot plot, RunComparison comparison, string what, Func<EpochRecord, double?> train, Func<EpochRecord, double?> test)
    {
        foreach (var (i, run) in comparison.Runs.Index())
        {
            var color = ChartStyle.Colors[i % ChartStyle.Colors.Count];
            var history = run.Run.History;
            ChartStyle.AddCurve(plot, history.Select(epoch => (epoch.Epoch, train(epoch))), run.Name, plot.Axes.Left, color, isTest: false);
            ChartStyle.AddCurve(plot, history.Select(epoch => (epoch.Epoch, test(epoch))), string.Empty, plot.Axes.Left, color, isTest: true);
        }

        ChartStyle.Label(plot.Axes.Left, what, Color.FromHex("#000000"));
        ChartStyle.Finish(plot, $"{what}: training (thick), test (thin, open circles)", comparison.Runs.Max(run => run.Run.History.Count));
    }
}
