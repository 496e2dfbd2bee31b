using System.Diagnostics;
using Xunit;

namespace FashionCnn.Compiler.Tests;

/// <summary>A merge that names very many values takes no more time than the limits allow.</summary>
public sealed class ManyNamesTests
{
    private const string Layer = """{ "type": "ReLU" }""";

    [Fact]
    public void Names_count_as_steps()
    {
        var spec = SpecCompiler.Compile("net.json", Spec($$"""{ "repeat": 20, "layers": [{ "type": "Average", "from": [{{Names(6_000, "\"input\"")}}] }] }"""));

        Assert.Equal("FCNN1027", spec.Diagnostics[0].Rule.Id);
    }

    [Fact]
    public void The_way_back_from_every_name_is_bounded()
    {
        var watch = Stopwatch.StartNew();

        var spec = SpecCompiler.Compile("net.json", Spec($$"""
            { "repeat": 900, "layers": [{{Names(10, Layer)}}], "name": "a" },
            { "type": "Average", "from": [{{Names(35_000, "\"a\", \"input\"")}}] },
            { "type": "GlobalAveragePooling2D" },
            { "type": "Dense", "units": 2 }
            """));

        Assert.True(spec.IsModel, string.Join('\n', spec.Diagnostics));
        // Without a bound these would be 600 million steps.
        Assert.True(watch.Elapsed < TimeSpan.FromSeconds(30), $"{watch.Elapsed}");
    }

    private static string Spec(string layers) => $$"""{ "version": 1, "input": { "shape": [2, 2, 2] }, "layers": [{{layers}}] }""";

    private static string Names(int count, string text) => string.Join(", ", Enumerable.Repeat(text, count));
}
