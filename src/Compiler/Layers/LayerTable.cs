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
        new Conv2DTranspose(),
        new MaxPooling2D(),
        new AveragePooling2D(),
        new GlobalAveragePooling2D(),
        new GlobalMaxPooling2D(),
        new BatchNormalization(),
        new LayerNormalization(),
        new GroupNormalization(),
        new Normalization(),
        new LayerScale(),
        new Dropout(),
        new SpatialDropout2D(),
        new StochasticDepth(),
        new GaussianNoise(),
        new Flatten(),
        new Reshape(),
        new Dense(),
        new Activation(),
        new ReLU(),
        new LeakyReLU(),
        new PReLU(),
        new ELU(),
        new Softmax(),
        new ZeroPadding2D(),
        new Cropping2D(),
        new UpSampling2D(),
        new Rescaling(),
        new RandomFlip(),
        new RandomTranslation(),
        new RandomRotation(),
        new RandomZoom(),
        new RandomContrast(),
        new RandomBrightness(),
        new RandomErasing(),
        new Add(),
        new Multiply(),
        new Average(),
        new Maximum(),
        new Minimum(),
        new Subtract(),
        new Concatenate(),
    ];

    public static readonly EquatableArray<string> Types = [.. Kinds.Select(kind => kind.Type)];

    private static readonly Dictionary<string, LayerKind> ByType = Kinds.ToDictionary(kind => kind.Type);

    /// <summary>The kind that makes a vector of an image.</summary>
    public static LayerKind MakesVector => Kinds.First(kind => kind.MakesVector);

    /// <summary>The type that an unknown one was meant to be; null when nothing is near.</summary>
    public static string? Meant(string type) => Known(type) ?? Suggestion.Nearest(type, Types);

    /// <summary>The layer that computes the activation whose name a type is that does not exist; null for none.</summary>
    public static (string Type, string Key, string Activation)? MeantActivation(string type)
    {
        if (Known(type) is not null)
        {
            return null;
        }

        var kind = Kinds.First(candidate => candidate.ActivationKey is { IsRequired: true });
        var name = Suggestion.OtherNamesOf(type).Append(type.ToLowerInvariant()).FirstOrDefault(Activations.Names.Contains)
            ?? Activations.Names.FirstOrDefault(activation => string.Equals(activation.Replace("_", string.Empty), type.Replace("_", string.Empty), StringComparison.OrdinalIgnoreCase));
        return name is null ? null : (kind.Type, kind.ActivationKey!.Name, name);
    }

    private static string? Known(string type) => Kinds.FirstOrDefault(kind =>
        string.Equals(kind.Type, type, StringComparison.OrdinalIgnoreCase) || kind.OtherNames.Contains(type, StringComparer.OrdinalIgnoreCase))?.Type;

    public static LayerKind? Find(string type) => ByType.TryGetValue(type, out var kind) ? kind : null;
}
