using System.Xml.Linq;
using FashionCnn.CommandLine.Charts;
using FashionCnn.Runs;
using FashionCnn.Training;
using SkiaSharp;
using Xunit;

namespace FashionCnn.CommandLine.Tests.Charts;

public sealed class CurveChartTests
{
    private static readonly EpochRecord[] History =
        [.. Enumerable.Range(1, 25).Select(epoch => new EpochRecord(epoch, 1.0 / epoch, 1 - (0.5 / epoch), 1.1 / epoch, 1 - (0.6 / epoch), 1, 1))];

    // Text that a missing font leaves out would leave these areas white.
    [Theory]
    [InlineData("title", 200, 5, 500, 26)]
    [InlineData("epochs along the bottom axis", 60, 452, 780, 14)]
    [InlineData("losses along the left axis", 22, 50, 30, 390)]
    [InlineData("accuracies along the right axis", 848, 50, 30, 390)]
    [InlineData("legend", 190, 519, 540, 18)]
    public void Every_text_is_drawn(string text, int left, int top, int width, int height)
    {
        using var picture = SKBitmap.Decode(CurveChart.Png("model1a on Fashion-MNIST", History));

        var drawn = 0;
        for (var x = left; x < left + width; x++)
        {
            for (var y = top; y < top + height; y++)
            {
                drawn += picture.GetPixel(x, y) is { Red: > 200, Green: > 200, Blue: > 200 } ? 0 : 1;
            }
        }

        Assert.True(drawn > 60, $"The {text} came out with {drawn} pixels.");
    }

    [Fact]
    public void The_font_comes_from_the_assembly()
    {
        _ = CurveChart.Png("t", History);

        // Not disposed: the chart library keeps it for the next chart.
        var typeface = ScottPlot.Fonts.GetTypeface("DejaVu Sans", bold: false, italic: false);
        Assert.Equal("DejaVu Sans", typeface.FamilyName);
    }

    [Fact]
    public void The_SVG_holds_every_text_with_fonts_to_fall_back_on()
    {
        var svg = XDocument.Parse(CurveChart.Svg("model1a on Fashion-MNIST", History));

        var texts = svg.Descendants().Where(element => element.Name.LocalName == "text").ToList();
        var words = string.Join(" ", texts.Select(text => text.Value));
        Assert.All(["model1a on Fashion-MNIST", "epoch", "loss", "accuracy", "training loss", "test accuracy"], word => Assert.Contains(word, words, StringComparison.Ordinal));
        Assert.All(texts, text => Assert.EndsWith("sans-serif", text.Attribute("font-family")!.Value, StringComparison.Ordinal));
    }

    [Fact]
    public void The_same_curves_give_the_same_SVG_whatever_was_drawn_before()
    {
        var first = CurveChart.Svg("t", History);
        _ = CurveChart.Svg("another", History[..3]);

        Assert.Equal(first, CurveChart.Svg("t", History));
        var names = XDocument.Parse(first).Descendants().Attributes("id").Select(id => id.Value).ToHashSet();
        var used = System.Text.RegularExpressions.Regex.Matches(first, @"url\(#([^)]+)\)").Select(match => match.Groups[1].Value).ToList();
        Assert.NotEmpty(used);
        Assert.All(used, name => Assert.Contains(name, names));
    }

    [Fact]
    public void A_single_epoch_still_shows() => Assert.NotEqual(CurveChart.Png("t", History[..1]), CurveChart.Png("t", []));

    [Fact]
    public void A_run_without_a_finished_epoch_has_curves_too()
    {
        using var folder = new TemporaryFolder();
        var run = RunFolder.Open(folder.Path);

        CurveChart.WriteTo(run, "none", []);

        Assert.True(File.Exists(run.File("curves.png")) && File.Exists(run.File("curves.svg")));
    }

    [Fact]
    public void Pictures_and_report_have_the_same_colors()
    {
        using var resource = new StreamReader(typeof(CurveChart).Assembly.GetManifestResourceStream("FashionCnn.CommandLine.Report.report.css")!);
        var style = resource.ReadToEnd();

        Assert.All(ChartStyle.Colors.Index(), color => Assert.Contains($"--c{color.Index}: {color.Item.ToHex().ToLowerInvariant()};", style[..style.IndexOf("@media", StringComparison.Ordinal)], StringComparison.Ordinal));
    }
}
