using FashionCnn.Compiler.Keys;
using FashionCnn.Compiler.Layers;

namespace FashionCnn.Interchange.Structure;

/// <summary>What an entry reads: the output of another one in its list or around it, its list's input, or what a block is given.</summary>
/// <param name="Output">The number of the value; <see cref="ListInput"/> for the list's own input; not used where there is a parameter.</param>
/// <param name="Parameter">The block's parameter that stands for the name; null for none.</param>
internal readonly record struct Reference(int Output, string? Parameter = null)
{
    public const int ListInput = -1;

    public static Reference Input => new(ListInput);
}

/// <summary>The value of a key or an argument.</summary>
/// <param name="Text">As JSON; null where nothing is written, or where it is a name.</param>
/// <param name="Name">The output whose name it is.</param>
internal readonly record struct Value(string? Text, Reference? Name = null);

/// <summary>One entry of a list of layers, which never changes.</summary>
internal abstract record Entry
{
    /// <summary>The number of the value that it gives: entries that read it say so by this number.</summary>
    public required int Output { get; init; }

    /// <summary>What it reads: one value, or several if it is a merge without branches.</summary>
    public required IReadOnlyList<Reference> Inputs { get; init; }

    /// <summary>What the layer that gives its output was called where it came from.</summary>
    public required string Origin { get; init; }

    /// <summary>The lists within.</summary>
    public virtual IReadOnlyList<IReadOnlyList<Entry>> Lists => [];
}

/// <summary>A layer, or a merge with or without branches.</summary>
internal sealed record LayerEntry : Entry
{
    public required LayerKind Kind { get; init; }

    /// <summary>For each key of the kind's table its value.</summary>
    public required IReadOnlyList<Value> Settings { get; init; }

    public IReadOnlyList<IReadOnlyList<Entry>> Branches { get; init; } = [];

    public override IReadOnlyList<IReadOnlyList<Entry>> Lists => Branches;
}

/// <summary>Rounds of one list.</summary>
internal sealed record RepeatEntry : Entry
{
    public required int Count { get; init; }

    public required IReadOnlyList<Entry> Body { get; init; }

    public override IReadOnlyList<IReadOnlyList<Entry>> Lists => [Body];
}

/// <summary>A use of a block with an argument for each of its parameters.</summary>
internal sealed record UseEntry : Entry
{
    public required Block Block { get; init; }

    public required IReadOnlyList<Value> Arguments { get; init; }
}

/// <summary>A named list of layers with parameters.</summary>
internal sealed record Block(string Name, IReadOnlyList<string> Parameters, IReadOnlyList<Entry> Body);

/// <summary>The values that may be a block's parameters; all others make two layers different ones.</summary>
internal static class Variable
{
    public static bool Is(Key key) => key is IntegerKey or NumberKey or SizeKey or MarginsKey or TargetShapeKey or ChoiceKey;

    /// <summary>The value is an array of arrays, which is no argument; its numbers are.</summary>
    public static bool IsNested(string? text) => text?.StartsWith("[[", StringComparison.Ordinal) == true;

    /// <summary>What a key stands at when it is not written; null when it must be, or when that depends on others.</summary>
    public static string? Default(Key key) => key.Default is { } value ? key.Format(value) : null;
}
