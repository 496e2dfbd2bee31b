using FashionCnn.Compiler.Layers;
using FashionCnn.Compiler.Shapes;
using FashionCnn.Compiler.Syntax;

namespace FashionCnn.Compiler.Show;

/// <summary>
/// A part of a picture with the room that it takes: left and right of the line on which values run down through it, and down.
/// Lengths are pixels.
/// </summary>
internal abstract record Block(double Left, double Right, double Height);

/// <summary>Layers one after the other whose outputs have one shape, a row each.</summary>
internal sealed record Card(IReadOnlyList<PlannedLayer> Layers, double Width) : Block(Width / 2, Width / 2, Layers.Count * RowHeight)
{
    public const double RowHeight = 24;

    public Shape Shape => Layers[^1].Output;
}

/// <summary>
/// Branches side by side from left to right, each with the distance of its line from the line of the fork, and room for
/// the lines that lead into and out of them.
/// </summary>
internal sealed record Fork(PlannedLayer Merge, IReadOnlyList<(double Offset, Column Branch)> Branches, double Left, double Right, double Height) : Block(Left, Right, Height)
{
    /// <summary>Room above the branches.</summary>
    public const double Out = 38;

    /// <summary>Room below them.</summary>
    public const double In = 36;

    private const double Space = 24;

    public static Fork Of(PlannedLayer merge, IReadOnlyList<Column> branches)
    {
        var offsets = new List<double>();
        var width = 0.0;
        foreach (var branch in branches)
        {
            offsets.Add(width + branch.Left);
            width += branch.Left + branch.Right + Space;
        }

        width -= Space;
        // A shortcut runs beside the trunk; several real branches spread to both sides of it.
        var real = Enumerable.Range(0, branches.Count).Where(i => branches[i].Blocks.Count > 0).ToList();
        var line = real.Count == 1 ? offsets[real[0]] : width / 2;
        return new Fork(merge, [.. branches.Zip(offsets, (branch, offset) => (offset - line, branch))], line, width - line, Out + branches.Max(branch => branch.Height) + In);
    }
}

/// <summary>Blocks one below the other; none in a branch that is the input itself.</summary>
internal sealed record Column(IReadOnlyList<Block> Blocks, double Left, double Right, double Height) : Block(Left, Right, Height)
{
    public const double Arrow = 28;
    private const double ShortcutSide = 10;

    /// <summary>The first layer; of a merge with branches, the merge.</summary>
    public PlannedLayer First => Blocks[0] is Fork fork ? fork.Merge : ((Card)Blocks[0]).Layers[0];

    /// <param name="layers">The layers, each merge with its branches.</param>
    /// <param name="width">How wide a card has to be for a layer.</param>
    /// <param name="named">The layers that others read by name: a card ends with them, so that lines can begin below it.</param>
    public static Column Of(EquatableArray<PlannedLayer> layers, Func<PlannedLayer, double> width, ICollection<string> named)
    {
        if (layers.IsEmpty)
        {
            return new Column([], ShortcutSide, ShortcutSide, 0);
        }

        var cardWidth = layers.Max(width);
        var blocks = new List<Block>();
        foreach (var layer in layers)
        {
            if (!layer.Branches.IsEmpty)
            {
                blocks.Add(Fork.Of(layer, [.. layer.Branches.Select(branch => Of(branch, width, named))]));
                blocks.Add(new Card([layer], cardWidth));
            }
            else if (blocks is [.., Card card] && card.Shape == layer.Output && layer.From.IsEmpty && !named.Contains(card.Layers[^1].Name))
            {
                blocks[^1] = new Card([.. card.Layers, layer], cardWidth);
            }
            else
            {
                blocks.Add(new Card([layer], cardWidth));
            }
        }

        return new Column(blocks, blocks.Max(block => block.Left), blocks.Max(block => block.Right), blocks.Sum(block => block.Height) + GapsOf(blocks));
    }

    /// <summary>Whether there is room for an arrow of its own from the block before to this one; a fork brings its lines along.</summary>
    public static bool HasArrow(Block before, Block block) => before is Card && block is Card;

    private static double GapsOf(List<Block> blocks) => Arrow * blocks.Zip(blocks.Skip(1), HasArrow).Count(has => has);
}
