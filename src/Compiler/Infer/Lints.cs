using FashionCnn.Compiler.Diagnostics;
using FashionCnn.Compiler.Layers;
using FashionCnn.Compiler.Syntax;

namespace FashionCnn.Compiler.Infer;

/// <summary>Finds what is probably not meant in a network that compiles. Each finding is computed, with its numbers.</summary>
internal sealed class Lints
{
    private readonly DiagnosticBag bag;
    private readonly Dictionary<string, LayerSpec> specs;

    private Lints(IEnumerable<LayerSpec> layers, DiagnosticBag bag)
    {
        this.bag = bag;
        specs = Flat(layers).ToDictionary(layer => layer.Name);
    }

    public static void Report(EquatableArray<LayerSpec> specs, EquatableArray<PlannedLayer> layers, LayerCounts total, DiagnosticBag bag)
    {
        var lints = new Lints(specs, bag);
        lints.CheckStart(layers);
        lints.CheckEach(layers);
        lints.CheckEnd(layers);
        lints.CheckShare(layers, total);
    }

    private static IEnumerable<LayerSpec> Flat(IEnumerable<LayerSpec> layers) =>
        layers.SelectMany(layer => layer.Branches.SelectMany(branch => Flat(branch)).Append(layer));

    // Keras's examples divide by 255, or by 127.5 and subtract 1.
    private void CheckStart(EquatableArray<PlannedLayer> layers)
    {
        if (layers.FirstOrDefault(layer => !layer.Kind.ActsInTrainingOnly) is { } first
            && first.Kind.Rescales(first.Settings) is var (scale, offset) && scale is >= 1 / 300.0 and <= 1 / 100.0)
        {
            Report(Descriptors.PixelsRescaled, first, specs[first.Name].TypeSpan, Text.Number(offset), Text.Number(Math.Round(offset + scale, 4)));
        }
    }

    private void CheckEach(EquatableArray<PlannedLayer> layers)
    {
        for (var i = 0; i < layers.Count; i++)
        {
            var layer = layers[i];
            if (!layer.LeavesSoftmax && layer.Kind.LastActivation(layer.Settings) == Activations.Softmax)
            {
                Report(Descriptors.SoftmaxInTheMiddle, layer, ActivationSpan(layer));
            }

            if (layer.Kind.BiasKey is { } bias && layer.Get(bias) && layer.Kind.LastActivation(layer.Settings) == "linear"
                && i + 1 < layers.Count && layers[i + 1].Kind.CancelsBias)
            {
                Report(Descriptors.BiasCanceled, layer, specs[layer.Name].TypeSpan, Text.Count(layer.Output.Channels), layers[i + 1].Name);
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
            foreach (var branch in layer.Branches)
            {
                CheckEach(branch);
            }
        }
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

    private void CheckEnd(EquatableArray<PlannedLayer> layers)
    {
        var last = layers[layers.Count - 1];
        if (last.Kind.LastActivation(last.Settings) is not ("linear" or Activations.Softmax) and var activation)
        {
            Report(Descriptors.OutputActivation, last, ActivationSpan(last), activation);
        }

        for (var i = layers.Count - 1; i > 0 && layers[i].Kind.Family != LayerFamily.Dense; i--)
        {
            if (layers[i].Kind.Family == LayerFamily.Dropout && layers.Take(i).Any(layer => layer.Kind.Family == LayerFamily.Dense))
            {
                Report(Descriptors.DropoutOnOutput, layers[i], specs[layers[i].Name].TypeSpan);
            }
        }
    }

    private void CheckShare(EquatableArray<PlannedLayer> layers, LayerCounts total)
    {
        var all = FlatPlan(layers).Where(layer => layer.Counts.Parameters > 0).ToList();
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

    private static IEnumerable<PlannedLayer> FlatPlan(IEnumerable<PlannedLayer> layers) =>
        layers.SelectMany(layer => layer.Branches.SelectMany(branch => FlatPlan(branch)).Append(layer));

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
