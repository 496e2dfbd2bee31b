using System.Text.Json;
using FashionCnn.Compiler.Diagnostics;
using FashionCnn.Compiler.Keys;
using FashionCnn.Compiler.Layers;
using FashionCnn.Compiler.Syntax;

namespace FashionCnn.Interchange.Keras;

/// <summary>Makes of the config of a Keras layer the keys of a layer in a spec.</summary>
internal static class KerasSettings
{
    // What Keras says of every layer; most of it has one meaning only where images are height x width x channels.
    private static readonly Dictionary<string, string> Expected = new()
    {
        ["data_format"] = "\"channels_last\"",
        ["rms_scaling"] = "false",
        ["invert"] = "false",
    };

    private static readonly HashSet<string> Ignored = ["name", "trainable", "dtype", "seed", "batch_input_shape", "batch_shape", "axis"];

    // The settings of which these are the usual values serve training alone.
    private static readonly Dictionary<string, string> Usual = new()
    {
        ["beta_initializer"] = "Zeros",
        ["gamma_initializer"] = "Ones",
        ["moving_mean_initializer"] = "Zeros",
        ["moving_variance_initializer"] = "Ones",
        ["alpha_initializer"] = "Zeros",
    };

    /// <summary>The kinds that a class of Keras may be.</summary>
    public static IReadOnlyList<LayerKind> Candidates(string type) => [.. LayerTable.Kinds.Where(kind => (ClassOf(kind) is var name && name == type))];

    /// <summary>The kind whose fixed keys are those of a config, or the first one, whose differences are then reported.</summary>
    public static LayerKind? Choose(string type, JsonElement config)
    {
        var candidates = Candidates(type);
        return candidates.FirstOrDefault(kind => kind.Keras.Fixed.All(key => Text(config, key.Key) is var text && (text == key.OfImages || text == key.OfVectors))) ?? (candidates.Count > 0 ? candidates[0] : null);
    }

    /// <summary>The keys of a kind with their values as JSON; those that Keras does not have are not written.</summary>
    /// <param name="layer">The layer.</param>
    /// <param name="kind">Its kind.</param>
    /// <param name="keepsInitializers">The initial values are taken over.</param>
    /// <param name="faults">Takes what the kind cannot say.</param>
    public static EquatableArray<string?> Read(KerasLayer layer, LayerKind kind, bool keepsInitializers, Faults faults)
    {
        var table = kind.Table;
        var values = new object?[table.Keys.Count];
        for (var i = 0; i < values.Length; i++)
        {
            var key = table.Keys[i];
            values[i] = key is InitializerKey && !keepsInitializers ? LeftOut(layer, key, faults)
                : ReferenceEquals(key, CommonKeys.Trainable) ? !layer.IsFrozen
                // Keras means none by null, and a spec by an empty list; of a vector, nothing is shared anyway.
                : key is AxesKey && layer.Config.ValueKind == JsonValueKind.Object && layer.Config.TryGetProperty(key.Name, out var axes) && axes.ValueKind == JsonValueKind.Null ? (layer.IsOfVector ? key.Default : (EquatableArray<int>)[])
                : layer.Config.Find(key.Name) is { } written ? Read(written, key, layer, faults)
                : key.Default;
        }

        CheckOthers(layer, kind, faults);
        return [.. values.Select((value, i) => value is null || IsDefault(value, table.Keys[i], table, values) ? null : Format(value, table.Keys[i]))];
    }

    /// <summary>A value as a spec writes it, defaults left out.</summary>
    public static string Format(object value, Key key) => (value, key) switch
    {
        (TypedSettings typed, _) => Format(typed, key),
        // One of the numbers follows from the others, whatever the input.
        (EquatableArray<int> { Count: > 1 } shape, TargetShapeKey) when !shape.Contains(-1) => key.Format(new EquatableArray<int>([.. shape.Take(shape.Count - 1), -1])),
        _ => key.Format(value),
    };

    private static string Format(TypedSettings typed, Key key)
    {
        var table = typed.Kind.Table;
        var others = Enumerable.Range(0, table.Keys.Count)
            .Where(i => typed.Settings.Values[i] is { } value && !value.Equals(table.Keys[i].Default))
            .Select(i => $", \"{table.Keys[i].Name}\": {table.Keys[i].Format(typed.Settings.Values[i]!)}").ToList();
        return others.Count == 0 && key.Default is TypedSettings ? $"\"{typed.Kind.Type}\"" : $"{{ \"type\": \"{typed.Kind.Type}\"{string.Concat(others)} }}";
    }

    private static string ClassOf(LayerKind kind) => kind.Keras.Class is { } name ? name[(name.LastIndexOf('.') + 1)..] : kind.Type;

    private static bool IsDefault(object value, Key key, KeyTable table, object?[] values) =>
        value.Equals(key.Default) || (key.DefaultText is { } other && table.IndexOf(other) is >= 0 and var index && value.Equals(values[index]));

    private static object? Read(JsonElement written, Key key, KerasLayer layer, Faults faults)
    {
        var text = Adapted(written, key);
        var bag = new DiagnosticBag();
        var node = JsonParser.Parse(text, out _);
        var value = node is null ? null : key.Read(node, new ValueReader(bag, null, key.Name));
        if (value is not null)
        {
            return value;
        }

        var why = bag.ToSorted() is [var diagnostic, ..] ? diagnostic.Rule.Message(diagnostic.Arguments) : "it cannot be read";
        var what = $"\"{key.Name}\": {Shortened(text)}: {why.TrimEnd('.')}";
        if (IsOfTraining(key.Name))
        {
            faults.Note(layer.Where, $"left out is {what}");
            return key.Default;
        }

        faults.Add(layer.Where, what);
        return null;
    }

    // Of these, those that are not Keras's own are worth a word.
    private static object? LeftOut(KerasLayer layer, Key key, Faults faults)
    {
        if (layer.Config.Find(key.Name) is { } written && Read(written, key, layer, new Faults()) is { } value && !value.Equals(key.Default))
        {
            faults.LeftOut.Add(layer.Path);
        }

        return key.Default;
    }

    // What changes how a model is trained, and nothing that it computes.
    private static bool IsOfTraining(string key) => key.EndsWith("_initializer", StringComparison.Ordinal) || key.EndsWith("_regularizer", StringComparison.Ordinal) || key.EndsWith("_constraint", StringComparison.Ordinal);

    /// <summary>A value of Keras as a spec would write it.</summary>
    private static string Adapted(JsonElement written, Key key)
    {
        if (written.FindText("class_name") is not { } type)
        {
            return written.ValueKind == JsonValueKind.Number && key is NumberKey or NumberListKey ? written.GetRawText() : written.Compact();
        }

        var name = key.Name.EndsWith("_initializer", StringComparison.Ordinal) ? SnakeCase(type) : type;
        var config = written.Find("config") is { ValueKind: JsonValueKind.Object } object_ ? object_.EnumerateObject().Where(member => member.Value.ValueKind != JsonValueKind.Null && member.Name is not ("seed" or "name")) : [];
        // A constant is the number that it is.
        if (type == "Constant" && written.Find("config")?.Find("value") is { ValueKind: JsonValueKind.Number } constant && constant.GetDouble() is 0 or 1)
        {
            return constant.GetDouble() == 0 ? "\"zeros\"" : "\"ones\"";
        }

        var members = string.Concat(config.Select(member => $", {JsonAccess.Quoted(member.Name)}: {member.Value.Compact()}"));
        return members.Length == 0 && key.Name.EndsWith("_initializer", StringComparison.Ordinal) ? JsonAccess.Quoted(name) : $"{{ \"type\": {JsonAccess.Quoted(name)}{members} }}";
    }

    /// <summary>What the layer has beyond the kind's keys must be what the kind does anyway.</summary>
    private static void CheckOthers(KerasLayer layer, LayerKind kind, Faults faults)
    {
        if (layer.Config.ValueKind != JsonValueKind.Object)
        {
            return;
        }

        foreach (var (key, ofImages, ofVectors) in kind.Keras.Fixed)
        {
            if (Text(layer.Config, key) is var text && text != ofImages && text != ofVectors)
            {
                faults.Add(layer.Where, $"\"{key}\": {Shortened(text)} has no equal in a spec");
            }
        }

        foreach (var member in layer.Config.EnumerateObject())
        {
            if (Ignored.Contains(member.Name) || kind.Table.IndexOf(member.Name) >= 0 || kind.Keras.Idle.Contains(member.Name) || kind.Keras.Channels == member.Name || kind.Keras.Fixed.Any(key => key.Key == member.Name)
                || member.Value.ValueKind == JsonValueKind.Null || (member.Value.ValueKind == JsonValueKind.False && !kind.Keras.Defaults.Any(key => key.Key == member.Name && key.Value == "true"))
                || kind.Keras.Defaults.Any(key => key.Key == member.Name && key.Value == member.Value.Compact()))
            {
                continue;
            }

            if (Usual.TryGetValue(member.Name, out var usual))
            {
                if (member.Value.FindText("class_name") != usual)
                {
                    faults.Note(layer.Where, $"left out is \"{member.Name}\": {Shortened(member.Value.FindText("class_name") ?? member.Value.Compact())}");
                }
            }
            else if (Expected.TryGetValue(member.Name, out var expected) && member.Value.Compact() == expected)
            {
                continue;
            }
            else if (IsOfTraining(member.Name))
            {
                faults.Note(layer.Where, $"left out is \"{member.Name}\"");
            }
            else
            {
                faults.Add(layer.Where, $"\"{member.Name}\": {Shortened(member.Value.Compact())} has no equal in a spec");
            }
        }
    }

    private static string Text(JsonElement config, string key) => config.Find(key) is { } value ? value.Compact() : "null";

    private static string Shortened(string text) => text.Length <= 80 ? text : $"{text[..77]}...";

    // HeNormal as he_normal.
    private static string SnakeCase(string type) =>
        string.Concat(type.Select((letter, i) => char.IsAsciiLetterUpper(letter) && i > 0 ? $"_{char.ToLowerInvariant(letter)}" : char.ToLowerInvariant(letter).ToString()));
}
