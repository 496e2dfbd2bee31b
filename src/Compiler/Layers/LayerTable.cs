using FashionCnn.Compiler.Keys;
using FashionCnn.Compiler.Syntax;

namespace FashionCnn.Compiler.Layers;

/// <summary>All layer kinds, in the order in which the reference page shows them.</summary>
internal static class LayerTable
{
    public static readonly EquatableArray<LayerKind> Kinds =
    [
        new Conv2D(),
        new DepthwiseConv2D(),
        new SeparableConv2D(),
        new MaxPooling2D(),
        new AveragePooling2D(),
        new GlobalAveragePooling2D(),
        new GlobalMaxPooling2D(),
        new BatchNormalization(),
        new LayerNormalization(),
        new GroupNormalization(),
        new Dropout(),
        new SpatialDropout2D(),
        new Flatten(),
        new Reshape(),
        new Dense(),
        new Activation(),
        new ReLU(),
        new LeakyReLU(),
        new Softmax(),
        new ZeroPadding2D(),
        new Rescaling(),
        new RandomFlip(),
        new RandomTranslation(),
        new RandomErasing(),
        new Add(),
        new Concatenate(),
    ];

    public static readonly EquatableArray<string> Types = [.. Kinds.Select(kind => kind.Type)];

    private static readonly Dictionary<string, LayerKind> ByType = Kinds.ToDictionary(kind => kind.Type);

    /// <summary>The kind that makes a vector of an image.</summary>
    public static LayerKind MakesVector => Kinds.First(kind => kind.MakesVector);

    /// <summary>The type that an unknown one was meant to be; null when nothing is near.</summary>
    public static string? Meant(string type) =>
        Kinds.FirstOrDefault(kind => kind.OtherNames.Contains(type, StringComparer.OrdinalIgnoreCase))?.Type ?? Suggestion.Nearest(type, Types);

    /// <summary>The layer that computes the activation whose name a type is that does not exist; null for none.</summary>
    public static string? MeantActivation(string type)
    {
        var kind = Kinds.First(candidate => candidate.ActivationKey is { IsRequired: true });
        var name = Suggestion.OtherNamesOf(type).Append(type.ToLowerInvariant()).FirstOrDefault(Activations.Names.Contains)
            ?? Activations.Names.FirstOrDefault(activation => activation.Replace("_", string.Empty) == type.Replace("_", string.Empty).ToLowerInvariant());
        return name is null ? null : $"{{ \"type\": \"{kind.Type}\", \"{kind.ActivationKey!.Name}\": \"{name}\" }}";
    }

    public static LayerKind? Find(string type) => ByType.TryGetValue(type, out var kind) ? kind : null;
}
