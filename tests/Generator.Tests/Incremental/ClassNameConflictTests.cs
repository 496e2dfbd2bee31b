using Xunit;
using static Microsoft.CodeAnalysis.IncrementalStepRunReason;

namespace FashionCnn.Generator.Tests.Incremental;

/// <summary>Two specs that claim one class name are both told so, and both compile as soon as one of them gives it up.</summary>
public sealed class ClassNameConflictTests
{
    private const string Catalog = "ModelCatalog.g.cs";

    [Theory]
    [InlineData("Net", "Net")]
    [InlineData("Net", "NET")]
    [InlineData("net", "Net")]
    public void Both_files_get_an_error_at_the_name(string one, string other)
    {
        var run = TrackedRun.Start(Named(one, "one.json"), Named(other, "two.json"));

        Assert.Equal(["one.json: FCNN1024", "two.json: FCNN1024"], run.Errors);
        Assert.All(run.Result.Diagnostics, diagnostic => Assert.Equal((2, 9), Position(diagnostic.Location.GetLineSpan().StartLinePosition)));
        Assert.All(run.Result.Diagnostics, diagnostic => Assert.Equal((2, 14), Position(diagnostic.Location.GetLineSpan().EndLinePosition)));
        Assert.Equal([Catalog, $"{one}.g.cs"], run.Hints.Order(StringComparer.Ordinal));

        static (int, int) Position(Microsoft.CodeAnalysis.Text.LinePosition position) => (position.Line + 1, position.Character + 1);
    }

    [Fact]
    public void The_error_names_the_other_file()
    {
        string[] files = ["one.json", "two.json", "three.json"];
        var run = TrackedRun.Start(files.Select(file => Named("Net", file)));

        Assert.Equal(3, run.Result.Diagnostics.Length);
        Assert.All(run.Result.Diagnostics, diagnostic => Assert.Equal(
            2, files.Count(file => diagnostic.GetMessage(null).Contains(file, StringComparison.Ordinal))));
    }

    [Theory]
    [InlineData("Net", "Net")]
    [InlineData("Net", "NET")]
    public void When_one_is_renamed_both_compile(string one, string other)
    {
        foreach (var renamed in new[] { 0, 1 })
        {
            SpecFile[] specs = [Named(one, "one.json"), Named(other, "two.json"), Named("Third", "three.json")];
            var run = TrackedRun.Start(specs);

            var mended = run.Then(driver => driver.ReplaceAdditionalText(specs[renamed], Named("Renamed", specs[renamed].Path)));

            Assert.Empty(mended.Errors);
            Assert.Equal(new[] { Catalog, "Renamed.g.cs", "Third.g.cs", $"{(renamed == 0 ? other : one)}.g.cs" }.Order(StringComparer.Ordinal), mended.Hints);
            Assert.Equal([Modified], mended.OutputReasons(TrackingNames.Catalog));
            // The class that keeps its claim may have to be emitted for the first time; the third one is not touched.
            Assert.Contains(Cached, mended.OutputReasons(TrackingNames.Model));
        }
    }

    [Fact]
    public void When_one_is_removed_the_other_compiles()
    {
        SpecFile[] specs = [Named("Net", "one.json"), Named("Net", "two.json")];

        var mended = TrackedRun.Start(specs).Then(driver => driver.RemoveAdditionalTexts([specs[0]]));

        Assert.Empty(mended.Errors);
        Assert.Equal([Catalog, "Net.g.cs"], mended.Hints);
    }

    [Fact]
    public void Files_of_one_name_in_two_folders_claim_one_class()
    {
        var run = TrackedRun.Start(Unnamed("a/net.json"), Unnamed("b/net.json"));

        Assert.Equal(["net.json: FCNN1024", "net.json: FCNN1024"], run.Errors);
        Assert.Equal([Catalog, "Net.g.cs"], run.Hints.Order(StringComparer.Ordinal));
    }

    [Fact]
    public void A_file_that_is_listed_twice_is_one_spec()
    {
        SpecFile[] specs = [Unnamed("net.json"), Unnamed("net.json"), Unnamed("other.json")];
        var run = TrackedRun.Start(specs);
        var removed = run.Then(driver => driver.RemoveAdditionalTexts([specs[0]]));

        Assert.All(new[] { run, removed }, each =>
        {
            Assert.Null(each.Result.Exception);
            Assert.Empty(each.Errors);
            Assert.Equal([Catalog, "Net.g.cs", "Other.g.cs"], each.Hints.Order(StringComparer.Ordinal));
        });
    }

    [Fact]
    public void A_broken_spec_claims_its_name_too()
    {
        var run = TrackedRun.Start(Unnamed("a/net.json"), SpecFile.Of("{", "b/net.json"));

        Assert.Equal(["net.json: FCNN0006", "net.json: FCNN1024", "net.json: FCNN1024"], run.Errors);
    }

    private static SpecFile Named(string name, string path) => SpecFile.Of(Text($"\n\"name\": \"{name}\","), path);

    private static SpecFile Unnamed(string path) => SpecFile.Of(Text(string.Empty), path);

    private static string Text(string name) =>
        $$"""{ "version": 1,{{name}} "input": { "shape": [4, 4, 1] }, "layers": [{ "type": "Flatten" }, { "type": "Dense", "units": 2 }] }""";
}
