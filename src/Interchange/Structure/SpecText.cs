using System.Globalization;
using System.Text;
using System.Text.Json.Nodes;
using FashionCnn.Compiler.Keys;
using FashionCnn.Compiler.Layers;
using FashionCnn.Compiler.Show;

namespace FashionCnn.Interchange.Structure;

/// <summary>Writes an outline as the text of a spec.</summary>
internal sealed class SpecText
{
    private readonly Dictionary<int, string> names = [];
    private readonly HashSet<int> read = [];
    private readonly Dictionary<LayerKind, int> unnamed = [];
    private readonly HashSet<string> members = new(StringComparer.OrdinalIgnoreCase);

    private readonly bool keepsAutomaticNames;

    private SpecText(Outline outline, bool keepsAutomaticNames, IEnumerable<string> reserved)
    {
        this.keepsAutomaticNames = keepsAutomaticNames;
        members.UnionWith(reserved);
        // A layer of this name could not be read: the name means what goes into the list.
        _ = members.Add(Identifier.PascalCase(FashionCnn.Compiler.Bind.NameScope.Input));
        foreach (var list in outline.AllLists())
        {
            Read(list);
        }

        Count(outline.Layers, 1, isTop: true);
        foreach (var (kind, count) in unnamed)
        {
            members.UnionWith(Enumerable.Range(1, count).Select(number => Identifier.PascalCase($"{kind.NamePrefix}{number.ToString(CultureInfo.InvariantCulture)}")));
        }

        NameAll(outline.Layers, 1, isTop: true);
    }

    /// <summary>The text in the layout of specs.</summary>
    /// <param name="outline">The layers.</param>
    /// <param name="input">Height, width and channels.</param>
    /// <param name="description">A sentence.</param>
    /// <param name="className">What no layer may be called.</param>
    /// <param name="schema">The path of the schema; null for none.</param>
    /// <param name="keepsAutomaticNames">Writes names such as <c>conv1</c>, by which the compiler calls layers without one; it may give them other numbers.</param>
    public static string Of(Outline outline, IReadOnlyList<int> input, string description, string className, string? schema, bool keepsAutomaticNames = true)
    {
        var text = new SpecText(outline, keepsAutomaticNames, FashionCnn.Compiler.Bind.LayerNames.Reserved.Append(className));
        var pieces = new SpecPieces(output => text.names[output], entry => text.names.GetValueOrDefault(entry.Output));
        var members = new List<(string, Piece)>
        {
            ("version", new Piece.Raw("1")),
            ("description", new Piece.Raw(Quoted(description))),
            ("input", new Piece.Object([("shape", new Piece.Array([.. input.Select(size => new Piece.Raw(size.ToString(CultureInfo.InvariantCulture)))]))])),
        };
        if (schema is not null)
        {
            members.Insert(0, ("$schema", new Piece.Raw(Quoted(schema))));
        }

        if (outline.Blocks.Count > 0)
        {
            members.Add(("blocks", new Piece.Object([.. outline.Blocks.Select(block => (block.Name, pieces.Definition(block)))])));
        }

        members.Add(("layers", pieces.List(outline.Layers)));
        var written = new StringBuilder();
        new Piece.Object(members).Write(written);
        return SpecLayout.Print(written.ToString())!;
    }

    private static string Quoted(string text) => JsonValue.Create(text).ToJsonString();

    /// <summary>Collects what is read by name.</summary>
    private void Read(IReadOnlyList<Entry> list)
    {
        for (var i = 0; i < list.Count; i++)
        {
            var before = i == 0 ? Reference.ListInput : list[i - 1].Output;
            var references = list[i].Inputs.Count > 1 || !SpecPieces.IsImplicit(list[i], before) ? list[i].Inputs : [];
            if (list[i] is UseEntry use)
            {
                references = [.. references, .. use.Arguments.Where(argument => argument.Name is not null).Select(argument => argument.Name!.Value)];
            }

            read.UnionWith(references.Where(reference => reference.Parameter is null && reference.Output != Reference.ListInput).Select(reference => reference.Output));
        }
    }

    /// <summary>Counts the layers that the compiler will number.</summary>
    private void Count(IReadOnlyList<Entry> list, int rounds, bool isTop)
    {
        foreach (var entry in list)
        {
            switch (entry)
            {
                case LayerEntry layer:
                    if (!IsNamed(layer, isTop))
                    {
                        unnamed[layer.Kind] = unnamed.GetValueOrDefault(layer.Kind) + rounds;
                    }

                    foreach (var branch in layer.Branches)
                    {
                        Count(branch, rounds, isTop);
                    }

                    break;
                case RepeatEntry repeat:
                    Count(repeat.Body, rounds * repeat.Count, isTop: false);
                    break;
                case UseEntry use:
                    Count(use.Block.Body, rounds, isTop: false);
                    break;
            }
        }
    }

    private bool IsNamed(LayerEntry layer, bool isTop) => read.Contains(layer.Output) || (isTop && BlockNames.Legal(layer.Origin).Length > 0 && (keepsAutomaticNames || !IsAutomatic(layer)));

    private static bool IsAutomatic(LayerEntry layer) =>
        layer.Origin.StartsWith(layer.Kind.NamePrefix, StringComparison.Ordinal) && layer.Origin.AsSpan(layer.Kind.NamePrefix.Length) is { Length: > 0 } number && !number.ContainsAnyExceptInRange('0', '9');

    private void NameAll(IReadOnlyList<Entry> list, int rounds, bool isTop)
    {
        foreach (var entry in list)
        {
            foreach (var inner in entry is UseEntry use ? [use.Block.Body] : entry.Lists)
            {
                NameAll(inner, rounds * (entry is RepeatEntry repeat ? repeat.Count : 1), isTop && entry is LayerEntry);
            }

            if (entry is LayerEntry layer ? IsNamed(layer, isTop) : read.Contains(entry.Output))
            {
                Name(entry, isTop);
            }
        }
    }

    private void Name(Entry entry, bool isTop)
    {
        if (names.ContainsKey(entry.Output))
        {
            return;
        }

        var word = BlockNames.Legal(entry.Origin);
        if (word.Length == 0)
        {
            word = entry is LayerEntry layer ? $"{layer.Kind.NamePrefix}_output" : "output";
        }

        var name = word;
        // In a block or a repetition, a name gets a number for each of its layers.
        for (var number = 2; !(isTop ? members.Add(Identifier.PascalCase(name)) : IsFreeWithNumbers(name)); number++)
        {
            name = $"{word}_{(isTop ? "n" : "x")}{number.ToString(CultureInfo.InvariantCulture)}";
        }

        names[entry.Output] = name;
    }

    private bool IsFreeWithNumbers(string name)
    {
        var member = Identifier.PascalCase(name);
        if (members.Any(other => other.StartsWith(member, StringComparison.OrdinalIgnoreCase) && other.AsSpan(member.Length).IndexOfAnyExceptInRange('0', '9') < 0))
        {
            return false;
        }

        return members.Add(member);
    }
}
