using System.Globalization;
using FashionCnn.Compiler.Layers;
using FashionCnn.Compiler.Syntax;
using FashionCnn.Interchange.Structure;

namespace FashionCnn.Interchange.Keras;

/// <summary>What became of a model's pixels.</summary>
/// <param name="Graph">The model for pixels from 0 to 1.</param>
/// <param name="Range">What it was fed.</param>
/// <param name="ReversedChannels">The node whose kernel takes blue, green and red in the file and red, green and blue in the spec; null for none.</param>
/// <param name="Absorbed">The layers that are in another one or not needed any more, each with a word for that.</param>
internal sealed record FoldedPixels(Graph Graph, PixelRange Range, Node? ReversedChannels, IReadOnlyList<(string Layer, string Fate)> Absorbed);

/// <summary>Fits a model that was fed other numbers to images whose pixels run from 0 to 1.</summary>
internal static class PixelFolding
{
    private const double Largest = 255;

    // Of ImageNet, in the order red, green, blue.
    private static readonly double[] CaffeMeans = [123.68, 116.779, 103.939];
    private static readonly double[] TorchMeans = [0.485, 0.456, 0.406];
    private static readonly double[] TorchDeviations = [0.229, 0.224, 0.225];

    /// <summary>What the first layers tell of the pixels: null when that is nothing, as in most models without such layers.</summary>
    public static PixelRange? Told(Graph graph) => First(graph) is { } first && first.Kind.Keras.Pixels switch
    {
        // 1/255, 1/127.5 and 1/128 bring bytes near 1.
        PixelRole.Scales => Math.Abs(Number(first.Settings[0]) ?? 1) < 0.05,
        PixelRole.Normalizes => Numbers(first.Settings[0]).Any(mean => Math.Abs(mean) > 2),
        _ => false,
    } ? PixelRange.ZeroTo255 : null;

    /// <summary>The model with the range in its first layer, or with a layer more.</summary>
    public static FoldedPixels Of(Graph graph, PixelRange range, int? channels, string file)
    {
        if (range is PixelRange.Caffe or PixelRange.Torch && channels != 3)
        {
            throw Wrong($"{file}: pixels as {range.Word()} has them are for images of three channels, and this model takes {channels?.ToString(CultureInfo.InvariantCulture) ?? "another number"}.");
        }

        var reversed = range == PixelRange.Caffe ? FirstKernel(graph, file) : null;
        return range switch
        {
            PixelRange.ZeroToOne => new FoldedPixels(graph, range, null, []),
            PixelRange.ZeroTo255 when First(graph) is { } first && Folded(first) is { } folded => folded.Settings is { } settings
                ? new FoldedPixels(new Graph([.. graph.Nodes.Select(node => ReferenceEquals(node, first) ? node with { Settings = settings } : node)]), range, null, [])
                : new FoldedPixels(Without(graph, first), range, null, [(first.Origins[0], "left out: with pixels from 0 to 1 it does nothing")]),
            PixelRange.ZeroTo255 => Added(PixelRole.Scales, Text.Number(Largest), null),
            PixelRange.MinusOneToOne => Added(PixelRole.Scales, "2", "-1"),
            PixelRange.Torch => Added(PixelRole.Normalizes, Short(TorchMeans), Short(TorchDeviations.Select(value => value * value))),
            _ => Added(PixelRole.Normalizes, Short(CaffeMeans.Select(mean => mean / Largest)), Short(CaffeMeans.Select(_ => 1 / (Largest * Largest)))),
        };

        FoldedPixels Added(PixelRole role, string first, string? second)
        {
            var kind = LayerTable.Kinds.First(kind => kind.Keras.Pixels == role);
            var settings = kind.Table.Keys.Select((_, i) => i == 0 ? first : i == 1 ? second : null).ToEquatableArray();
            // All indices move by one; what read the image reads the new layer.
            Node[] nodes = [new Node(kind, settings, [Node.Image], "pixels", []), .. graph.Nodes.Select(node => node with { Inputs = [.. node.Inputs.Select(input => input + 1)] })];
            return new FoldedPixels(new Graph(nodes), range, reversed is null ? null : nodes[graph.Nodes.ToList().IndexOf(reversed) + 1], []);
        }
    }

    private static InputException Wrong(string message) => new(message) { Setting = InputSetting.Pixels };

    // The only layer that reads the image.
    private static Node? First(Graph graph) => graph.Nodes.Where(node => node.Inputs.Contains(Node.Image)).ToList() is [var only] && only.Inputs.Count == 1 ? only : null;

    /// <summary>The layer for pixels that are 255 times smaller; without settings when that does nothing, null when it cannot be.</summary>
    private static (EquatableArray<string?>? Settings, bool _)? Folded(Node first)
    {
        switch (first.Kind.Keras.Pixels)
        {
            case PixelRole.Scales when Number(first.Settings[0]) is { } scale:
                var bytes = scale * Largest;
                // 1/255 is no number of 64 bits.
                bytes = Math.Abs(bytes - Math.Round(bytes)) < 1e-12 ? Math.Round(bytes) : bytes;
                return bytes == 1 && Number(first.Settings[1]) is null or 0 ? (null, true) : (Replaced(first, Text.Number(bytes), first.Settings[1]), true);
            case PixelRole.Normalizes when first.Settings[0] is not null:
                return (Replaced(first, List(Numbers(first.Settings[0]).Select(mean => mean / Largest)), List(Numbers(first.Settings[1]).Select(variance => variance / (Largest * Largest)))), true);
            default:
                return null;
        }
    }

    private static EquatableArray<string?> Replaced(Node node, string first, string? second) => [.. node.Settings.Select((text, i) => i == 0 ? first : i == 1 ? second : text)];

    private static Graph Without(Graph graph, Node removed)
    {
        var index = graph.Nodes.ToList().IndexOf(removed);
        return new Graph([.. graph.Nodes.Where(node => !ReferenceEquals(node, removed)).Select(node => node with { Inputs = [.. node.Inputs.Select(input => input == index ? removed.Inputs[0] : input > index ? input - 1 : input)] })]);
    }

    /// <summary>The convolution that meets the channels first, whose kernel can take them in another order.</summary>
    private static Node FirstKernel(Graph graph, string file)
    {
        var value = Node.Image;
        while (graph.Nodes.Where(node => node.Inputs.Contains(value)).ToList() is [var only])
        {
            // What mixes channels, or has a number for each, cannot be passed by.
            if (only.Kind.Keras is { Tensors.Count: 0, Pixels: not PixelRole.Normalizes } && !only.Kind.MakesVector && !only.Kind.JoinsBranches)
            {
                value = graph.Nodes.ToList().IndexOf(only);
                continue;
            }

            if (only.Kind.Keras.Tensors is [{ Order: KerasOrder.Reversed }, ..] && only.Kind.KernelKeys is not null)
            {
                return only;
            }

            break;
        }

        throw Wrong($"{file}: pixels as caffe has them need a convolution that meets the image first, whose kernel can take the channels in the other order.");
    }

    private static double? Number(string? text) => double.TryParse(text, NumberStyles.Float, CultureInfo.InvariantCulture, out var value) ? value : null;

    private static double[] Numbers(string? list) => list is null ? [] : [.. System.Text.Json.Nodes.JsonNode.Parse(list)!.AsArray().Select(number => number!.GetValue<double>())];

    // Nine digits tell all numbers of 32 bits apart, and a line holds six of them.
    private static string Short(IEnumerable<double> numbers) =>
        List(numbers.Select(number => double.Parse(number.ToString("G9", CultureInfo.InvariantCulture), CultureInfo.InvariantCulture)));

    private static string List(IEnumerable<double> numbers) => $"[{string.Join(", ", numbers.Select(Text.Number))}]";
}
