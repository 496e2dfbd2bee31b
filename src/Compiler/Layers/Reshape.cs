using FashionCnn.Compiler.Diagnostics;
using FashionCnn.Compiler.Keys;
using FashionCnn.Compiler.Shapes;
using FashionCnn.Compiler.Syntax;

namespace FashionCnn.Compiler.Layers;

internal sealed class Reshape : LayerKind
{
    private static readonly Key<EquatableArray<int>> TargetShape =
        new TargetShapeKey("target_shape", "the new shape; -1 stands for whatever the other numbers leave").Required();

    public override string Type => "Reshape";

    public override IReadOnlyList<string> OtherNames => ["Unflatten", "View"];

    public override string NamePrefix => "reshape";

    public override string Summary => "The same values in another shape. The order of the values is Keras's: height, width, channels.";

    public override KeyTable Table { get; } = new(TargetShape);

    public override KerasForm Keras { get; } = new() { IsBuiltAtOnce = true };

    public override ShapeResult Infer(LayerSpec layer, Shape input)
    {
        var target = layer.Get(TargetShape);
        var known = target.Where(size => size > 0).Aggregate(1L, (product, size) => checked(product * size));
        var hasFree = target.Any(size => size < 0);
        if (hasFree ? input.Count % known == 0 : input.Count == known)
        {
            var sizes = target.Select(size => size < 0 ? input.Count / known : size).ToList();
            return sizes.Count == 1 ? Shape.Vector(sizes[0]) : Shape.Image(sizes[0], sizes[1], sizes[2]);
        }

        var wanted = string.Join("x", target.Select(Text.Integer));
        return new ShapeError(
            Descriptors.CountsDiffer,
            layer.SpanOf(TargetShape),
            [
                wanted,
                $"{wanted} holds {(hasFree ? "a multiple of " : string.Empty)}{Text.Count(known)} values",
                input.ToString(),
                Text.Count(input.Count),
                hasFree ? $" ({input.Count} / {known} leaves {input.Count % known})" : string.Empty,
            ],
            [
                ShapeFix.Set(layer, TargetShape, [(int)Math.Min(input.Count, int.MaxValue)]),
            ]);
    }

    public override Shape? InferWithoutInput(LayerSpec layer, Shape? input) =>
        layer.Find(TargetShape) is EquatableArray<int> target && target.All(size => size > 0)
            ? target.Count == 1 ? Shape.Vector(target[0]) : Shape.Image(target[0], target[1], target[2])
            : null;

    public override string Forward(PlannedLayer layer, string x) => layer.Output.IsImage
        ? $"reshape({x}, height: {layer.Output.Height}, width: {layer.Output.Width}, channels: {layer.Output.Channels})"
        : $"reshape({x}, {layer.Output.Channels})";

    public override OnnxValue Onnx(PlannedLayer layer, OnnxValue x) => x.Reshaped(layer.Input, layer.Output);

    public override string PyTorch(PlannedLayer layer, string x) => PyTorchShapes.Reshape(x, layer.Input, layer.Output);
}
