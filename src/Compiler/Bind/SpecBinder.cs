using FashionCnn.Compiler.Diagnostics;
using FashionCnn.Compiler.Keys;
using FashionCnn.Compiler.Shapes;
using FashionCnn.Compiler.Syntax;
using FashionCnn.Compiler.Training;

namespace FashionCnn.Compiler.Bind;

/// <summary>From the tree of a spec's text to the spec: the compiler's second step.</summary>
internal static class SpecBinder
{
    public const int Version = 1;
    public const int MaxInputSize = 65_536;

    // Gray, gray with transparency, color, color with transparency.
    private const int MostChannels = 4;

    public static readonly EquatableArray<string> TopLevelKeys = ["$schema", "version", "name", "description", "input", "blocks", "layers", "training"];

    private static readonly Dictionary<string, string> RequiredKeys = new()
    {
        ["version"] = $"the version of the language, {Version}",
        ["input"] = "the shape of the images, such as { \"shape\": [28, 28, 1] }",
        ["layers"] = "the list of layers",
    };

    /// <summary>The spec, as far as it could be bound; null when the text holds no object.</summary>
    /// <param name="root">The tree.</param>
    /// <param name="fileName">The file's name without its folder.</param>
    /// <param name="bag">Takes what is wrong.</param>
    /// <param name="log">Takes the names that are given and looked up; null when nobody wants to know.</param>
    public static ModelSpec? Bind(JsonNode root, string fileName, DiagnosticBag bag, SymbolLog? log = null)
    {
        var reader = new ValueReader(bag, scope: null, "the spec");
        if (root is not JsonObject spec)
        {
            bag.Report(Descriptors.NotAnObject, root.Token, root.Kind);
            return null;
        }

        ObjectBinder.CheckNames(spec, TopLevelKeys, reader, out var misspelled);
        foreach (var key in RequiredKeys.Where(key => spec.Find(key.Key) is null && !misspelled.Contains(key.Key)))
        {
            reader.Report(Descriptors.MissingKey, spec.Token, key.Key, key.Value);
        }

        CheckVersion(spec, reader);
        CheckString(spec, "$schema", reader);
        var id = Path.GetFileNameWithoutExtension(fileName);
        if (!id.Any(char.IsLetterOrDigit))
        {
            // A model's id is a word on the command line and the name of a folder.
            bag.Report(Descriptors.IllegalFileName, spec.Token, fileName);
        }

        var (className, nameSpan) = NameClass(spec, id, reader);
        var blocks = BlockBinder.Bind(spec.Find("blocks")?.Value, bag, log);
        var entries = new EntryBinder(blocks, bag, log);
        var layers = spec.Find("layers") is { } list ? entries.BindList(list.Value, "layers", scope: null) : [];
        var isWhole = entries.IsWhole;
        layers = LayerNames.Assign(layers, className, bag);
        if (isWhole)
        {
            OutputCheck.Report(layers, bag);
        }

        BlockBinder.CheckUnused(blocks, entries, bag);
        return new ModelSpec
        {
            Id = id,
            ClassName = className,
            ClassNameSpan = nameSpan,
            Description = CheckString(spec, "description", reader) ?? string.Empty,
            Input = BindInput(spec.Find("input")?.Value, bag),
            Layers = layers,
            Training = TrainingBinder.Bind(spec.Find("training")?.Value, bag),
            ClassWeightsSpan = (spec.Find("training")?.Value as JsonObject)?.Find(TrainingTable.ClassWeights.Name)?.Value.Token ?? spec.Token,
            Start = spec.Token,
        };
    }

    private static void CheckVersion(JsonObject spec, ValueReader reader)
    {
        if (spec.Find("version") is not { } member)
        {
            return;
        }

        if (member.Value is not JsonNumber number)
        {
            reader.ReportType(member.Value, "version", $"the number {Version}");
        }
        else if (number.Text != "1")
        {
            reader.Report(Descriptors.UnsupportedVersion, member.Value.Token, number.Text);
        }
    }

    private static string? CheckString(JsonObject spec, string key, ValueReader reader)
    {
        switch (spec.Find(key)?.Value)
        {
            case null:
                return null;
            case JsonString text:
                return text.Value;
            case var other:
                reader.ReportType(other, key, "a string");
                return null;
        }
    }

    private static (string? Name, TextSpan Span) NameClass(JsonObject spec, string id, ValueReader reader)
    {
        if (spec.Find("name")?.Value is not { } written)
        {
            var derived = Identifier.PascalCase(id);
            if (ClassName.WhyNot(derived) is not { } fault)
            {
                return (derived, spec.Token);
            }

            if (id.Any(char.IsLetterOrDigit))
            {
                reader.Report(Descriptors.IllegalClassName, spec.Token, $"the file name '{id}' gives the class name '{derived}', which {fault}; add a \"name\"");
            }

            return (null, spec.Token);
        }

        if (written is not JsonString name)
        {
            reader.ReportType(written, "name", "a string");
            return (null, written.Token);
        }

        if (ClassName.WhyNot(name.Value) is not { } reason)
        {
            return (name.Value, name.Token);
        }

        reader.Report(Descriptors.IllegalClassName, name.Token, $"'{name.Value}' {reason}");
        return (null, name.Token);
    }

    private static Shape? BindInput(JsonNode? node, DiagnosticBag bag)
    {
        if (node is null)
        {
            return null;
        }

        var reader = new ValueReader(bag, scope: null, "input");
        if (node is not JsonObject input)
        {
            reader.ReportType(node, "input", "an object such as { \"shape\": [28, 28, 1] }");
            return null;
        }

        ObjectBinder.CheckNames(input, ["shape"], reader, out var misspelled);
        if (input.Find("shape")?.Value is not { } written)
        {
            if (!misspelled.Contains("shape"))
            {
                reader.Report(Descriptors.MissingKey, input.Token, "shape", "[height, width, channels]");
            }

            return null;
        }

        if (written is not JsonArray array)
        {
            reader.ReportType(written, "shape", "an array, [height, width, channels]");
            return null;
        }

        if (array.Items.Count != 3)
        {
            reader.Report(Descriptors.WrongLength, array.Token, "\"shape\"", "3 numbers, [height, width, channels]", Text.Plural(array.Items.Count, "value"));
            return null;
        }

        var sizes = array.Items.Select(item => reader.Integer(item, "shape", 1, MaxInputSize)).ToEquatableArray();
        if (sizes is not [{ } height, { } width, { } channels])
        {
            return null;
        }

        // Torch and many data sets have the channels first. Reported here, since such a shape often gives errors further on.
        if (height is 1 or 3 && channels > MostChannels)
        {
            var fix = SpecFix.Replace($"Change to [{width}, {channels}, {height}]", array.Span, $"[{width}, {channels}, {height}]");
            bag.Report(Descriptors.ChannelsFirst, array.Token, fix, $"{height}", $"{width}", $"{channels}", Text.Plural(channels, "channel"), Text.Plural(height, "channel"));
        }

        return Shape.Image(height, width, channels);
    }
}
