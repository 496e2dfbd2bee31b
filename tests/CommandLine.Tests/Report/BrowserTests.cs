using FashionCnn.CommandLine.Report;
using Xunit;

namespace FashionCnn.CommandLine.Tests.Report;

/// <summary>What only a browser can tell of a report.</summary>
public sealed class BrowserTests : IDisposable
{
    private readonly TemporaryFolder folder = new();

    public void Dispose() => folder.Dispose();

    [BrowserFact]
    public void The_pointer_and_the_keys_show_an_epochs_values_and_nothing_is_loaded()
    {
        var page = Write(ReportedRuns.Finished(folder.File("run")));
        using var browser = new Browser();
        browser.Open(page);
        Assert.Equal(0, Shown(browser));

        // The second of four epochs lies a third of the way between the ends of the axis, 46 and 458 of 480.
        browser.MoveTo(".panel svg", (46 + ((458 - 46) / 3.0)) / 480, 0.5);

        Assert.Equal(2, Shown(browser));
        Assert.Equal("epoch 2|training0.5000|test0.6250", Readout(browser, 0));
        Assert.Equal("epoch 2|training0.7500|test0.6875", Readout(browser, 1));
        Assert.Equal("2,2,2,2", browser.Evaluate("[...document.querySelectorAll('circle.at')].map((point) => point.dataset.epoch).join()")!.ToString());

        browser.Evaluate("document.querySelector('.panel').focus()");
        browser.Press("ArrowRight");
        Assert.Equal("epoch 3|training0.3333|test0.4167", Readout(browser, 0));
        browser.Press("ArrowRight");
        browser.Press("ArrowRight");
        Assert.Equal("epoch 4|training0.2500|test0.3125", Readout(browser, 0));
        browser.Press("Escape");
        Assert.Equal(0, Shown(browser));

        Assert.Empty(browser.Console);
        Assert.All(browser.Requests, address => Assert.True(address == new Uri(page).AbsoluteUri || address.StartsWith("data:image/png;", StringComparison.Ordinal), address));
    }

    [BrowserFact]
    public void Curves_and_pictures_are_there_without_the_script()
    {
        using var browser = new Browser();
        browser.Ask("Emulation.setScriptExecutionDisabled", new { value = true });
        browser.Open(Write(ReportedRuns.Finished(folder.File("run"))));

        Assert.Equal("4", browser.Evaluate("""
            [...document.querySelectorAll('.panel .curve')].filter((curve) => {
              const box = curve.getBoundingClientRect();
              return box.width > 300 && box.height > 50 && getComputedStyle(curve).stroke !== 'none';
            }).length
            """)!.ToString());
        Assert.Equal("3", browser.Evaluate("[...document.images].filter((image) => image.complete && image.naturalWidth === 8).length")!.ToString());
        Assert.Equal("rgb(213, 94, 0)", browser.Evaluate("getComputedStyle(document.querySelector('.panel .test .curve')).stroke")!.ToString());
        Assert.Empty(browser.Console);
    }

    [BrowserFact]
    public void A_phone_scrolls_down_only_and_dark_is_dark()
    {
        var runs = Enumerable.Range(1, 10).Select(seed => ReportedRuns.Finished(folder.File($"run{seed}"), seed: seed)).ToArray();
        using var browser = new Browser();
        browser.Open(Write(runs), width: 360, height: 700, scheme: "dark");

        Assert.Equal("360", browser.Evaluate("document.documentElement.scrollWidth")!.ToString());
        Assert.Equal("rgb(18, 22, 27)", browser.Evaluate("getComputedStyle(document.body).backgroundColor")!.ToString());
        // The readout of twenty curves stays on the page, too.
        browser.MoveTo(".panel svg", 0.9, 0.5);
        Assert.Equal("true", browser.Evaluate("(() => { const box = document.querySelector('.readout').getBoundingClientRect(); return box.left >= 0 && box.right <= 360 && box.width > 0; })()")!.ToString());
        Assert.Equal("360", browser.Evaluate("document.documentElement.scrollWidth")!.ToString());
        Assert.Empty(browser.Console);
    }

    [BrowserFact]
    public void The_confusion_matrix_of_ten_classes_is_whole_at_400_pixels()
    {
        // Four digits on the diagonal, three beside it: as wide as Fashion-MNIST's can be.
        var labels = Enumerable.Range(0, 10).SelectMany(label => Enumerable.Repeat(label, 1_990)).ToArray();
        var predicted = labels.Select((label, i) => i % 1_990 < 1_000 ? label : (label + 1 + (i % 9)) % 10).ToArray();
        var run = ReportedRuns.Finished(folder.File("run"));
        using var browser = new Browser();
        browser.Open(Write(run with
        {
            Run = run.Run with { Predictions = new Evaluation.Predictions(labels, predicted, [.. labels.Select(_ => 0.5f)], [.. labels.Select(_ => 1f)]) },
            ClassNames = Data.FashionMnist.Data.ClassNames,
            Test = null,
        }), width: 400, height: 800);

        Assert.Equal("1000", browser.Evaluate("document.querySelector('.confusion .right').textContent")!.ToString());
        Assert.Equal("0", browser.Evaluate("(() => { const box = document.querySelector('.confusion').parentElement; return box.scrollWidth - box.clientWidth; })()")!.ToString());
        Assert.Equal("400", browser.Evaluate("document.documentElement.scrollWidth")!.ToString());
        // Whole, and not by one number over another.
        Assert.Equal("0", browser.Evaluate("[...document.querySelectorAll('.confusion tbody td, .confusion tbody th')].filter((cell) => cell.scrollWidth > cell.clientWidth).length")!.ToString());
    }

    [BrowserFact]
    public void A_script_in_a_description_does_not_run()
    {
        const string Script = "<script>document.title = 'taken'</script><img src=x onerror=\"document.title = 'taken'\">";
        var run = ReportedRuns.Finished(folder.File("run"));
        using var browser = new Browser();
        browser.Open(Write(run with { Model = run.Model! with { Description = Script }, ClassNames = [Script, Script, Script] }));

        Assert.Equal("small on stripes", browser.Evaluate("document.title")!.ToString());
        Assert.Equal(Script, browser.Evaluate("document.querySelector('.lead').textContent")!.ToString());
        Assert.Equal("1", browser.Evaluate("document.scripts.length")!.ToString());
        Assert.Empty(browser.Console);
    }

    private string Write(params ReportedRun[] runs)
    {
        var file = folder.File("report.html");
        File.WriteAllText(file, HtmlReport.Of(runs));
        return file;
    }

    private static int Shown(Browser browser) =>
        browser.Evaluate("[...document.querySelectorAll('.readout')].filter((readout) => readout.getBoundingClientRect().height > 0).length")!.GetValue<int>();

    private static string Readout(Browser browser, int panel) =>
        browser.Evaluate($"[...document.querySelectorAll('.readout')[{panel}].children].map((line) => line.textContent).join('|')")!.ToString();
}
