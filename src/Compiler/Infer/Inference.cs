using FashionCnn.Compiler.Diagnostics;
using FashionCnn.Compiler.Keys;
using FashionCnn.Compiler.Layers;
using FashionCnn.Compiler.Shapes;
using FashionCnn.Compiler.Syntax;

namespace FashionCnn.Compiler.Infer;

/// <summary>A broken shape rule and the way the shape came about.</summary>
internal sealed record ShapeFault(LayerSpec Layer, ShapeError Error, Trail Trail);

/// <summary>What inference found: the layers, as far as their shapes are known, and the faults.</summary>
internal sealed record InferredNetwork(EquatableArray<PlannedLayer> Layers, Shape? Output, EquatableArray<ShapeFault> Faults);

/// <summary>Follows the shape through a network. After a faulty layer it is unknown until something fixes it.</summary>
internal sealed class Inference
{
    private static readonly IReadOnlyList<(EquatableArray<PlannedLayer> Layers, Shape? Output)> NoBranches = [];

    private readonly List<ShapeFault> faults = new List<ShapeFault>();

    private Inference()
    {
    }

    public static InferredNetwork Run(EquatableArray<LayerSpec> layers, Shape? input)
    {
        var inference = new Inference();
        var trail = input is { } shape ? Trail.From(shape) : null;
        var (planned, output, end) = inference.Follow(layers, input, trail);
        if (output is { } last && layers.Count > 0)
        {
            inference.CheckOutput(layers[layers.Count - 1], last, end);
        }

        return new InferredNetwork(planned, output, inference.faults.ToEquatableArray());
    }

    private (EquatableArray<PlannedLayer> Layers, Shape? Output, Trail? Trail) Follow(
        EquatableArray<LayerSpec> layers, Shape? input, Trail? trail)
    {
        var planned = new List<PlannedLayer>();
        var shape = input;
        foreach (var layer in layers)
        {
            var before = shape;
            var branches = layer.Branches.IsEmpty ? NoBranches : FollowBranches(layer, before, trail);
            var step = layer.IsComplete && before is { } known ? Infer(layer, known, branches, trail) : null;
            shape = step?.Output ?? (layer.Kind is null ? null : layer.Kind.InferWithoutInput(layer, before));
            if (step is not null)
            {
                planned.Add(step);
            }

            // Where the shape became known again, the trail starts again.
            trail = shape is not { } after ? null
                : trail is null || layer.Kind is null ? new Trail(null, layer.Name, layer.Kind, after)
                : trail.Then(layer.Name, layer.Kind, after);
        }

        return (planned.ToEquatableArray(), shape, trail);
    }

    private List<(EquatableArray<PlannedLayer> Layers, Shape? Output)> FollowBranches(LayerSpec layer, Shape? input, Trail? trail) =>
        layer.Branches.Select(branch => Follow(branch, input, trail)).Select(branch => (branch.Layers, branch.Output)).ToList();

    private PlannedLayer? Infer(
        LayerSpec layer, Shape input, IReadOnlyList<(EquatableArray<PlannedLayer> Layers, Shape? Output)> branches, Trail? trail)
    {
        if (branches.Count > 0 && branches.Any(branch => branch.Output is null))
        {
            return null;
        }

        try
        {
            var result = layer.Kind!.JoinsBranches
                ? layer.Kind.Join(layer, branches.Select(branch => branch.Output!.Value).ToList())
                : layer.Kind.Infer(layer, input);
            if (result.Shape is { } output)
            {
                var counts = layer.Kind.Count(layer.Settings, input, output);
                counts = layer.Kind.IsFrozen(layer.Settings) ? counts with { NonTrainable = counts.Parameters } : counts;
                _ = output.Count;
                return new PlannedLayer(
                    layer.Kind, layer.Settings, layer.Name, Identifier.PascalCase(layer.Name), layer.Path, input, output, counts,
                    branches.Count == 0 ? [] : branches.Select(branch => branch.Layers).ToEquatableArray())
                {
                    Group = layer.Group,
                };
            }

            faults.Add(new ShapeFault(layer, result.Error!, trail ?? Trail.From(input)));
        }
        catch (OverflowException)
        {
            faults.Add(new ShapeFault(layer, new ShapeError(Descriptors.CountTooLarge, layer.TypeSpan, [input.ToString()], []), trail ?? Trail.From(input)));
        }

        return null;
    }

    private void CheckOutput(LayerSpec last, Shape output, Trail? trail)
    {
        var error = output switch
        {
            { IsImage: true } => new ShapeError(Descriptors.OutputNotVector, last.TypeSpan, [output.ToString()], []),
            { Channels: < 2 } => new ShapeError(Descriptors.TooFewClasses, last.TypeSpan, [$"{output.Channels}"], []),
            { Channels: > int.MaxValue } => new ShapeError(Descriptors.CountTooLarge, last.TypeSpan, [output.ToString()], []),
            _ => null,
        };
        if (error is not null)
        {
            faults.Add(new ShapeFault(last, error, trail ?? Trail.From(output)));
        }
    }
}
