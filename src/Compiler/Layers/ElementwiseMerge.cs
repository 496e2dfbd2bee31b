using FashionCnn.Compiler.Shapes;

namespace FashionCnn.Compiler.Layers;

/// <summary>A merge that computes each value from those at its place in all inputs.</summary>
internal abstract class ElementwiseMerge : Merge
{
    /// <summary>The operation of the base class.</summary>
    protected abstract string Operation { get; }

    /// <summary>The operator of ONNX, which takes two values.</summary>
    protected abstract OnnxOperator OnnxOperation { get; }

    /// <summary>PyTorch's expression for two values.</summary>
    protected abstract string PyTorchOf(string first, string second);

    /// <summary>An image of one pixel may stand beside larger ones: its channels then count for every pixel of those.</summary>
    protected virtual bool TakesOnePixel => false;

    public override ShapeResult Join(LayerSpec layer, IReadOnlyList<Shape> inputs)
    {
        var largest = 0;
        for (var i = 1; i < inputs.Count; i++)
        {
            largest = inputs[i].Height * inputs[i].Width > inputs[largest].Height * inputs[largest].Width ? i : largest;
        }

        for (var i = 0; i < inputs.Count; i++)
        {
            if (inputs[i] != inputs[largest] && !(TakesOnePixel && inputs[largest].IsImage && inputs[i] == Shape.Image(1, 1, inputs[largest].Channels)))
            {
                return DoNotFit(layer, inputs, TakesOnePixel ? "inputs of one shape, or 1x1 images with others of as many channels" : "inputs of one shape", Math.Min(i, largest), Math.Max(i, largest));
            }
        }

        return inputs[largest];
    }

    public override string Forward(IReadOnlyList<string> inputs) => $"{Operation}({string.Join(", ", inputs)})";

    public override OnnxValue Onnx(IReadOnlyList<OnnxValue> inputs) => inputs.Aggregate((result, input) => result.To(OnnxOperation, input));

    public override string PyTorch(IReadOnlyList<string> inputs) => inputs.Aggregate(PyTorchOf);
}
