using FashionCnn.Compiler.Diagnostics;
using FashionCnn.Compiler.Keys;
using FashionCnn.Compiler.Layers;
using FashionCnn.Compiler.Shapes;
using FashionCnn.Compiler.Syntax;

namespace FashionCnn.Compiler.Infer;

/// <summary>A broken shape rule and the way the shape came about.</summary>
internal sealed record ShapeFault(LayerSpec Layer, ShapeError Error, Trail Trail);

/// <summary>What inference found: the layers, as far as their shapes are known, and the faults.</summary>
/// <param name="Layers">The layers whose shapes are known.</param>
/// <param name="Output">What the last one gives; null when it is unknown.</param>
/// <param name="Faults">The broken rules.</param>
/// <param name="Planned">The layers whose shapes are known, by <see cref="LayerSpec.Id"/>.</param>
/// <param name="FirstPixelwise">The first layer for vectors that takes an image, pixel by pixel, and the image; null for none.</param>
internal sealed record InferredNetwork(EquatableArray<PlannedLayer> Layers, Shape? Output, EquatableArray<ShapeFault> Faults, IReadOnlyDictionary<int, PlannedLayer> Planned, (LayerSpec Layer, Shape Input)? FirstPixelwise);

/// <summary>Follows the shape through a network. After a faulty layer it is unknown until something fixes it.</summary>
internal sealed class Inference
{
    private readonly List<ShapeFault> faults = new List<ShapeFault>();

    /// <summary>The values that layers give, by <see cref="LayerSpec.Id"/>.</summary>
    private readonly Dictionary<int, Value> values = [];

    private readonly Dictionary<int, PlannedLayer> known = [];

    /// <summary>The layers for vectors that take an image, pixel by pixel.</summary>
    private readonly List<(LayerSpec Layer, Shape Input)> pixelwise = [];

    private Inference()
    {
    }

    public static InferredNetwork Run(EquatableArray<LayerSpec> layers, Shape? input)
    {
        var inference = new Inference();
        var image = new Value(PlannedLayer.ImageName, input, input is { } shape ? Trail.From(shape) : null);
        inference.values[Source.Image] = image;
        var (planned, output) = inference.Follow(layers, image);
        if (output.Shape is { } last && layers.Count > 0)
        {
            inference.CheckOutput(layers, last, output.Trail);
        }

        return new InferredNetwork(planned, output.Shape, inference.faults.ToEquatableArray(), inference.known, inference.pixelwise.Count == 0 ? null : inference.pixelwise[0]);
    }

    private (EquatableArray<PlannedLayer> Layers, Value Output) Follow(EquatableArray<LayerSpec> layers, Value input)
    {
        var planned = new List<PlannedLayer>();
        var current = input;
        foreach (var layer in layers)
        {
            // Of several values the first stands for what the layer reads: nothing but a table asks for one.
            var before = layer.From.IsEmpty ? current : values[layer.From[0].Id];
            var branches = layer.Branches.Select(branch => Follow(branch, before)).ToList();
            var inputs = branches.Count > 0 ? branches.Select(branch => branch.Output).ToList()
                : layer.From.Count > 1 ? layer.From.Select(from => values[from.Id]).ToList()
                : [before];
            var step = layer.IsComplete && before.Shape is { } shapeBefore && inputs.All(value => value.Shape is not null) ? Infer(layer, shapeBefore, before.Trail, inputs) : null;
            var shape = step?.Output ?? layer.Kind?.InferWithoutInput(layer, before.Shape);
            if (step is not null)
            {
                step = step with
                {
                    Branches = branches.Select(branch => branch.Layers).ToEquatableArray(),
                    From = layer.From.Select(from => values[from.Id].Name).ToEquatableArray(),
                };
                planned.Add(step);
                known[layer.Id] = step;
            }

            // Where the shape became known again, the trail starts again.
            var trail = shape is not { } after ? null
                : before.Trail is not { } way || layer.Kind is null ? new Trail(null, layer.Name, layer.Kind, after)
                : way.Then(layer.Name, layer.Kind, after);
            current = new Value(layer.Name, shape, trail);
            values[layer.Id] = current;
        }

        return (planned.ToEquatableArray(), current);
    }

    private PlannedLayer? Infer(LayerSpec layer, Shape input, Trail? trail, List<Value> inputs)
    {
        try
        {
            var result = layer.Kind!.JoinsBranches
                ? layer.Kind.Join(layer, inputs.Select(value => value.Shape!.Value).ToList())
                : layer.Kind.Infer(layer, input);
            if (result.Shape is { } output)
            {
                var counts = layer.Kind.Count(layer.Settings, input, output);
                counts = layer.Kind.IsFrozen(layer.Settings) ? counts with { NonTrainable = counts.Parameters } : counts;
                _ = output.Count;
                if (input.IsImage && layer.Kind.ExpectsVector)
                {
                    pixelwise.Add((layer, input));
                }

                return new PlannedLayer(layer.Kind, layer.Settings, layer.Name, Identifier.PascalCase(layer.Name), layer.Path, input, output, counts, [])
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

    private void CheckOutput(EquatableArray<LayerSpec> layers, Shape output, Trail? trail)
    {
        var last = layers[layers.Count - 1];
        var error = output switch
        {
            { IsImage: true } => OutputNotVector(last, output),
            { Channels: < 2 } => new ShapeError(Descriptors.TooFewClasses, last.TypeSpan, [$"{output.Channels}"], []),
            { Channels: > int.MaxValue } => new ShapeError(Descriptors.CountTooLarge, last.TypeSpan, [output.ToString()], []),
            _ => null,
        };
        if (error is not null)
        {
            faults.Add(new ShapeFault(last, error, trail ?? Trail.From(output)));
        }
    }

    // Where layers for vectors were given an image, it was most likely forgotten to flatten it before the first of them.
    private ShapeError OutputNotVector(LayerSpec last, Shape output) => pixelwise.Count == 0
        ? new(Descriptors.OutputNotVector, last.TypeSpan, [output.ToString(), "; end with { \"type\": \"Flatten\" } and { \"type\": \"Dense\", \"units\": ... }"], [])
        : new(
            Descriptors.OutputNotVector, last.TypeSpan, [output.ToString(), string.Empty],
            [.. new[] { pixelwise[0], pixelwise[pixelwise.Count - 1] }.Select(step => ShapeRules.FlattenBefore(step.Layer, step.Layer.Id == last.Id))]);

    /// <summary>What a layer gives.</summary>
    /// <param name="Name">The layer's name.</param>
    /// <param name="Shape">Null when it is unknown.</param>
    /// <param name="Trail">How it came about.</param>
    private readonly record struct Value(string Name, Shape? Shape, Trail? Trail);
}
