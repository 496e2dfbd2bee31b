using FashionCnn.Compiler.Diagnostics;
using FashionCnn.Compiler.Keys;
using FashionCnn.Compiler.Syntax;

namespace FashionCnn.Compiler.Layers;

/// <summary>A value that a layer reads by name.</summary>
/// <param name="Id">The layer whose output it is; <see cref="Image"/> for the model's input.</param>
/// <param name="Name">What the text calls it.</param>
internal readonly record struct Source(int Id, string Name)
{
    /// <summary>Stands for the model's input.</summary>
    public const int Image = 0;
}

/// <summary>One layer after blocks and repetitions have been expanded, with the places that messages about it point at.</summary>
internal sealed record LayerSpec
{
    /// <summary>Null for an entry so faulty that nothing is known of what it would make of its input.</summary>
    public required LayerKind? Kind { get; init; }

    public required Settings Settings { get; init; }

    /// <summary>For each key of the kind's table the token that gave its value; the type's token for a default.</summary>
    public required EquatableArray<TextSpan> ValueSpans { get; init; }

    /// <summary>The entry in the text. Layers that come from one entry, by repetition or a block, share it.</summary>
    public required JsonNode Node { get; init; }

    /// <summary>The value of <c>type</c>: where messages about the layer as a whole point.</summary>
    public required TextSpan TypeSpan { get; init; }

    /// <summary>The place in the model, such as <c>layers[3].branches[0][1]</c> or <c>blocks.conv_bn.layers[0]</c>.</summary>
    public required string Path { get; init; }

    /// <summary>For a layer of a block, where in <c>layers</c> the use stands.</summary>
    public required string? UsedAt { get; init; }

    /// <summary>The block's use or the round of a repetition that it stands in; null for none.</summary>
    public LayerGroup? Group { get; init; }

    public JsonString? WrittenName { get; init; }

    /// <summary>False when some setting was refused: its shape is not inferred, so that one mistake makes one message.</summary>
    public required bool IsComplete { get; init; }

    /// <summary>The branches of a merge; empty for every other layer, and for a merge that reads named layers.</summary>
    public EquatableArray<EquatableArray<LayerSpec>> Branches { get; init; } = [];

    /// <summary>What it reads instead of the layer before it in its list: one value, or those that a merge without branches joins.</summary>
    public EquatableArray<Source> From { get; init; } = [];

    /// <summary>Tells its output from all others of the model; 0 is the image.</summary>
    public required int Id { get; init; }

    /// <summary>The key prefix in the state dict, such as <c>conv1</c>.</summary>
    public string Name { get; init; } = string.Empty;

    /// <summary>The place, name and kind as messages begin: <c>layers[16] 'conv7' (Conv2D)</c>.</summary>
    public string Where => Place.Describe(Path, Name, Kind?.Type, UsedAt);

    public T Get<T>(Key<T> key)
        where T : notnull => Settings.Get(Kind!.Table, key);

    public object? Find(Key key) => Settings.Find(Kind!.Table, key);

    public TextSpan SpanOf(Key key) => ValueSpans[Kind!.Table.IndexOf(key)];

    public LayerSpec With<T>(Key<T> key, T value)
        where T : notnull => this with { Settings = Settings.With(Kind!.Table, key, value) };
}
