using FashionCnn.Models;
using Xunit;

namespace FashionCnn.Generator.Tests;

/// <summary>What a generated class says of its layers must be what its spec says.</summary>
public sealed class LayerListingTests
{
    private const string Branches = """
        {
          "version": 1,
          "input": { "shape": [8, 8, 2] },
          "layers": [
            { "type": "Add", "branches": [
              [],
              [
                { "type": "Concatenate", "branches": [[{ "type": "Conv2D", "filters": 1, "kernel_size": 1 }], [{ "type": "ReLU" }, { "type": "ReLU" }]] },
                { "type": "Conv2D", "filters": 2, "kernel_size": 1 }
              ],
              []
            ] },
            { "type": "Add", "branches": [[], []] },
            { "type": "Concatenate", "branches": [[{ "type": "Add", "branches": [[{ "type": "ReLU" }], []] }], [{ "type": "MaxPooling2D", "pool_size": 1 }]] },
            { "type": "Flatten" },
            { "type": "Dense", "units": 10 }
          ]
        }
        """;

    // A line break of each kind, a tab, quotes, braces, and letters beyond ASCII and beyond 16 bits.
    private const string Odd = "{ \"version\": 1, // \\ \"\"\" {0}\r\n\t\"description\": \"größe 𝕏 \u2028 {x}\",\r\"input\": { \"shape\": [4, 4, 1] },\n\n\"layers\": [{ \"type\": \"Flatten\" }, { \"type\": \"Dense\", \"units\": 2 }] }\n/* end */";

    [Fact]
    public void Each_layer_names_what_it_takes() => Assert.Equal(
        [
            "conv1: input image", "relu1: input image", "relu2: relu1", "concat1: conv1, relu2", "conv2: concat1", "add1: input image, conv2, input image",
            "add2: add1, add1", "relu3: add2", "add3: relu3, add2", "max_pool1: add2", "concat2: add3, max_pool1", "flatten1: concat2", "dense1: flatten1",
        ],
        Load("branches", Branches).Layers.Select(layer => $"{layer.Name}: {string.Join(", ", layer.Inputs)}"));

    [Fact]
    public void Shapes_are_numbers_and_families_are_those_of_the_kinds()
    {
        var layers = Load("branches", Branches).Layers.ToDictionary(layer => layer.Name);

        Assert.Equal(new LayerShape(8, 8, 3), layers["concat1"].OutputShape);
        Assert.Equal(new LayerShape(256), layers["flatten1"].OutputShape);
        Assert.Equal(
            "conv1 Convolution, relu1 Activation, add1 Merge, concat1 Merge, max_pool1 Pooling, flatten1 Other, dense1 Dense",
            string.Join(", ", "conv1 relu1 add1 concat1 max_pool1 flatten1 dense1".Split(' ').Select(name => $"{name} {layers[name].Family}")));
        Assert.Equal(Enum.GetNames<Compiler.Layers.LayerFamily>(), Enum.GetNames<LayerFamily>());
    }

    [Fact]
    public void The_descriptor_holds_the_text_that_was_compiled()
    {
        Assert.Equal(Odd, Load("odd", Odd).Spec);
        Assert.All(Repository.SpecPaths, path => Assert.Equal(File.ReadAllText(path), Load("it", File.ReadAllText(path)).Spec));
    }

    [Fact]
    public void A_text_of_one_mebibyte_is_held_whole()
    {
        var end = Odd.Replace("// \\", "//", StringComparison.Ordinal);
        var text = string.Concat(Enumerable.Repeat("// \"what\" a \\ long comment\n", 30_000)) + end;
        text = new string(' ', (1024 * 1024) - text.Length) + text;

        Assert.Equal(text, Load("long", text).Spec);
    }

    private static ModelDescriptor Load(string id, string spec) => CompiledModels.Load([SpecFile.Of(spec, $"{id}.json")]).Single().Value;
}
