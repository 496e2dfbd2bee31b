using System.Collections.Immutable;

namespace FashionCnn.Generator.Layers;

/// <summary>All layer kinds, in the order in which the reference page shows them.</summary>
internal static class LayerTable
{
    public static readonly EquatableArray<LayerKind> Kinds =
    [
        new Conv2D(),
        new MaxPooling2D(),
        new BatchNormalization(),
        new Dropout(),
        new Flatten(),
        new Dense(),
    ];

    public static readonly EquatableArray<string> Types = [.. Kinds.Select(kind => kind.Type)];

    private static readonly ImmutableDictionary<string, LayerKind> ByType = Kinds.ToImmutableDictionary(kind => kind.Type);

    public static LayerKind? Find(string type) => ByType.TryGetValue(type, out var kind) ? kind : null;
}
