using FashionCnn.Compiler.Diagnostics;
using FashionCnn.Compiler.Shapes;

namespace FashionCnn.Compiler.Layers;

internal sealed class Add : Merge
{
    public override string Type => "Add";

    public override string NamePrefix => "add";

    public override string Summary => "The sum of the outputs of branches of one shape. An empty branch is the input itself.";

    public override ShapeResult Join(LayerSpec layer, IReadOnlyList<Shape> branches)
    {
        var other = branches.FirstOrDefault(branch => branch != branches[0]);
        if (other == default)
        {
            return branches[0];
        }

        var index = branches.ToList().IndexOf(other);
        return new ShapeError(
            Descriptors.BranchesDiffer,
            layer.TypeSpan,
            [$"Add needs branches of one shape, but branches[0] gives {branches[0]} and branches[{index}] gives {other}"],
            []);
    }

    public override string Forward(IReadOnlyList<string> branches) => $"add({string.Join(", ", branches)})";
}
