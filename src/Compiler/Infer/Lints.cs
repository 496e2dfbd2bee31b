using FashionCnn.Compiler.Diagnostics;
using FashionCnn.Compiler.Layers;
using FashionCnn.Compiler.Syntax;

namespace FashionCnn.Compiler.Infer;

/// <summary>Finds what is probably not meant in a network that compiles. Each finding is computed, with its numbers.</summary>
internal sealed class Lints
{
    private readonly DiagnosticBag bag;
    private readonly Dictionary<string, LayerSpec> specs;
    private readonly IReadOnlyList<ListedLayer> layers;
    private readonly IReadOnlyDictionary<string, IReadOnlyList<PlannedLayer>> readers;

    private Lints(IEnumerable<LayerSpec> specs, EquatableArray<PlannedLayer> layers, DiagnosticBag bag)
    {
        this.bag = bag;
        this.specs = Flat(specs).ToDictionary(layer => layer.Name);
        this.layers = LayerListing.Of(layers);
        readers = LayerListing.Readers(this.layers);
    }

    public static void Report(EquatableArray<LayerSpec> specs, EquatableArray<PlannedLayer> layers, LayerCounts total, DiagnosticBag bag)
    {
        var lints = new Lints(specs, layers, bag);
        lints.CheckStart();
        foreach (var (layer, _) in lints.layers)
        {
            lints.Check(layer);
        }

        lints.CheckEnd();
        lints.CheckShare(total);
    }

    private static IEnumerable<LayerSpec> Flat(IEnumerable<LayerSpec> layers) =>
        layers.SelectMany(layer => layer.Branches.SelectMany(branch => Flat(branch)).Append(layer));

    // Keras's examples divide by 255, or by 127.5 and subtract 1.
    private void CheckStart()
    {
        var images = new HashSet<string> { PlannedLayer.ImageName };
        foreach (var (layer, inputs) in layers.Where(listed => listed.Inputs.All(images.Contains)))
        {
            if (layer.Kind.ActsInTrainingOnly)
            {
                images.Add(layer.Name);
            }
            else if (layer.Kind.Rescales(layer.Settings) is var (scale, offset) && scale is >= 1 / 300.0 and <= 1 / 100.0)
            {
                Report(Descriptors.PixelsRescaled, layer, specs[layer.Name].TypeSpan, Text.Number(offset), Text.Number(Math.Round(offset + scale, 4)));
            }
        }
    }

    private void Check(PlannedLayer layer)
    {
        if (!layer.LeavesSoftmax && layer.Kind.LastActivation(layer.Settings) == Activations.Softmax)
        {
            Report(Descriptors.SoftmaxInTheMiddle, layer, ActivationSpan(layer));
        }

        if (layer.Kind.BiasKey is { } bias && layer.Get(bias) && layer.Kind.LastActivation(layer.Settings) == "linear"
            && readers.TryGetValue(layer.Name, out var after) && after.All(reader => reader.Kind.CancelsBias && !reader.IsFrozen))
        {
            Report(Descriptors.BiasCanceled, layer, specs[layer.Name].TypeSpan, Text.Count(layer.Output.Channels), after[0].Name);
        }

        if (layer.Kind.Unread(layer.Settings, layer.Input) is var (rows, columns) && (rows, columns) != (0, 0))
        {
            var all = layer.Input.Height * layer.Input.Width;
            var read = (layer.Input.Height - rows) * (layer.Input.Width - columns);
            Report(
                Descriptors.UnreadPositions, layer, specs[layer.Name].TypeSpan,
                Axes(rows, columns), $"{layer.Input}", Text.Count(all - read), Text.Count(all));
        }

        CheckReach(layer);
    }

    private void CheckReach(PlannedLayer layer)
    {
        if (layer.Kind.KernelKeys is not { } keys)
        {
            return;
        }

        var (height, width) = keys.Windows(layer.Kind.Table, layer.Settings);
        var all = (long)height.Size * width.Size;
        var unseeing = all - ((long)height.Reach(layer.Input.Height) * width.Reach(layer.Input.Width));
        if (2 * unseeing > all)
        {
            Report(
                Descriptors.WeightsWithoutPixels, layer, specs[layer.Name].SpanOf(keys.Size),
                Text.Count(unseeing), Text.Count(all), $"{layer.Get(keys.Size)}", $"{layer.Input}");
        }
    }

    private void CheckEnd()
    {
        var last = layers[layers.Count - 1];
        if (last.Layer.Kind.LastActivation(last.Layer.Settings) is not ("linear" or Activations.Softmax) and var activation)
        {
            Report(Descriptors.OutputActivation, last.Layer, ActivationSpan(last.Layer), activation);
        }

        // Back from the end to the last Dense, as long as there is one way.
        var byName = layers.ToDictionary(listed => listed.Layer.Name);
        var dropouts = new List<PlannedLayer>();
        for (var listed = last; ;)
        {
            if (listed.Layer.Kind.Family == LayerFamily.Dense)
            {
                dropouts.ForEach(dropout => Report(Descriptors.DropoutOnOutput, dropout, specs[dropout.Name].TypeSpan));
                return;
            }

            if (listed.Layer.Kind.Family == LayerFamily.Dropout)
            {
                dropouts.Add(listed.Layer);
            }

            if (listed.Inputs.Count > 1 || !byName.TryGetValue(listed.Inputs[0], out listed))
            {
                return;
            }
        }
    }

    private void CheckShare(LayerCounts total)
    {
        var all = layers.Select(listed => listed.Layer).Where(layer => layer.Counts.Parameters > 0).ToList();
        if (all.Count < 3)
        {
            // Of two layers one nearly always holds most.
            return;
        }

        foreach (var layer in all.Where(layer => layer.Counts.Parameters > 0.9 * total.Parameters))
        {
            var share = Math.Round(100.0 * layer.Counts.Parameters / total.Parameters, 1);
            Report(Descriptors.MostParameters, layer, specs[layer.Name].TypeSpan, Text.Number(share), Text.Count(layer.Counts.Parameters), Text.Count(total.Parameters), $"{layer.Input}");
        }
    }

    private static string Axes(long rows, long columns) => (rows, columns) switch
    {
        (0, _) => Last(columns, "column"),
        (_, 0) => Last(rows, "row"),
        _ => $"{Last(rows, "row")} and {Last(columns, "column")}",
    };

    private static string Last(long count, string noun) => count == 1 ? $"the last {noun}" : $"the last {count} {noun}s";

    private TextSpan ActivationSpan(PlannedLayer layer) =>
        layer.Kind.ActivationKey is { } key ? specs[layer.Name].SpanOf(key) : specs[layer.Name].TypeSpan;

    private void Report(DiagnosticRule descriptor, PlannedLayer layer, TextSpan span, params string[] arguments) =>
        bag.Report(descriptor, span, [specs[layer.Name].Where, .. arguments]);
}
