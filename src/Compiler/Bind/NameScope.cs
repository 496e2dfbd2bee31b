using System.Globalization;
using FashionCnn.Compiler.Layers;
using FashionCnn.Compiler.Syntax;

namespace FashionCnn.Compiler.Bind;

/// <summary>
/// What the entries of one list may read by name while the list is expanded: the entries before, then those of the lists around it.
/// A block's body has no list around it: it sees its own names only.
/// </summary>
/// <param name="outer">The list around it.</param>
/// <param name="input">What its first entry reads, which every entry may call <see cref="Input"/>.</param>
/// <param name="list">The list as it is written.</param>
/// <param name="path">Its place.</param>
internal sealed class NameScope(NameScope? outer, int input, JsonArray list, string path)
{
    /// <summary>What a list calls its own input, unless an entry has this name.</summary>
    public const string Input = "input";

    private readonly Dictionary<string, (int Value, bool IsLayer, TextSpan Definition)> entries = [];

    /// <summary>The output of the entry before, which the next one reads unless it says otherwise.</summary>
    public Source Current { get; set; } = new(input, Input);

    /// <summary>All names that can be read, the nearest first.</summary>
    public IEnumerable<string> Names => entries.Keys.Append(Input).Concat(Outer?.Names ?? []).Distinct();

    private NameScope? Outer { get; } = outer;

    private int InputValue { get; } = input;

    private JsonArray List { get; } = list;

    private string Path { get; } = path;

    /// <summary>The value that a name stands for; null for none.</summary>
    public int? Find(string name)
    {
        for (var scope = this; scope is not null; scope = scope.Outer)
        {
            if (scope.entries.TryGetValue(name, out var entry))
            {
                return entry.Value;
            }

            if (name == Input)
            {
                return scope.InputValue;
            }
        }

        return null;
    }

    /// <summary>The token that gives the name that <see cref="Find"/> finds; null for a list's input.</summary>
    public TextSpan? FindDefinition(string name)
    {
        for (var scope = this; scope is not null; scope = scope.Outer)
        {
            if (scope.entries.TryGetValue(name, out var entry))
            {
                return entry.Definition;
            }

            if (name == Input)
            {
                return null;
            }
        }

        return null;
    }

    /// <summary>Gives a name to the output of an entry. False when an entry before has it and layer names, which are checked for the whole model, do not say so.</summary>
    public bool Define(JsonString name, int value, bool isLayer)
    {
        var isTaken = entries.TryGetValue(name.Value, out var other) && !(isLayer && other.IsLayer);
        entries[name.Value] = (value, isLayer, name.Token);
        return !isTaken;
    }

    /// <summary>The place of an entry that has a name but does not come before; null for none.</summary>
    public string? FindLater(string name)
    {
        for (var scope = this; scope is not null; scope = scope.Outer)
        {
            for (var i = 0; i < scope.List.Items.Count; i++)
            {
                if (scope.List.Items[i] is JsonObject entry && entry.Find("name")?.Value is JsonString { Value: var written } && written == name)
                {
                    return $"{scope.Path}[{i.ToString(CultureInfo.InvariantCulture)}]";
                }
            }
        }

        return null;
    }
}

/// <summary>A string given to a block, which may be a name: it is looked up where the block is used.</summary>
internal sealed class NameArgument(TextSpan span, string value, NameScope names) : JsonString(span, value)
{
    public NameScope Names { get; } = names;

    public override bool IsGiven => true;
}
