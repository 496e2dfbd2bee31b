using System.Text.Json;
using Xunit;

namespace FashionCnn.CommandLine.Tests;

public sealed class CheckTests : IDisposable
{
    private const string Valid = """
        {
          "version": 1,
          "input": { "shape": [28, 28, 1] },
          "layers": [
            { "type": "Flatten" },
            { "type": "Dense", "units": 10, "activation": "softmax" }
          ]
        }
        """;

    // A bias before a normalization: FCNN3004.
    private const string WithLint = """
        {
          "version": 1,
          "input": { "shape": [28, 28, 1] },
          "layers": [
            { "type": "Conv2D", "filters": 4, "kernel_size": 3 },
            { "type": "BatchNormalization" },
            { "type": "GlobalAveragePooling2D" },
            { "type": "Dense", "units": 10, "activation": "softmax" }
          ]
        }
        """;

    private static readonly string Misspelt = Valid.Replace("Flatten", "Flaten", StringComparison.Ordinal);

    private readonly TestProgram program = new();

    public void Dispose() => program.Dispose();

    [Fact]
    public void Without_files_it_checks_what_a_build_takes()
    {
        Write("specs/net.json", Valid);
        Write("specs/more/other.json", Valid);
        Write("specs/model-spec.schema.json", "{}");

        Assert.Equal(0, program.Run("check"));

        Assert.Equal("2 specs: 0 errors, 0 warnings, 0 suggestions\n", program.Output);
        Assert.Equal(string.Empty, program.Error);
    }

    [Fact]
    public void An_error_is_the_line_of_a_build_and_exit_code_2()
    {
        Write("specs/net.json", Misspelt);

        Assert.Equal(2, program.Run("check", "specs/net.json"));

        Assert.StartsWith("specs/net.json(5,15): error FCNN1010: layers[0]: there is no layer type 'Flaten'; did you mean 'Flatten'?", program.Output, StringComparison.Ordinal);
        Assert.EndsWith("\n1 spec: 1 error, 0 warnings, 0 suggestions\n", program.Output, StringComparison.Ordinal);
    }

    [Fact]
    public void A_file_that_is_named_in_two_ways_is_one_file()
    {
        Write("specs/net.json", Valid);

        Assert.Equal(0, program.Run("check", "specs", "./specs/net.json", Path.GetFullPath("specs/net.json")));

        Assert.Equal("1 spec: 0 errors, 0 warnings, 0 suggestions\n", program.Output);
    }

    // As the C# compiler reads it.
    [Fact]
    public void In_a_global_config_a_colon_does_what_an_equals_sign_does()
    {
        Write("specs/net.json", WithLint);
        Write(".globalconfig", "is_global = true\ndotnet_diagnostic.FCNN3004.severity : error\n");

        Assert.Equal(2, program.Run("check"));
    }

    [Theory]
    [InlineData(null, 0, "info")]
    [InlineData("warning", 0, "warning")]
    [InlineData("error", 2, "error")]
    [InlineData("none", 0, null)]
    [InlineData("silent", 0, null)]
    [InlineData("default", 0, "info")]
    public void A_global_config_decides_how_serious_a_lint_is(string? severity, int exitCode, string? shown)
    {
        Write("specs/net.json", WithLint);
        if (severity is not null)
        {
            Write(".globalconfig", $"is_global = true\n# dotnet_diagnostic.FCNN3004.severity = error\ndotnet_diagnostic.fcnn3004.severity = {severity} # because\n[*.cs]\ndotnet_diagnostic.FCNN3004.severity = error\n");
        }

        Assert.Equal(exitCode, program.Run("check"));

        Assert.Equal(shown is not null, program.Output.Contains($"{shown} FCNN3004: ", StringComparison.Ordinal));
        Assert.Equal(shown is not null, program.Output.Contains("FCNN3004", StringComparison.Ordinal));
    }

    [Fact]
    public void A_global_config_takes_no_error_away()
    {
        Write("specs/net.json", Misspelt);
        Write(".globalconfig", "is_global = true\ndotnet_diagnostic.FCNN1010.severity = none\n");

        Assert.Equal(2, program.Run("check"));
        Assert.Contains("error FCNN1010", program.Output, StringComparison.Ordinal);
    }

    [Fact]
    public void Two_specs_of_one_class_are_an_error_in_both()
    {
        Write("specs/a/net.json", Valid);
        Write("specs/b/net.json", Valid);

        Assert.Equal(2, program.Run("check"));

        Assert.Contains("specs/a/net.json(1,1): error FCNN1024: ", program.Output, StringComparison.Ordinal);
        Assert.Contains("specs/b/net.json(1,1): error FCNN1024: ", program.Output, StringComparison.Ordinal);
    }

    [Fact]
    public void Json_has_places_counted_from_1()
    {
        Write("specs/net.json", Misspelt);

        Assert.Equal(2, program.Run("check", "--format", "json"));

        using var json = JsonDocument.Parse(program.Output);
        var found = Assert.Single(json.RootElement.EnumerateArray());
        Assert.Equal(("specs/net.json", 5, 15, 5, 23, "error", "FCNN1010"), (
            found.GetProperty("path").GetString()!.Replace('\\', '/'),
            found.GetProperty("line").GetInt32(),
            found.GetProperty("column").GetInt32(),
            found.GetProperty("end_line").GetInt32(),
            found.GetProperty("end_column").GetInt32(),
            found.GetProperty("severity").GetString(),
            found.GetProperty("id").GetString()));
        Assert.StartsWith("layers[0]: there is no layer type 'Flaten'", found.GetProperty("message").GetString(), StringComparison.Ordinal);
    }

    [Fact]
    public void Sarif_names_rule_level_and_place()
    {
        Write("specs/my net.json", Misspelt);
        Write("specs/lint.json", WithLint);

        Assert.Equal(2, program.Run("check", "--format", "sarif"));

        using var json = JsonDocument.Parse(program.Output);
        Assert.Equal("2.1.0", json.RootElement.GetProperty("version").GetString());
        var run = Assert.Single(json.RootElement.GetProperty("runs").EnumerateArray());
        var results = run.GetProperty("results").EnumerateArray().ToList();
        Assert.Equal(["note", "error"], results.Select(result => result.GetProperty("level").GetString()));
        Assert.Equal(["FCNN1010", "FCNN3004"], run.GetProperty("tool").GetProperty("driver").GetProperty("rules").EnumerateArray().Select(rule => rule.GetProperty("id").GetString()));
        var place = results[1].GetProperty("locations")[0].GetProperty("physicalLocation");
        Assert.Equal("specs/my%20net.json", place.GetProperty("artifactLocation").GetProperty("uri").GetString());
        Assert.Equal((5, 15), (place.GetProperty("region").GetProperty("startLine").GetInt32(), place.GetProperty("region").GetProperty("startColumn").GetInt32()));
    }

    [Theory]
    [InlineData("check")]
    [InlineData("format")]
    public void Where_there_is_no_spec_it_says_so(string command)
    {
        Assert.Equal(2, program.Run(command));
        Assert.Equal("error: There is no folder specs here. Name the specs, or run the command in the folder of their project.\n", program.Error);

        Assert.Equal(2, program.Run(command, "net.json"));
        Assert.StartsWith("error: net.json: there is no such spec.", program.Error, StringComparison.Ordinal);

        Write("specs/model-spec.schema.json", "{}");
        Assert.Equal(2, program.Run(command));
        Assert.StartsWith("error: specs: there are no specs in this folder.", program.Error, StringComparison.Ordinal);
    }

    private void Write(string file, string text)
    {
        var path = Path.Combine(program.Folder, file);
        Directory.CreateDirectory(Path.GetDirectoryName(path)!);
        File.WriteAllText(path, text);
    }
}
