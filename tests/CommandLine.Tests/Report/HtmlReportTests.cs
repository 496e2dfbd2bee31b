using System.Net;
using System.Text.RegularExpressions;
using FashionCnn.CommandLine.Report;
using SkiaSharp;
using Xunit;

namespace FashionCnn.CommandLine.Tests.Report;

public sealed partial class HtmlReportTests : IDisposable
{
    private readonly TemporaryFolder folder = new();

    public void Dispose() => folder.Dispose();

    [Fact]
    public void A_run_is_shown_whole()
    {
        var page = HtmlReport.Of([Run()]);

        var text = Words(page);
        Assert.Contains("small on stripes A small network.", text, StringComparison.Ordinal);
        Assert.Contains("Test accuracy 0.8438 95 % interval 0.4365 to 0.9699 Test loss 0.3125 6 test images Training time 8.0 s 4 epochs of 12 images", text, StringComparison.Ordinal);
        Assert.Contains("No images were held out, so nothing was chosen", text, StringComparison.Ordinal);
        Assert.Contains("Epoch training test training test 1 1.0000 1.2500 0.5000 0.3750 2 0.5000 0.6250 0.7500 0.6875", text, StringComparison.Ordinal);
        Assert.Contains("top middle bottom top 2 0 0 middle 0 1 1 bottom 1 1 0", text, StringComparison.Ordinal);
        Assert.Contains("top 2 0.6667 1.0000 0.8000 middle 2 0.5000 0.5000 0.5000 bottom 2 0.0000 0.0000 0.0000", text, StringComparison.Ordinal);
        Assert.Contains("3 of 6 test images were misclassified. These are all of them.", text, StringComparison.Ordinal);
        Assert.Contains("conv1 Conv2D 3x3 same relu 8x8x4 40 2,304 dense1 Dense softmax 3 195 192", text, StringComparison.Ordinal);
        Assert.Contains("seed 1 threads 1 device cpu", text, StringComparison.Ordinal);
        Assert.Contains("learning rate 0.001", text, StringComparison.Ordinal);
    }

    [Fact]
    public void Mistakes_are_pictures_the_surest_first()
    {
        var run = Run();

        var pictures = Picture().Matches(HtmlReport.Of([run]));

        Assert.Equal(
            ["4, a bottom, middle, bottom, 0.9700", "5, a bottom, top, bottom, 0.6000", "2, a middle, bottom, middle, 0.5000"],
            pictures.Select(picture => $"{picture.Groups["image"]}, a {picture.Groups["true"]}, {picture.Groups["predicted"]}, {picture.Groups["label"]}, {picture.Groups["probability"]}"));
        foreach (Match picture in pictures)
        {
            using var drawn = SKBitmap.Decode(Convert.FromBase64String(picture.Groups["png"].Value));
            var image = int.Parse(picture.Groups["image"].ValueSpan, null);
            Assert.Equal(run.Test!.Pixels[(64 * image)..(64 * (image + 1))], drawn.Pixels.Select(pixel => pixel.Red));
        }
    }

    [Fact]
    public void Whatever_a_spec_or_a_file_says_stays_text()
    {
        const string Hostile = "<script>alert(1)</script>\"'><img src=x onerror=alert(2)>&amp;</style></title>";
        var run = Run();
        var configuration = run.Run.Configuration with { Model = Hostile, Data = Hostile, DataLocation = Hostile, Versions = new Dictionary<string, string> { [Hostile] = Hostile } };
        var hostile = run with
        {
            Run = run.Run with { Configuration = configuration },
            Model = run.Model! with { Model = Hostile, Description = Hostile, Notes = [Hostile], Layers = [run.Model.Layers[0] with { Name = Hostile, Kind = Hostile, Settings = Hostile }] },
            ClassNames = [Hostile, Hostile, Hostile],
        };

        foreach (var page in new[] { HtmlReport.Of([hostile]), HtmlReport.Of([hostile, hostile with { Model = null, WithoutModel = Hostile, Test = null, WithoutImages = Hostile }]) })
        {
            Assert.Contains("&lt;script&gt;alert(1)&lt;/script&gt;&quot;&#39;&gt;&lt;img src=x onerror=alert(2)&gt;&amp;amp;", page, StringComparison.Ordinal);
            Assert.DoesNotContain("alert(1)</script>", page, StringComparison.Ordinal);
            Assert.DoesNotContain("<img src=x", page, StringComparison.Ordinal);
            Assert.Equal((1, 1, 1), (Count(page, "<script"), Count(page, "</style"), Count(page, "</title")));
            // Nor does one end the value of an attribute.
            Assert.DoesNotContain("</script>\"", page, StringComparison.Ordinal);
        }
    }

    [Fact]
    public void The_file_needs_nothing_else()
    {
        var page = HtmlReport.Of([Run(), Run(seed: 2)]);

        Assert.DoesNotContain("http:", page, StringComparison.Ordinal);
        Assert.DoesNotContain("https:", page, StringComparison.Ordinal);
        Assert.DoesNotContain("@import", page, StringComparison.Ordinal);
        Assert.All(Address().Matches(page), address => Assert.Matches("^(data:|#run-)", address.Groups[1].Value));
    }

    [Fact]
    public void What_is_missing_is_said()
    {
        var run = Run();
        var interrupted = run with
        {
            Run = run.Run with { Predictions = null, History = [], Result = run.Run.Result with { Completed = false, Epochs = 0, FinalEpoch = null, TestAccuracy = null, TestLoss = null } },
            Model = null,
            WithoutModel = "There is no model small.",
            Test = null,
        };

        var text = Words(HtmlReport.Of([interrupted]));
        Assert.Contains("The run was interrupted in the first of 4 epochs, so there are no numbers yet.", text, StringComparison.Ordinal);
        Assert.Contains("Test accuracy - 95 % interval - Test loss -", text, StringComparison.Ordinal);
        Assert.Contains("Curves No epoch was finished.", text, StringComparison.Ordinal);
        Assert.Contains("no predictions.csv, because it was interrupted: there is no confusion matrix", text, StringComparison.Ordinal);
        Assert.Contains("Architecture There is no model small.", text, StringComparison.Ordinal);

        var blind = Words(HtmlReport.Of([run with { Test = null, WithoutImages = "The folder is gone." }]));
        Assert.Contains("Without pictures: The folder is gone.", blind, StringComparison.Ordinal);
        Assert.Contains("4 bottom middle 0.9700 5 bottom top 0.6000 2 middle bottom 0.5000", blind, StringComparison.Ordinal);

        var right = run.Run.Predictions! with { Predicted = run.Run.Predictions.Labels };
        Assert.Contains("There are none: every test image was classified correctly.", Words(HtmlReport.Of([run with { Run = run.Run with { Predictions = right } }])), StringComparison.Ordinal);
    }

    [Fact]
    public void Epochs_chosen_by_held_out_images_are_named()
    {
        var run = Run();
        var configuration = run.Run.Configuration with { Training = run.Run.Configuration.Training with { ValidationSplit = 0.1, Epochs = 9 } };
        var history = run.Run.History.Select(epoch => epoch with { ValidationLoss = 0.125, ValidationAccuracy = 0.875 }).ToList();

        var text = Words(HtmlReport.Of([run with { Run = run.Run with { Configuration = configuration, History = history, Result = run.Run.Result with { StoppedEarly = true, FinalEpoch = 2 } } }]));

        Assert.Contains("Training stopped early after 4 of 9 epochs", text, StringComparison.Ordinal);
        Assert.Contains("The weights are those of epoch 2, the best on the held-out images.", text, StringComparison.Ordinal);
        Assert.Contains("nothing is chosen by the test images", text, StringComparison.Ordinal);
        Assert.Contains("1 1.0000 1.2500 0.1250 0.5000 0.3750 0.8750", text, StringComparison.Ordinal);
    }

    [Fact]
    public void Several_runs_are_compared_and_have_all_curves_in_one_chart()
    {
        var (first, other) = (Run("a"), Run("b", seed: 2, epochs: 3));
        var better = other.Run.Predictions! with { Predicted = [0, 0, 1, 1, 2, 0] };
        var second = other with { Run = other.Run with { Predictions = better } };

        var page = HtmlReport.Of([first, second]);

        var text = Words(page);
        Assert.Contains("Comparison of 2 runs", text, StringComparison.Ordinal);
        Assert.Contains("Note: the runs were not trained for the same number of epochs and images.", text, StringComparison.Ordinal);
        // Images 2 and 4; two fair coins that fall alike.
        Assert.Contains("1 small a 2 small b 0 2 0.5000 0.5000 chance alone could explain the difference", text, StringComparison.Ordinal);
        Assert.Contains("Epoch 1 training 1 test 2 training 2 test 1 training 1 test 2 training 2 test 1 1.0000 1.2500 1.0000 1.2500", text, StringComparison.Ordinal);
        Assert.Contains("4 0.2500 0.3125 - - 0.8750 0.8438 - -", text, StringComparison.Ordinal);
        Assert.Contains("The layers are those of run 1", text, StringComparison.Ordinal);
        Assert.Equal(3, Count(page, "class=\"charts\""));
    }

    [Fact]
    public void Runs_that_differ_in_their_seed_have_mean_and_deviation()
    {
        var (first, other) = (Run("a"), Run("b", seed: 2));
        var second = other with { Run = other.Run with { Result = other.Run.Result with { TestAccuracy = 0.75, TestLoss = 0.5, TrainSeconds = 10 } } };

        Assert.Contains(
            "small, 2 seeds (mean ± standard deviation): test accuracy 0.7969 ± 0.0663, test loss 0.4063 ± 0.1326, training time 9.0 ± 1.4 s.",
            Words(HtmlReport.Of([first, second])),
            StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(0, 1.3, 0, 1.5, 0.5)]
    [InlineData(0.62, 0.84, 0.6, 0.85, 0.05)]
    [InlineData(0.5, 0.5, 0.5, 0.501, 0.001)]
    [InlineData(0, 0, 0, 2e-7, 2e-7)]
    [InlineData(-2, 9000, -2000, 10_000, 2000)]
    public void Axes_have_round_ends_around_the_values(double smallest, double largest, double low, double high, double step)
    {
        var axis = CurvePanel.Axis(smallest, largest);

        Assert.Equal(low, axis.Low, 1e-12);
        Assert.Equal(high, axis.High, 1e-12);
        Assert.Equal(step, axis.Step, 1e-12);
    }

    [Fact]
    public void Losses_that_are_no_numbers_leave_a_gap()
    {
        var run = Run();
        var history = run.Run.History.Select(epoch => epoch.Epoch == 2 ? epoch with { TestLoss = double.PositiveInfinity } : epoch).ToList();

        var page = HtmlReport.Of([run with { Run = run.Run with { History = history } }]);

        Assert.Matches("<g class=\"c1 test\"><path class=\"curve\" d=\"M[^\"L]*M[^\"M]*L[^\"M]*\"/>", page);
        Assert.DoesNotMatch("d=\"[^\"]*(NaN|Infinity|∞)", page);
    }

    [Theory]
    [InlineData(0, "0.0 s")]
    [InlineData(59.44, "59.4 s")]
    [InlineData(59.6, "1 min 0 s")]
    [InlineData(932, "15 min 32 s")]
    [InlineData(3599.7, "1 h 0 min")]
    [InlineData(18_060, "5 h 1 min")]
    public void Times_have_fitting_units(double seconds, string text) => Assert.Equal(text, NumberText.Duration(seconds));

    private ReportedRun Run(string name = "run", int epochs = 4, long seed = 1) => ReportedRuns.Finished(folder.File($"{seed}/{name}"), epochs, seed);

    private static int Count(string text, string part) => text.Split(part).Length - 1;

    /// <summary>What a reader sees, in one line.</summary>
    private static string Words(string page) =>
        Spaces().Replace(WebUtility.HtmlDecode(Tag().Replace(page[page.IndexOf("<main>", StringComparison.Ordinal)..page.IndexOf("<footer>", StringComparison.Ordinal)], " ")), " ").Replace(" .", ".", StringComparison.Ordinal);

    [GeneratedRegex("<[^>]*>")]
    private static partial Regex Tag();

    [GeneratedRegex(@"\s+")]
    private static partial Regex Spaces();

    [GeneratedRegex("(?:src|href)=\"([^\"]*)\"")]
    private static partial Regex Address();

    [GeneratedRegex("<img src=\"data:image/png;base64,(?<png>[^\"]+)\" alt=\"Test image (?<image>\\d+), a (?<true>\\w+)\"[^>]*>\\s*<figcaption><b>(?<predicted>\\w+)</b><br>is (?<label>\\w+)<br><span[^>]*>(?<probability>[\\d.]+), no")]
    private static partial Regex Picture();
}
