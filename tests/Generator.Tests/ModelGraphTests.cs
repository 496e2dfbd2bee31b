using FashionCnn.Models;
using Xunit;

namespace FashionCnn.Generator.Tests;

/// <summary>What a generated class says of its branches must be what its spec says.</summary>
public sealed class ModelGraphTests
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

    [Fact]
    public void Branches_begin_and_end_where_the_spec_says()
    {
        var model = Load("branches", Branches);

        Assert.Equal(
            "add1[|concat1[conv1|relu1 relu2] conv2|] add2[|] concat2[add3[relu3|]|max_pool1] flatten1 dense1",
            Text(new ModelGraph(model).Nodes()));
        Assert.Equal(
            [
                "conv1: input image", "relu1: input image", "relu2: relu1", "concat1: conv1, relu2", "conv2: concat1", "add1: input image, conv2, input image",
                "add2: add1, add1", "relu3: add2", "add3: relu3, add2", "max_pool1: add2", "concat2: add3, max_pool1", "flatten1: concat2", "dense1: flatten1",
            ],
            model.Layers.Select((layer, place) => $"{layer.Name}: {string.Join(", ", new ModelGraph(model).InputsOf(place))}"));
    }

    [Fact]
    public void A_chain_has_no_connections_and_its_layers_are_its_nodes()
    {
        var model = Load("model4", File.ReadAllText(Repository.SpecPath("model4")));

        Assert.Empty(model.Connections);
        Assert.Equal(model.Layers, new ModelGraph(model).Nodes().Select(node => node.Layer));
    }

    [Fact]
    public void Deep_nesting_is_followed()
    {
        const int Depth = 12;
        var nested = Enumerable.Range(0, Depth).Aggregate("""{ "type": "ReLU" }""", (inner, _) => $$"""{ "type": "Add", "branches": [[{{inner}}], []] }""");
        var model = Load("deep", $$"""{ "version": 1, "input": { "shape": [4, 4, 1] }, "layers": [{ "repeat": 10, "layers": [{{nested}}] }, { "type": "Flatten" }, { "type": "Dense", "units": 2 }] }""");

        var nodes = new ModelGraph(model).Nodes();

        Assert.Equal(12, nodes.Count);
        Assert.Equal(string.Concat(Enumerable.Range(1, Depth).Select(i => $"add{i}[")) + "relu1" + string.Concat(Enumerable.Repeat("|]", Depth)), Text([nodes[0]]));
    }

    private static ModelDescriptor Load(string id, string spec) => CompiledModels.Load([SpecFile.Of(spec, $"{id}.json")])[id];

    private static string Text(IEnumerable<LayerNode> nodes) =>
        string.Join(' ', nodes.Select(node => node.Layer.Name + (node.Branches.Count == 0 ? string.Empty : $"[{string.Join('|', node.Branches.Select(Text))}]")));
}
