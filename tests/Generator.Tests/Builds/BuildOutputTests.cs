using Xunit;

namespace FashionCnn.Generator.Tests.Builds;

/// <summary>A fact about a file with a quotation mark in its name; reported as skipped where there can be none.</summary>
internal sealed class QuotationMarkFactAttribute : FactAttribute
{
    public QuotationMarkFactAttribute() => Skip = OperatingSystem.IsWindows() ? "Windows has no such file names." : null;
}

/// <summary>What a user sees of a spec's diagnostics: on the console, in the SARIF log, and after a <c>.globalconfig</c>.</summary>
public sealed class BuildOutputTests
{
    // The error stands in line 6, columns 15 to 22: "Conv2D".
    private const string WrongShape = """
        {
          "version": 1,
          "input": { "shape": [28, 28, 1] },
          "layers": [
            { "type": "Flatten" },
            { "type": "Conv2D", "filters": 8, "kernel_size": 3 },
            { "type": "Dense", "units": 10, "activation": "softmax" }
          ]
        }
        """;

    // FCNN3004 in line 5; FCNN3007 in line 8.
    private const string WithLints = """
        {
          "version": 1,
          "input": { "shape": [28, 28, 1] },
          "layers": [
            { "type": "Conv2D", "filters": 8, "kernel_size": 3 },
            { "type": "BatchNormalization" },
            { "type": "Flatten" },
            { "type": "Dense", "units": 10, "activation": "softmax" }
          ]
        }
        """;

    private const string User = """
        internal static class User
        {
            internal static object Use() => new object[] { new tiny_app.GeneratedModels.WrongShape(), tiny_app.GeneratedModels.WrongShape.Classes, tiny_app.GeneratedModels.WithLints.Classes };
        }
        """;

    [Fact]
    public void Console_and_log_name_the_file_and_the_place()
    {
        using var project = new TinyProject();
        var wrong = Path.Combine("specs", "wrong shape.json");
        project.Write(wrong, WrongShape);
        project.Write(Path.Combine("specs", "with_lints.json"), WithLints);
        project.Write("User.cs", User);

        var build = project.Build();

        Assert.Equal(1, build.ExitCode);
        // Of one error one line, and none of C#: the class is there.
        var message = Assert.Single(build.Messages);
        Assert.StartsWith($"{project.PathOf(wrong)}(6,15): error FCNN2002: layers[1] 'conv1' (Conv2D): ", message, StringComparison.Ordinal);
        Assert.Equal(
            [
                new SarifResult("FCNN2002", "error", project.PathOf(wrong), (6, 15), (6, 23)),
                new SarifResult("FCNN3004", "note", project.PathOf(Path.Combine("specs", "with_lints.json")), (5, 15), (5, 23)),
                new SarifResult("FCNN3007", "note", project.PathOf(Path.Combine("specs", "with_lints.json")), (8, 15), (8, 22)),
            ],
            build.Log.OrderBy(result => result.Id, StringComparer.Ordinal));
    }

    [Fact]
    public void A_global_configuration_governs_lints_and_no_errors()
    {
        using var project = new TinyProject();
        project.Write(Path.Combine("specs", "wrong shape.json"), WrongShape);
        project.Write(Path.Combine("specs", "with_lints.json"), WithLints);
        // MSBuild looks for .globalconfig above C# files only.
        project.Write("User.cs", User);
        project.Write(".globalconfig", """
            is_global = true
            dotnet_diagnostic.FCNN2002.severity = none
            dotnet_diagnostic.FCNN3004.severity = warning
            dotnet_diagnostic.FCNN3007.severity = none
            """);

        var build = project.Build();

        Assert.Equal(1, build.ExitCode);
        Assert.Collection(
            build.Messages,
            line => Assert.StartsWith($"{project.PathOf("specs/with_lints.json")}(5,15): warning FCNN3004: ", line, StringComparison.Ordinal),
            line => Assert.StartsWith($"{project.PathOf("specs/wrong shape.json")}(6,15): error FCNN2002: ", line, StringComparison.Ordinal));
        Assert.Equal(["error", "warning"], build.Log.Select(result => result.Level).Order(StringComparer.Ordinal));
        Assert.DoesNotContain(build.Log, result => result.Id == "FCNN3007");
    }

    [Fact]
    public void Good_specs_build_without_a_warning_however_else_they_are_listed()
    {
        // In the ways in which a package's targets list files: by a pattern, with metadata of its own, and from a target.
        using var project = new TinyProject(
            """
            <ModelSpec Include="specs/**/*.json" />
            <ModelSpec Include="specs/with_lints.json" />
            <AdditionalFiles Include="specs/*.json" OtherTool="before" />
            <AdditionalFiles Include="other.json" />
            """,
            """
            <ItemGroup>
              <AdditionalFiles Include="**/*.json" Exclude="obj/**;bin/**" />
              <AdditionalFiles Include="specs/with_lints.json" OtherTool="x" FashionCnnModelSpec="false" />
            </ItemGroup>
            <Target Name="Another" BeforeTargets="GenerateMSBuildEditorConfigFileShouldRun">
              <ItemGroup><AdditionalFiles Include="specs/with_lints.json" /></ItemGroup>
            </Target>
            """);
        project.Write(Path.Combine("specs", "with_lints.json"), WithLints);
        project.Write(Path.Combine("specs", "below", "a;b #1 100% größe.json"), WithLints.Replace("\"version\": 1,", "\"version\": 1, \"name\": \"Below\",", StringComparison.Ordinal));
        project.Write("other.json", "{ this is no spec");
        project.Write("User.cs", "internal static class User { internal static object Use() => tiny_app.GeneratedModels.ModelCatalog.All[tiny_app.GeneratedModels.WithLints.Classes + tiny_app.GeneratedModels.Below.Classes]; }");

        var build = project.Build();

        Assert.Empty(build.Messages);
        Assert.Equal(0, build.ExitCode);
    }

    [QuotationMarkFact]
    public void A_spec_that_does_not_reach_the_compiler_is_a_warning_at_the_file()
    {
        using var project = new TinyProject(after: "<ItemGroup><AdditionalFiles Remove=\"specs/removed.json\" /></ItemGroup>");
        project.Write("specs/removed.json", WithLints);
        project.Write("specs/quo\"ted.json", WithLints);
        project.Write("specs/fine.json", WithLints);

        var build = project.Build();

        Assert.Equal(0, build.ExitCode);
        Assert.Equal(
            [$"{project.PathOf("specs/quo\"ted.json")}(1,1): warning FCNN4001", $"{project.PathOf("specs/removed.json")}(1,1): warning FCNN4001"],
            build.Messages.Select(message => message[..message.LastIndexOf(": the project lists this file as a ModelSpec, but", StringComparison.Ordinal)]));
    }

    [Fact]
    public void A_watched_project_is_built_again_when_a_spec_changes()
    {
        using var project = new TinyProject();
        project.Write("specs/net.json", WithLints);
        project.Write("specs/below/other.json", WithLints);
        project.Write("specs/spec.schema.json", "{}");
        project.Write("User.cs", string.Empty);

        Assert.Equal(["User.cs", "specs/below/other.json", "specs/net.json"], project.Watched().Where(path => !path.EndsWith(".csproj", StringComparison.Ordinal)).Order(StringComparer.Ordinal));
    }
}
