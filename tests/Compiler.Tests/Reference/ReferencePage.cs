using System.Text;
using FashionCnn.Compiler.Bind;
using FashionCnn.Compiler.Keys;
using FashionCnn.Compiler.Layers;
using FashionCnn.Compiler.Syntax;
using FashionCnn.Compiler.Training;

namespace FashionCnn.Compiler.Tests.Reference;

/// <summary>Writes the tables of docs/spec-language.md from the compiler's own tables.</summary>
internal static class ReferencePage
{
    /// <summary>The parts of the page that are written, by the name of the comments around them.</summary>
    public static IReadOnlyDictionary<string, string> Parts { get; } = new Dictionary<string, string>
    {
        ["layers"] = string.Concat(LayerTable.Kinds.Select(Layer)),
        ["activations"] = $"{List(Activations.Names)}\n",
        ["initializers"] = string.Concat(Initializers.All.Select(Typed)),
        ["regularizers"] = string.Concat(Regularizers.All.Select(Typed)),
        ["training"] = Table(TrainingTable.Keys),
        ["optimizers"] = string.Concat(TrainingTable.Optimizers.Select(Typed)),
        ["schedules"] = string.Concat(TrainingTable.Schedules.Select(Typed)),
        ["early_stopping"] = Table(TrainingTable.EarlyStoppingKeys),
        ["limits"] = $"""
            | what | limit |
            |---|---|
            | size of a file | 1 MiB |
            | nesting of brackets | {JsonParser.MaxDepth} |
            | layers after expansion | {Text.Count(EntryBinder.MaxLayers)} |
            | entries met while blocks and repetitions are expanded; every {EntryBinder.ValuesPerStep} keys and list items of an entry count as one more | {Text.Count(EntryBinder.MaxSteps)} |
            | characters of a name | {Identifier.MaxLength} |
            | blocks, repetitions and branches in each other | {Text.Count(EntryBinder.MaxDepth)} |
            | `repeat` | {Text.Count(EntryBinder.MaxRepeat)} |
            | height, width, channels of the input | {Text.Count(SpecBinder.MaxInputSize)} |

            """,
    };

    /// <summary>The page with its written parts brought up to date.</summary>
    public static string Update(string page)
    {
        foreach (var (name, content) in Parts)
        {
            var (start, end) = ($"<!-- {name} -->\n", $"<!-- end of {name} -->");
            var from = page.IndexOf(start, StringComparison.Ordinal) + start.Length;
            var to = page.IndexOf(end, StringComparison.Ordinal);
            if (from < start.Length || to < from)
            {
                throw new InvalidOperationException($"The page has no part {name}.");
            }

            page = page[..from] + "\n" + content.TrimEnd('\n') + "\n\n" + page[to..];
        }

        return page;
    }

    private static string Layer(LayerKind kind) =>
        $"### {kind.Type}\n\n{kind.Summary} Named `{kind.NamePrefix}1`, `{kind.NamePrefix}2`, …\n\n"
        + (kind.JoinsBranches ? "| key | value | default |\n|---|---|---|\n| `branches` | two or more lists of layers | required without `from` |\n| `from` | the names of two or more earlier entries, in place of branches | none |\n\n" : Table(kind.Table));

    private static string Typed(TypedObject kind) => kind.Table.Keys.IsEmpty ? $"**`{kind.Type}`**: {kind.Summary}\n\n" : $"**`{kind.Type}`**: {kind.Summary}\n\n{Table(kind.Table)}";

    private static string Table(KeyTable table)
    {
        if (table.Keys.IsEmpty)
        {
            return string.Empty;
        }

        var text = new StringBuilder("| key | value | default |\n|---|---|---|\n");
        foreach (var key in table.Keys)
        {
            var fallback = key.Default is { } value ? $"`{key.Format(value)}`" : key.DefaultText is { } other ? table.Keys.Any(another => another.Name == other) ? $"`{other}`" : other : key.IsRequired ? "required" : "none";
            var expected = key switch
            {
                RegularizerKey => "a regularizer",
                InitializerKey => "an initializer",
                ChoiceKey choice when choice.Choices.Equals(Activations.Names) => "an activation",
                _ => key.Expected,
            };
            text.Append($"| `{key.Name}` | {key.Description}: {expected} | {fallback} |\n");
        }

        return text.Append('\n').ToString();
    }

    private static string List(IEnumerable<string> names) => string.Join(", ", names.Select(name => $"`{name}`"));
}
