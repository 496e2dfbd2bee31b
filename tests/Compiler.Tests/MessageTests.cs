using System.Text;
using Xunit;

namespace FashionCnn.Compiler.Tests;

/// <summary>The library says of each invalid fixture what the build says, at the same place.</summary>
public sealed class MessageTests
{
    public static TheoryData<string> Fixtures =>
        [.. Directory.GetFiles(Path.Combine(Repository.Fixtures, "invalid"), "*.json").Select(path => Path.GetFileNameWithoutExtension(path)).Order(StringComparer.Ordinal)];

    [Theory]
    [MemberData(nameof(Fixtures))]
    public void The_diagnostics_are_those_of_a_build(string name)
    {
        var path = Path.Combine(Repository.Fixtures, "invalid", $"{name}.json");
        // As the C# compiler reads a file: the byte-order mark goes, invalid bytes become U+FFFD.
        var text = File.ReadAllText(path, Encoding.UTF8);
        var said = new StringBuilder();
        foreach (var diagnostic in SpecCompiler.Compile(path, text).Diagnostics)
        {
            var line = diagnostic.ToString()[path.Length..];
            var place = line[..line.IndexOf(':', StringComparison.Ordinal)];
            var severity = $"{diagnostic.Rule.Severity}".ToLowerInvariant();
            Assert.Equal($"{place}: {severity} {diagnostic.Rule.Id}: {diagnostic.Message}", line);
            said.Append($"{place} {severity} {diagnostic.Rule.Id} [{text[diagnostic.Span.Start..diagnostic.Span.End]}]\n    {diagnostic.Message}\n");
        }

        Assert.Equal(File.ReadAllText(Path.Combine(Repository.Fixtures, "invalid", $"{name}.verified.txt")), said.ToString());
    }

    // A change with which the layers fit is none with which the model compiles, if the classes are others than "training" says.
    [Theory]
    [InlineData(10, true)]
    [InlineData(3, false)]
    public void A_change_is_promised_to_mend_the_model_only_if_it_does(int weights, bool isPromised)
    {
        var diagnostics = SpecCompiler.Compile(
            "a.json",
            $$"""{ "version": 1, "input": { "shape": [28, 28, 1] }, "layers": [{ "type": "Conv2D", "filters": 4, "kernel_size": 40 }, { "type": "Flatten" }, { "type": "Dense", "units": 10 }], "training": { "class_weights": [{{string.Join(", ", Enumerable.Repeat("1", weights))}}] } }""").Diagnostics;

        Assert.Equal(isPromised, diagnostics.Single(diagnostic => diagnostic.Rule.Id == "FCNN2003").Message.Contains("the model compiles", StringComparison.Ordinal));
    }

    [Theory]
    [InlineData("3, 32, 32", true)]
    [InlineData("1, 28, 28", true)]
    [InlineData("3, 3, 5", true)]
    [InlineData("3, 3, 4", false)]
    [InlineData("1, 28, 1", false)]
    [InlineData("2, 32, 32", false)]
    [InlineData("28, 28, 64", false)]
    public void Channels_that_come_first_are_a_note(string shape, bool noted)
    {
        var diagnostics = SpecCompiler.Compile("a.json", $$"""{ "version": 1, "input": { "shape": [{{shape}}] }, "layers": [{ "type": "Flatten" }, { "type": "Dense", "units": 10 }] }""").Diagnostics;

        Assert.Equal(noted, diagnostics.Any(diagnostic => diagnostic.Rule.Id == "FCNN3011"));
    }
}
