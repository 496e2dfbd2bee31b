using FashionCnn.Compiler;
using FashionCnn.Compiler.Diagnostics;
using FashionCnn.Compiler.Layers;
using FashionCnn.Interchange.Keras;
using FashionCnn.Interchange.Structure;

namespace FashionCnn.Interchange;

/// <summary>How to import a model.</summary>
/// <param name="Id">What the model is to be called: the file name of the spec without its ending.</param>
public sealed record ImportOptions(string Id)
{
    /// <summary>Height and width of the images; null for those that the file gives.</summary>
    public (int Height, int Width)? Input { get; init; }

    /// <summary>The path of the JSON Schema that the spec names, for editors; null for none.</summary>
    public string? Schema { get; init; }

    /// <summary>Takes over how kernels and biases start: it matters to training from fresh weights alone, and makes the spec longer.</summary>
    public bool KeepsInitializers { get; init; }

    /// <summary>What the model was fed for pixels; null for what the file tells.</summary>
    public PixelRange? Pixels { get; init; }
}

/// <summary>Makes of a Keras model a spec and weights.</summary>
public static class KerasImport
{
    /// <summary>Reads a .keras file, a legacy .h5 file, or the JSON of a Keras model.</summary>
    /// <exception cref="InputException">The file cannot be read or is damaged, the model cannot become a spec, or an option is needed; the message says which.</exception>
    public static ImportedModel Read(string path, ImportOptions options)
    {
        var file = KerasFile.Open(path);
        try
        {
            return KerasFile.Reading(path, () => Read(file, options));
        }
        catch
        {
            file.Dispose();
            throw;
        }
    }

    // The shorter text first.
    private static readonly bool[] KeepsAutomaticNames = [false, true];

    private static ImportedModel Read(KerasFile file, ImportOptions options)
    {
        var faults = new Faults();
        var source = KerasGraph.Of(file.Model, faults);
        var whole = KerasTranslation.Of(source, options.KeepsInitializers, faults);
        var input = InputOf(source, options, file.Path, faults);
        foreach (var layer in source.Layers.Where(layer => layer.Config.FindText("activation") == "hard_sigmoid" && file.IsOfKeras2))
        {
            faults.Add(layer.Where, "the hard_sigmoid of Keras 2, which is 0.2 x + 0.5 between 0 and 1, has no equal in a spec");
        }

        faults.Throw(file.Path);
        var asIs = options is { Input: null, Pixels: null or PixelRange.ZeroToOne };
        var embedded = asIs ? EmbeddedSpec.Of(file, options.Id) : null;
        if (embedded is null && file.Spec is not null)
        {
            faults.Note("the file's spec", asIs ? "not used, because it does not describe the file's layers" : "not used, because other images were asked for");
        }

        var range = options.Pixels ?? (embedded is null ? PixelFolding.Told(whole!) : PixelRange.ZeroToOne) ?? throw new InputException(
            $"{file.Path}: the file does not tell what numbers the model was fed for pixels. Say which: 0..255 for bytes as they are, 0..1, -1..1, or what keras.applications calls caffe or torch.")
        { Setting = InputSetting.Pixels };
        var pixels = PixelFolding.Of(whole!, range, input[2], file.Path);
        if (embedded is not null)
        {
            return Imported(embedded, NamedAlike(embedded, pixels.Graph.Nodes));
        }

        var plain = SeriesParallel.Of(pixels.Graph);
        var nodes = NodesOf(plain.Layers).Select(index => pixels.Graph.Nodes[index]).ToList();
        var outline = Shortest.Of(plain);
        // Names that the compiler gives anyway are left out, unless it would give them to other layers.
        var (spec, pairs) = KeepsAutomaticNames.Select(keepsAutomaticNames => SpecText.Of(outline, input, $"{source.Name}, imported from Keras.", Compiler.Keys.Identifier.PascalCase(options.Id), options.Schema, keepsAutomaticNames))
            .Distinct().Select(text => Compiled(text, nodes, options, file.Path))
            .MaxBy(compiled => compiled.Pairs.Count(pair => pair.Layer.Name == pair.Node.Name));
        CheckAxes(source, pairs, file.Path);
        if (options.Input is not null && source.Input is { } own && own[0] is { } height && own[1] is { } width && (height, width) != options.Input)
        {
            CheckSizes(plain, input, [height, width, input[2]], options, pairs, file.Path);
        }

        return Imported(spec, pairs);

        ImportedModel Imported(CompiledSpec spec, List<(PlannedLayer Layer, Node Node)> pairs)
        {
            var byPath = source.Layers.DistinctBy(layer => layer.Path).ToDictionary(layer => layer.Path);
            var plan = file.Weights is null ? null : WeightsPlan.Of(
                file.Weights, pairs.Where(pair => pair.Node.Origins.Count > 0 && pair.Layer.Kind.Keras.Tensors.Count > 0).Select(pair => (pair.Layer, pair.Node, byPath[pair.Node.Origins[0]])), pixels.ReversedChannels);
            if (pixels.Range == PixelRange.Caffe && plan is null)
            {
                faults.Note("the model", "it takes blue, green and red; weights that are not imported have to be trained for red, green and blue");
            }

            if (faults.LeftOut.Count > 0 && plan is null && embedded is null)
            {
                faults.Note("the model", $"the initializers of {faults.LeftOut.Count} layers are left out, because they only matter to training from fresh weights");
            }

            return new ImportedModel(file, spec, embedded is null ? MapOf(source, pairs, pixels) : [.. source.Layers.Select(layer => new LayerOrigin(layer.Path, layer.Class, [layer.Name], null))], pixels.Range, faults.Notes, plan);
        }
    }

    /// <summary>The layers of the spec that a file was exported from, each with the node of its name. Those that do nothing have none.</summary>
    private static List<(PlannedLayer Layer, Node Node)> NamedAlike(CompiledSpec spec, IReadOnlyList<Node> nodes)
    {
        var byName = nodes.ToDictionary(node => node.Name);
        return [.. LayersInOrder(spec.Plan!.Network!.Layers).Where(layer => byName.ContainsKey(layer.Name)).Select(layer => (layer, byName[layer.Name]))];
    }

    private static int[] InputOf(KerasGraph source, ImportOptions options, string path, Faults faults)
    {
        if (source.Input is not { } shape || shape[2] is not { } channels)
        {
            faults.Add("the model's input", "a spec takes images of height x width x channels, with the number of channels given");
            return [1, 1, 1];
        }

        var height = options.Input?.Height ?? shape[0];
        var width = options.Input?.Width ?? shape[1];
        if (height is { } h && width is { } w)
        {
            return [h, w, channels];
        }

        return faults.Any ? [1, 1, channels] : throw new InputException($"{path}: the model takes images of any height and width, and a spec those of one. Say which, such as 224,224.") { Setting = InputSetting.ImageSize };
    }

    private static (CompiledSpec Spec, List<(PlannedLayer Layer, Node Node)> Pairs) Compiled(string text, List<Node> nodes, ImportOptions options, string path)
    {
        var spec = SpecCompiler.Compile($"{options.Id}.json", text);
        if (!spec.IsModel)
        {
            throw new InputException(
                $"{path}: the model cannot become a spec: {string.Join(" ", spec.Diagnostics.Where(diagnostic => diagnostic.Rule.Severity == Severity.Error).Take(5).Select(diagnostic => $"{diagnostic.Rule.Id}: {diagnostic.Message.TrimEnd('.')}."))}");
        }

        var pairs = LayersInOrder(spec.Plan!.Network!.Layers).Zip(nodes).ToList();
        return pairs.Count == nodes.Count && pairs.TrueForAll(pair => pair.First.Kind == pair.Second.Kind) ? (spec, pairs) : throw new InvalidOperationException("The spec does not have the layers of the model.");
    }

    /// <summary>The nodes in the order in which the spec's layers come, those of branches before the merge.</summary>
    private static IEnumerable<int> NodesOf(IReadOnlyList<Entry> list) => list.SelectMany(entry => entry.Lists.SelectMany(NodesOf).Append(entry.Output));

    private static IEnumerable<PlannedLayer> LayersInOrder(IEnumerable<PlannedLayer> layers) => layers.SelectMany(layer => layer.Branches.SelectMany(branch => LayersInOrder(branch)).Append(layer));

    /// <summary>An axis of 3 is the last one of images only, an axis of 1 of vectors.</summary>
    private static void CheckAxes(KerasGraph source, List<(PlannedLayer Layer, Node Node)> pairs, string path)
    {
        var faults = new Faults();
        var outputs = pairs.SelectMany(pair => pair.Node.Origins.Select(origin => (origin, pair.Layer))).ToLookup(pair => pair.origin, pair => pair.Layer);
        foreach (var layer in source.Layers)
        {
            if (layer.Config.Find("axis") is { } axis && KerasTranslation.Axis(axis) is { } number and not -1 && outputs[layer.Path].Any(planned => planned.Output.IsImage != (number == 3)))
            {
                faults.Add(layer.Where, $"\"axis\": {axis.Compact()}; the layers of a spec act on the last axis");
            }
        }

        faults.Throw(path);
    }

    /// <summary>Images of another size must not need other weights.</summary>
    private static void CheckSizes(Outline plain, int[] input, int[] own, ImportOptions options, List<(PlannedLayer Layer, Node Node)> pairs, string path)
    {
        var before = SpecCompiler.Compile("own.json", SpecText.Of(plain, own, string.Empty, string.Empty, null));
        var layers = before.IsModel ? LayersInOrder(before.Plan!.Network!.Layers).ToList() : [];
        for (var i = 0; i < Math.Min(layers.Count, pairs.Count); i++)
        {
            if (layers[i].Counts.Parameters != pairs[i].Layer.Counts.Parameters)
            {
                throw new InputException(
                    $"{path}: '{pairs[i].Node.Name}' has {layers[i].Counts.Parameters:N0} weights for images of {own[0]}x{own[1]}, and would need {pairs[i].Layer.Counts.Parameters:N0} for {input[0]}x{input[1]}, so the model takes no others.")
                { Setting = InputSetting.ImageSize };
            }
        }
    }

    private static List<LayerOrigin> MapOf(KerasGraph source, List<(PlannedLayer Layer, Node Node)> pairs, FoldedPixels pixels)
    {
        var layers = pairs.SelectMany(pair => pair.Node.Origins.Select(origin => (origin, pair.Layer.Name))).ToLookup(pair => pair.origin, pair => pair.Name);
        return [.. source.Layers.DistinctBy(layer => layer.Path).Select(layer => new LayerOrigin(
            layer.Path,
            layer.Class,
            [.. layers[layer.Path]],
            layers[layer.Path].Any() ? null : pixels.Absorbed.Where(absorbed => absorbed.Layer == layer.Path).Select(absorbed => absorbed.Fate).FirstOrDefault() ?? "left out: it does nothing"))];
    }
}
