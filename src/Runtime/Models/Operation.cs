using System.Runtime.CompilerServices;
using TorchSharp.Modules;
using static TorchSharp.torch;

namespace FashionCnn.Models;

/// <summary>Takes the place of an operation: sees its input and gives its output, which is <see cref="Operation.Compute"/>'s.</summary>
internal delegate Tensor OperationWatch(Operation operation, Tensor input);

/// <summary>One operation of a model, such as a convolution with its weights.</summary>
/// <param name="Name">Torch's name, such as <c>conv2d</c>.</param>
/// <param name="Settings">The layer, the values that shape it, or a tuple of these.</param>
/// <param name="Compute">The operation as a function of its input; the model's precision and mode at the time of the call hold.</param>
internal sealed record Operation(string Name, object Settings, Func<Tensor, Tensor> Compute)
{
    /// <summary>The layer that holds its weights; null when it has none.</summary>
    public nn.Module? Layer => LayerOf(Settings);

    /// <summary>Equal for two operations exactly when they differ in nothing but the values of their weights.</summary>
    public string Shape => $"{Name}({string.Join(", ", Parts.Select(Describe))})";

    /// <summary>The layer among the settings of an operation; null when there is none.</summary>
    public static nn.Module? LayerOf(object settings) => PartsOf(settings).OfType<nn.Module>().FirstOrDefault();

    private IEnumerable<object?> Parts => PartsOf(Settings);

    private static IEnumerable<object?> PartsOf(object settings) => settings is ITuple tuple ? Enumerable.Range(0, tuple.Length).Select(i => tuple[i]) : [settings];

    private static string Describe(object? part) => part switch
    {
        Conv2d layer => $"{Weights(layer)} {List(layer.stride)} {List(layer.padding)} {List(layer.dilation)} {layer.groups}",
        GroupNorm layer => $"{Weights(layer)} {layer.num_groups}",
        nn.Module layer => $"{layer.GetType().Name} {Weights(layer)}",
        _ => FormattableString.Invariant($"{part}"),
    };

    private static string Weights(nn.Module layer) => string.Join(" ", layer.state_dict().Select(pair => $"{pair.Key} {List(pair.Value.shape)}"))
        + (layer is BatchNormalization { IsFrozen: true } || layer.parameters().Any(weight => !weight.requires_grad) ? " frozen" : string.Empty);

    private static string List(long[]? values) => string.Join("x", values ?? []);
}
