using FashionCnn.Compiler.Shapes;

namespace FashionCnn.Compiler.Layers;

internal sealed class Concatenate : Merge
{
    public override string Type => "Concatenate";

    public override IReadOnlyList<string> OtherNames => ["Concat", "Cat"];

    public override string NamePrefix => "concat";

    public override string Summary => "Values side by side, the channels of images of one height and width or the values of vectors: the outputs of branches or of the layers named in \"from\".";

    public override KerasForm Keras { get; } = new() { Defaults = [new("axis", "-1")] };

    public override ShapeResult Join(LayerSpec layer, IReadOnlyList<Shape> inputs)
    {
        for (var i = 1; i < inputs.Count; i++)
        {
            if (inputs[i].WithChannels(1) != inputs[0].WithChannels(1))
            {
                return DoNotFit(layer, inputs, inputs[i].IsImage && inputs[0].IsImage ? "images of one height and width" : "images only or vectors only", 0, i);
            }
        }

        return inputs[0].WithChannels(inputs.Aggregate(0L, (sum, input) => checked(sum + input.Channels)));
    }

    public override string Forward(IReadOnlyList<string> inputs) => $"concatenate({string.Join(", ", inputs)})";

    public override OnnxValue Onnx(IReadOnlyList<OnnxValue> inputs) => inputs[0].To(OnnxOperator.Concat, [.. inputs.Skip(1)]).WithInteger("axis", 1);

    public override string PyTorch(IReadOnlyList<string> inputs) => $"torch.cat(({string.Join(", ", inputs)}), 1)";
}
