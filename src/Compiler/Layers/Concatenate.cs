using FashionCnn.Compiler.Diagnostics;
using FashionCnn.Compiler.Shapes;

namespace FashionCnn.Compiler.Layers;

internal sealed class Concatenate : Merge
{
    public override string Type => "Concatenate";

    public override IReadOnlyList<string> OtherNames => ["Concat", "Cat"];

    public override string NamePrefix => "concat";

    public override string Summary => "The outputs of branches side by side: the channels of images of one height and width, or the values of vectors.";

    public override ShapeResult Join(LayerSpec layer, IReadOnlyList<Shape> branches)
    {
        for (var i = 1; i < branches.Count; i++)
        {
            if (branches[i].WithChannels(1) != branches[0].WithChannels(1))
            {
                var rule = branches[i].IsImage && branches[0].IsImage ? "images of one height and width" : "images only or vectors only";
                return new ShapeError(
                    Descriptors.BranchesDiffer,
                    layer.TypeSpan,
                    [$"Concatenate joins {rule}, but branches[0] gives {branches[0]} and branches[{i}] gives {branches[i]}"],
                    []);
            }
        }

        return branches[0].WithChannels(branches.Aggregate(0L, (sum, branch) => checked(sum + branch.Channels)));
    }

    public override string Forward(IReadOnlyList<string> branches) => $"concatenate({string.Join(", ", branches)})";
}
