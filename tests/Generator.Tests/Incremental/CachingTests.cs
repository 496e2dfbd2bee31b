using Microsoft.CodeAnalysis;
using Xunit;
using static Microsoft.CodeAnalysis.IncrementalStepRunReason;

namespace FashionCnn.Generator.Tests.Incremental;

/// <summary>After an edit only what depends on it runs again.</summary>
public sealed class CachingTests
{
    // FCNN3004 (a bias without effect) gives a diagnostic without keeping the model from being emitted.
    private const string WithLint = """
        {
          "version": 1,
          "input": { "shape": [28, 28, 1] },
          "layers": [
            { "type": "Conv2D", "filters": 8, "kernel_size": 3 },
            { "type": "BatchNormalization" },
            { "type": "GlobalAveragePooling2D" },
            { "type": "Dense", "units": 10, "activation": "softmax" }
          ]
        }
        """;

    private const string WithError = """
        {
          "version": 1,
          "input": { "shape": [28, 28, 1] },
          "layers": [
            { "type": "Dense", "units": 10, "activation": "softmax" }
          ]
        }
        """;

    [Fact]
    public void An_edit_of_the_code_runs_nothing_again()
    {
        var run = TrackedRun.Start(SpecFile.Of(WithLint, "a.json"), SpecFile.Of(WithError, "b.json"), SpecFile.Of(WithLint, "sub/a.json"));
        Assert.All(TrackedRun.StepNames, step => Assert.NotEmpty(run.Reasons(step)));
        Assert.All(run.StepsBehindOutputs().SelectMany(step => step.Outputs), output => Assert.Equal(New, output.Reason));

        var edited = run.Then(driver => driver, "class Program { int added; }");

        Assert.All(TrackedRun.StepNames, step => Assert.All(edited.Reasons(step), reason => Assert.Equal(Cached, reason)));
        Assert.All(edited.StepsBehindOutputs().SelectMany(step => step.Outputs), output => Assert.Equal(Cached, output.Reason));
        Assert.All(TrackedRun.StepNames, step => Assert.All(edited.OutputReasons(step), reason => Assert.Equal(Cached, reason)));
        Assert.Equal(run.Errors, edited.Errors);
    }

    [Fact]
    public void No_step_depends_on_the_compilation()
    {
        var run = TrackedRun.Start(SpecFile.Of(WithLint));

        Assert.DoesNotContain(run.StepsBehindOutputs().SelectMany(step => step.Outputs), output => output.Value is Compilation);
    }

    [Fact]
    public void White_space_in_a_spec_changes_its_class_and_no_catalog()
    {
        var spec = SpecFile.Of(WithLint);

        var edited = TrackedRun.Start(spec).Then(driver => driver.ReplaceAdditionalText(spec, SpecFile.Of(WithLint.Replace("\"type\": \"Dense\"", "\n\n \"type\" :  \"Dense\"", StringComparison.Ordinal))));

        Assert.Equal([Modified], edited.OutputReasons(TrackingNames.Model));
        Assert.Equal([Cached], edited.OutputReasons(TrackingNames.Catalog));
    }

    [Fact]
    public void A_comment_before_everything_changes_the_class_and_no_catalog()
    {
        var spec = SpecFile.Of(WithLint);

        var edited = TrackedRun.Start(spec).Then(driver => driver.ReplaceAdditionalText(spec, SpecFile.Of("// one line\n" + WithLint)));

        Assert.Equal([Modified], edited.Reasons(TrackingNames.Compiled));
        Assert.Equal([Unchanged], edited.Reasons(TrackingNames.Claims));
        Assert.Equal([Modified], edited.OutputReasons(TrackingNames.Model));
        Assert.Equal([Cached], edited.OutputReasons(TrackingNames.Catalog));
    }

    [Theory]
    [InlineData(WithLint)]
    [InlineData(WithError)]
    public void A_diagnostic_that_moves_by_a_line_leaves_a_skeleton_and_the_catalog_as_they_are(string text)
    {
        var spec = SpecFile.Of(text, "a.json");
        var other = SpecFile.Of(WithLint, "b.json");
        var run = TrackedRun.Start(spec, other);

        var edited = run.Then(driver => driver.ReplaceAdditionalText(spec, SpecFile.Of(text.Replace("\"layers\"", "\n\"layers\"", StringComparison.Ordinal), "a.json")));

        Assert.Equal([Modified], edited.Reasons(TrackingNames.Diagnostics));
        Assert.Equal([Modified], edited.OutputReasons(TrackingNames.Diagnostics));
        // The class of a spec without errors carries the text.
        Assert.Equal([text == WithLint ? Modified : Unchanged, Cached], edited.Reasons(TrackingNames.Model));
        Assert.Equal([text == WithLint ? Modified : Cached, Cached], edited.OutputReasons(TrackingNames.Model));
        Assert.Equal([Cached], edited.OutputReasons(TrackingNames.Catalog));
        Assert.Equal(Line(run) + 1, Line(edited));

        static int Line(TrackedRun run) => run.Result.Diagnostics.First(diagnostic => diagnostic.Location.GetLineSpan().Path == "a.json").Location.GetLineSpan().StartLinePosition.Line;
    }

    [Fact]
    public void Of_a_hundred_specs_only_the_edited_one_is_emitted_again()
    {
        var specs = Enumerable.Range(0, 100).Select(number => SpecFile.Of(WithLint, $"net{number:00}.json")).ToList();
        var run = TrackedRun.Start(specs);
        Assert.Equal(101, run.Hints.Count());

        var edited = run.Then(driver => driver.ReplaceAdditionalText(specs[42], SpecFile.Of(WithLint.Replace("8", "16", StringComparison.Ordinal), specs[42].Path)));

        IEnumerable<IncrementalStepRunReason> expected = Enumerable.Range(0, 100).Select(number => number == 42 ? Modified : Cached);
        Assert.Equal(expected, edited.Reasons(TrackingNames.Specs));
        Assert.Equal(expected, edited.Reasons(TrackingNames.Compiled));
        Assert.Equal(expected, edited.Reasons(TrackingNames.Model));
        Assert.Equal(expected, edited.OutputReasons(TrackingNames.Model));
        Assert.Equal([Cached], edited.OutputReasons(TrackingNames.Catalog));
        Assert.Equal(run.Hints, edited.Hints);
    }

    [Fact]
    public void A_removed_spec_takes_its_class_and_its_place_in_the_catalog_with_it()
    {
        SpecFile[] specs = [SpecFile.Of(WithLint, "a.json"), SpecFile.Of(WithLint, "b.json"), SpecFile.Of(WithLint, "c.json")];

        var edited = TrackedRun.Start(specs).Then(driver => driver.RemoveAdditionalTexts([specs[1]]));

        Assert.Equal([Cached, Removed, Cached], edited.Reasons(TrackingNames.Compiled));
        Assert.Equal([Cached, Removed, Cached], edited.OutputReasons(TrackingNames.Model));
        Assert.Equal([Modified], edited.OutputReasons(TrackingNames.Catalog));
        Assert.Equal(["A.g.cs", "C.g.cs", "ModelCatalog.g.cs"], edited.Hints);
        Assert.DoesNotContain("B.Descriptor", edited.Result.GeneratedSources.Single(source => source.HintName == "ModelCatalog.g.cs").SourceText.ToString(), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("readme.txt", "some text")]
    [InlineData("other.txt", WithError)]
    public void An_additional_file_that_is_no_spec_runs_nothing_again(string path, string text)
    {
        var run = TrackedRun.Start(SpecFile.Of(WithLint, "a.json"), SpecFile.Of(WithError, "b.json"));

        var edited = run.Then(driver => driver.AddAdditionalTexts([SpecFile.Of(text, path)]));

        // The one step that looks at the list of files.
        Assert.Equal([Unchanged], edited.Reasons(TrackingNames.ListedTwice));
        Assert.All(TrackedRun.StepNames.Where(step => step != TrackingNames.ListedTwice), step => Assert.All(edited.Reasons(step), reason => Assert.Equal(Cached, reason)));
        Assert.All(TrackedRun.StepNames, step => Assert.All(edited.OutputReasons(step), reason => Assert.Equal(Cached, reason)));
        Assert.Equal(run.Errors, edited.Errors);
        Assert.Equal(run.Hints, edited.Hints);
    }

    [Fact]
    public void Options_that_are_read_anew_but_equal_emit_nothing_again()
    {
        var edited = TrackedRun.Start(SpecFile.Of(WithLint)).Then(driver => driver.WithUpdatedAnalyzerConfigOptions(GeneratorRun.Options()));

        Assert.Equal([Cached], edited.Reasons(TrackingNames.Specs));
        Assert.Equal([Unchanged], edited.Reasons(TrackingNames.Namespace));
        Assert.All(TrackedRun.StepNames, step => Assert.All(edited.OutputReasons(step), reason => Assert.Equal(Cached, reason)));
    }

    [Fact]
    public void Another_namespace_emits_every_source_again_but_compiles_no_spec()
    {
        var edited = TrackedRun.Start(SpecFile.Of(WithLint)).Then(driver => driver.WithUpdatedAnalyzerConfigOptions(GeneratorRun.Options("Other")));

        Assert.Equal([Cached], edited.Reasons(TrackingNames.Compiled));
        Assert.Equal([Modified], edited.OutputReasons(TrackingNames.Model));
        Assert.Equal([Modified], edited.OutputReasons(TrackingNames.Catalog));
        Assert.All(edited.Result.GeneratedSources, source => Assert.Contains("namespace Other.GeneratedModels\n", source.SourceText.ToString(), StringComparison.Ordinal));
    }
}
