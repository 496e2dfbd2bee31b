using FashionCnn.Compiler.Shapes;

namespace FashionCnn.Compiler.Layers;

internal sealed class Add : Merge
{
    public override string Type => "Add";

    public override string NamePrefix => "add";

    public override string Summary => "The sum of values of one shape: the outputs of branches, where an empty branch is the input itself, or of the layers that from names.";

    public override KerasForm Keras { get; } = new() { IsSum = true };

    public override ShapeResult Join(LayerSpec layer, IReadOnlyList<Shape> inputs)
    {
        for (var i = 1; i < inputs.Count; i++)
        {
            if (inputs[i] != inputs[0])
            {
                return DoNotFit(layer, inputs, "inputs of one shape", 0, i);
            }
        }

        return inputs[0];
    }

    public override string Forward(IReadOnlyList<string> inputs) => $"add({string.Join(", ", inputs)})";
}
