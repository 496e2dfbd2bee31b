using System.Text.Json;
using FashionCnn.Compiler.Keys;
using FashionCnn.Compiler.Layers;
using FashionCnn.Compiler.Shapes;

namespace FashionCnn.Interchange.Keras;

/// <summary>Writes a model's description as Keras's <c>config.json</c> has it: a functional model, with all keys of Keras 3.9, also those that no spec can change. Those that came later, as <c>input_axes</c> of initializers with 3.15, the releases before refuse.</summary>
internal static class KerasConfig
{
    private const string Float32 = """{"module":"keras","class_name":"DTypePolicy","config":{"name":"float32"},"registered_name":null}""";

    /// <summary>Writes it.</summary>
    /// <param name="stream">Takes it.</param>
    /// <param name="name">The model's name.</param>
    /// <param name="layers">The layers in Keras's order, the input first.</param>
    public static void Write(Stream stream, string name, IReadOnlyList<KerasNode> layers)
    {
        using var json = new Utf8JsonWriter(stream);
        json.WriteStartObject();
        json.WriteString("module", "keras.src.models.functional");
        json.WriteString("class_name", "Functional");
        json.WriteStartObject("config");
        json.WriteString("name", name);
        json.WriteBoolean("trainable", true);
        json.WriteStartArray("layers");
        foreach (var layer in layers)
        {
            Write(json, layer);
        }

        json.WriteEndArray();
        WriteEnd(json, "input_layers", layers[0]);
        WriteEnd(json, "output_layers", layers[^1]);
        json.WriteEndObject();
        json.WriteString("registered_name", "Functional");
        json.WritePropertyName("build_config");
        json.WriteRawValue("""{"input_shape":null}""");
        json.WriteStartObject("compile_config");
        json.WriteEndObject();
        json.WriteEndObject();
    }

    private static void WriteEnd(Utf8JsonWriter json, string key, KerasNode layer)
    {
        json.WritePropertyName(key);
        json.WriteRawValue($"[{JsonAccess.Quoted(layer.Name)},0,0]");
    }

    private static void Write(Utf8JsonWriter json, KerasNode node)
    {
        json.WriteStartObject();
        json.WriteString("module", node.Class[..node.Class.LastIndexOf('.')]);
        json.WriteString("class_name", node.ShortClass);
        json.WriteStartObject("config");
        if (node.Layer is null)
        {
            json.WritePropertyName("batch_shape");
            json.WriteRawValue(BatchShape(node.Output));
            json.WriteString("dtype", "float32");
            json.WriteBoolean("sparse", false);
            json.WriteBoolean("ragged", false);
            json.WriteString("name", node.Name);
            json.WriteBoolean("optional", false);
        }
        else
        {
            WriteSettings(json, node, node.Layer);
        }

        json.WriteEndObject();
        // Keras's own layers need no entry in its register; others were written with one.
        json.WritePropertyName("registered_name");
        json.WriteRawValue(node.Class.StartsWith("keras.layers.", StringComparison.Ordinal) ? "null" : JsonAccess.Quoted(node.ShortClass));
        if (node.Layer is { Kind.Keras.IsBuiltAtOnce: false })
        {
            json.WriteStartObject("build_config");
            json.WritePropertyName("input_shape");
            json.WriteRawValue(node.IsMerge ? $"[{string.Join(',', node.Inputs.Select(input => BatchShape(input.Output)))}]" : BatchShape(node.Inputs[0].Output));
            json.WriteEndObject();
        }

        json.WriteString("name", node.Name);
        json.WriteStartArray("inbound_nodes");
        if (node.Layer is not null)
        {
            var tensors = string.Join(',', node.Inputs.Select(input =>
                $$$"""{"class_name":"__keras_tensor__","config":{"shape":{{{BatchShape(input.Output)}}},"dtype":"float32","keras_history":[{{{JsonAccess.Quoted(input.Name)}}},0,0]}}"""));
            json.WriteRawValue($$$"""{"args":[{{{(node.IsMerge ? $"[{tensors}]" : tensors)}}}],"kwargs":{{{(node.Layer.Kind.Keras.TakesMask ? """{"mask":null}""" : "{}")}}}}""");
        }

        json.WriteEndArray();
        json.WriteEndObject();
    }

    private static void WriteSettings(Utf8JsonWriter json, KerasNode node, PlannedLayer layer)
    {
        json.WriteString("name", node.Name);
        if (!layer.Kind.Keras.LacksTrainable)
        {
            json.WriteBoolean("trainable", !layer.IsFrozen);
        }

        var (table, form) = (layer.Kind.Table, layer.Kind.Keras);
        json.WritePropertyName("dtype");
        // A class that writes its own few keys writes the type's name alone.
        json.WriteRawValue(form.LacksTrainable ? "\"float32\"" : Float32);
        for (var i = 0; i < table.Keys.Count; i++)
        {
            var key = table.Keys[i];
            if (!ReferenceEquals(key, CommonKeys.Trainable))
            {
                json.WritePropertyName(key.Name);
                // Of a vector nothing is shared.
                json.WriteRawValue(key is AxesKey && !layer.Input.IsImage ? "null" : Value(layer.Settings.Values[i] ?? (key.DefaultText is { } other && table.IndexOf(other) is >= 0 and var place ? layer.Settings.Values[place] : null), key));
            }
        }

        foreach (var (key, ofImages, ofVectors) in form.Fixed)
        {
            json.WritePropertyName(key);
            json.WriteRawValue(layer.Input.IsImage ? ofImages : ofVectors);
        }

        foreach (var (key, value, ofVectors) in form.Defaults)
        {
            json.WritePropertyName(key);
            json.WriteRawValue(layer.Input.IsImage ? value : ofVectors ?? value);
        }

        if (form.Channels is not null)
        {
            json.WriteNumber(form.Channels, layer.Input.Channels);
        }

        if (form.HasDataFormat)
        {
            json.WriteString("data_format", "channels_last");
        }
    }

    private static string Value(object? value, Key key) => value switch
    {
        null => "null",
        Size size => $"[{size.Height},{size.Width}]",
        Margins margins => $"[[{margins.Top},{margins.Bottom}],[{margins.Left},{margins.Right}]]",
        TypedSettings typed => Value(typed, key),
        _ => key.Format(value),
    };

    // With a class and its module; a spec's name of an initializer is that of the class in snake case.
    private static string Value(TypedSettings typed, Key key)
    {
        var (module, name) = key is InitializerKey ? ("keras.initializers", Identifier.PascalCase(typed.Kind.Type)) : ("keras.regularizers", typed.Kind.Type);
        var members = typed.Kind.Table.Keys.Select((other, i) => $"{JsonAccess.Quoted(other.Name)}:{Value(typed.Settings.Values[i] ?? other.Default, other)}");
        // Initializers that draw have a seed.
        var config = string.Join(',', key is InitializerKey && typed.Kind.Type is not ("zeros" or "ones") ? members.Append("\"seed\":null") : members);
        return $$$"""{"module":"{{{module}}}","class_name":"{{{name}}}","config":{{{{config}}}},"registered_name":null}""";
    }

    private static string BatchShape(Shape shape) => shape.IsImage ? $"[null,{shape.Height},{shape.Width},{shape.Channels}]" : $"[null,{shape.Channels}]";
}
