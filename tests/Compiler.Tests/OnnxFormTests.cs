using FashionCnn.Compiler.Infer;
using FashionCnn.Compiler.Layers;
using Xunit;

namespace FashionCnn.Compiler.Tests;

/// <summary>What layer kinds state of themselves for ONNX, over all layers of the valid fixtures and specs.</summary>
public sealed class OnnxFormTests
{
    // They do nothing in evaluation.
    private static readonly string[] Vanishing =
    [
        "Dropout", "GaussianNoise", "RandomBrightness", "RandomContrast", "RandomErasing", "RandomFlip", "RandomRotation", "RandomTranslation", "RandomZoom", "SpatialDropout2D", "StochasticDepth",
    ];

    private static readonly List<(PlannedLayer Layer, OnnxValue[] Inputs, OnnxValue Value)> Layers =
    [
        .. Repository.SpecPaths.Concat(Directory.GetFiles(Path.Combine(Repository.Fixtures, "valid"), "*.json"))
            .SelectMany(path => LayerListing.Of(SpecCompiler.Compile(path, File.ReadAllText(path)).Plan!.Network!))
            .Select(listed =>
            {
                OnnxValue[] inputs = [.. listed.Inputs.Select(name => new OnnxInput(name))];
                return (listed.Layer, inputs, listed.Layer.Kind.JoinsBranches ? listed.Layer.Kind.Onnx(inputs) : listed.Layer.Kind.Onnx(listed.Layer, inputs[0]));
            }),
    ];

    [Fact]
    public void Every_kind_has_nodes_or_does_nothing_in_evaluation()
    {
        var computing = Layers.Where(layer => layer.Value is OnnxNode).Select(layer => layer.Layer.Kind.Type).ToHashSet();
        var idle = Layers.Where(layer => ReferenceEquals(layer.Value, layer.Inputs[0])).Select(layer => layer.Layer.Kind.Type).ToHashSet();

        Assert.Equal(LayerTable.Types.Except(Vanishing).Order(), computing.Order());
        Assert.Superset(Vanishing.ToHashSet(), idle);
        Assert.All(Layers, layer => Assert.True(layer.Value is OnnxNode || ReferenceEquals(layer.Value, layer.Inputs[0])));
    }

    // A count of what was measured, which nothing computes with, is the one parameter that ONNX does not see.
    [Fact]
    public void Nodes_read_all_weights_of_a_layer_once() => Assert.All(Layers, layer => Assert.Equal(
        (layer.Layer.Path, layer.Layer.Counts.Parameters - (layer.Layer.Kind.Keras.Tensors.Any(tensor => tensor.Tensor == "count") && layer.Layer.Counts.Parameters > 0 ? 1 : 0)),
        (layer.Layer.Path, Within(layer.Value).OfType<OnnxWeight>().Distinct().Sum(weight => weight.Shape.Aggregate(1L, (product, size) => product * size)))));

    [Fact]
    public void Nodes_read_all_inputs_of_a_layer() => Assert.All(Layers, layer => Assert.Equal(layer.Inputs.ToHashSet(), Within(layer.Value).OfType<OnnxInput>().ToHashSet<OnnxValue>()));

    [Fact]
    public void Every_operator_is_used()
    {
        var used = Layers.SelectMany(layer => Within(layer.Value)).OfType<OnnxNode>().Select(node => node.Operator).ToHashSet();

        Assert.Equal(Enum.GetValues<OnnxOperator>(), used.Order());
    }

    private static IEnumerable<OnnxValue> Within(OnnxValue value) => value is OnnxNode node ? node.Inputs.SelectMany(Within).Prepend(value) : [value];
}
