using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Nodes;
using FashionCnn.Compiler.Bind;
using FashionCnn.Compiler.Keys;
using FashionCnn.Compiler.Layers;
using FashionCnn.Compiler.Training;

namespace FashionCnn.Compiler.Tests.Reference;

/// <summary>
/// Writes the JSON Schema of specs from the compiler's own tables. What an object is, its <c>type</c> says:
/// an enumeration of all types, which editors complete from, and for each type what an object of it holds.
/// </summary>
internal static partial class SchemaWriter
{
    private const string Draft = "http://json-schema.org/draft-07/schema#";

    private static readonly JsonSerializerOptions Format = new() { WriteIndented = true, NewLine = "\n", Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    public static string Write()
    {
        var schema = Object(
            new JsonObject
            {
                ["$schema"] = Text("Where this schema is; editors use it."),
                ["version"] = new JsonObject { ["description"] = "The version of the language.", ["enum"] = new JsonArray(SpecBinder.Version) },
                ["name"] = Text("The class name; default: the file name in PascalCase."),
                ["description"] = Text("What the model is; becomes the class's documentation."),
                ["input"] = Object(
                    new JsonObject { ["shape"] = Sizes("[height, width, channels]", SpecBinder.MaxInputSize) }, ["shape"], "The images that the model takes."),
                ["blocks"] = new JsonObject
                {
                    ["type"] = "object",
                    ["description"] = "Named lists of layers with parameters.",
                    ["additionalProperties"] = Object(
                        new JsonObject
                        {
                            ["parameters"] = new JsonObject
                            {
                                ["type"] = "array",
                                ["description"] = "Names that stand for values, as \"$name\".",
                                ["uniqueItems"] = true,
                                ["items"] = new JsonObject { ["type"] = "string", ["pattern"] = $"^(?!({string.Join('|', EntryBinder.KeysOfUses)})$)[A-Za-z_][A-Za-z0-9_]*$" },
                            },
                            ["layers"] = Reference("blockLayers"),
                        },
                        ["layers"]),
                },
                ["layers"] = Reference("layers"),
                ["training"] = Training(),
            },
            ["version", "input", "layers"]);
        schema.Insert(0, "$schema", Draft);
        schema.Insert(1, "title", "FashionCnn model spec");
        // Keys of VS Code's: the compiler allows both.
        schema.Insert(2, "allowComments", true);
        schema.Insert(3, "allowTrailingCommas", true);
        schema["definitions"] = new JsonObject
        {
            ["layers"] = List("entry", minimum: 1),
            ["branch"] = List("entry", minimum: 0),
            ["entry"] = Entry("layers", "branch", inBlock: false),
            ["blockLayers"] = List("blockEntry", minimum: 1),
            ["blockBranch"] = List("blockEntry", minimum: 0),
            ["blockEntry"] = Entry("blockLayers", "blockBranch", inBlock: true),
            ["regularizer"] = Typed(Regularizers.All, "What weights add to the loss.", inBlock: false),
            ["blockRegularizer"] = Typed(Regularizers.All, "What weights add to the loss.", inBlock: true),
            ["initializer"] = Initializer(Initializers.All, inBlock: false),
            ["blockInitializer"] = Initializer(Initializers.All, inBlock: true),
            ["biasInitializer"] = Initializer(Initializers.OfVectors, inBlock: false),
            ["blockBiasInitializer"] = Initializer(Initializers.OfVectors, inBlock: true),
        };
        return schema.ToJsonString(Format) + "\n";
    }

    private static JsonObject Entry(string layers, string branch, bool inBlock) => new()
    {
        ["type"] = "object",
        ["allOf"] = new JsonArray(
        [
            Without(["repeat", "block"], new JsonObject { ["type"] = Types(LayerTable.Kinds.Select(kind => (kind.Type, kind.Summary)), "What kind of layer it is.") }),
            Without(EntryBinder.EntryKinds, new JsonObject { ["repeat"] = new JsonObject { ["description"] = "How many times the layers are repeated." }, ["block"] = Text("The block's name.") }, "type"),
            .. LayerTable.Kinds.Select(kind => OfType(kind.Type, Layer(kind, branch, inBlock))),
            new JsonObject
            {
                ["if"] = Has("repeat"),
                ["then"] = Object(
                    new JsonObject
                    {
                        ["repeat"] = Value(new JsonObject { ["type"] = "integer", ["minimum"] = 1, ["maximum"] = EntryBinder.MaxRepeat, ["description"] = "How many times." }, inBlock),
                        ["name"] = Name("What later entries call its output."),
                        [EntryBinder.FromKey] = From(joins: false),
                        [CommonKeys.Trainable.Name] = Trainable(inBlock),
                        ["layers"] = Reference(layers),
                    },
                    ["repeat", "layers"],
                    "The layers several times."),
            },
            new JsonObject { ["if"] = Has("block"), ["then"] = BlockUse(inBlock) },
        ]),
    };

    private static JsonObject Has(string key) => new() { ["required"] = new JsonArray(key) };

    /// <summary>What an editor proposes, and asks for, as long as none of some keys is there.</summary>
    private static JsonObject Without(IEnumerable<string> keys, JsonObject properties, params string[] required) => new()
    {
        ["if"] = new JsonObject { ["not"] = new JsonObject { ["anyOf"] = new JsonArray([.. keys.Select(key => Has(key))]) } },
        ["then"] = new JsonObject { ["properties"] = properties, ["required"] = new JsonArray([.. required.Select(key => (JsonNode)key)]) },
    };

    private static JsonObject OfType(string type, JsonObject then) => new()
    {
        ["if"] = new JsonObject { ["required"] = new JsonArray("type"), ["properties"] = new JsonObject { ["type"] = new JsonObject { ["const"] = type } } },
        ["then"] = then,
    };

    /// <summary>The words of a <c>type</c>, each with its sentence, which VS Code shows in its list and under the pointer.</summary>
    private static JsonObject Types(IEnumerable<(string Type, string Summary)> types, string description) => new()
    {
        ["description"] = description,
        ["enum"] = new JsonArray([.. types.Select(type => (JsonNode)type.Type)]),
        ["enumDescriptions"] = new JsonArray([.. types.Select(type => (JsonNode)type.Summary)]),
    };

    private static JsonObject Layer(LayerKind kind, string branch, bool inBlock)
    {
        var properties = new JsonObject
        {
            ["type"] = new JsonObject(),
            ["name"] = Name("The layer's name, unique in the model."),
        };
        var required = new List<string> { "type" };
        properties[EntryBinder.FromKey] = From(kind.JoinsBranches);
        if (kind.JoinsBranches)
        {
            properties[Merge.BranchesKey] = new JsonObject
            {
                ["type"] = "array",
                ["minItems"] = 2,
                ["description"] = "Lists of layers that all read the input; an empty one is the input itself.",
                ["items"] = Reference(branch),
            };
        }

        var schema = Layer(kind, inBlock, properties, required);
        if (kind.JoinsBranches)
        {
            // Branches, or names in their place.
            schema["if"] = new JsonObject { ["not"] = Has(EntryBinder.FromKey) };
            schema["then"] = new JsonObject { ["required"] = new JsonArray(Merge.BranchesKey) };
            schema["else"] = new JsonObject
            {
                ["if"] = Has(Merge.BranchesKey),
                ["then"] = new JsonObject { ["properties"] = new JsonObject { [EntryBinder.FromKey] = From(joins: false) } },
                ["else"] = new JsonObject { ["properties"] = new JsonObject { [EntryBinder.FromKey] = inBlock ? Alternatives(Names(), Parameter()) : Names() } },
            };
        }

        return schema;
    }

    private static JsonObject Layer(LayerKind kind, bool inBlock, JsonObject properties, List<string> required)
    {
        foreach (var key in kind.Table.Keys)
        {
            // No argument of a block is an object.
            properties[key.Name] = Value(Of(key, inBlock), inBlock && key is not RegularizerKey);
        }

        required.AddRange(kind.Table.Keys.Where(key => key.IsRequired).Select(key => key.Name));
        return Object(properties, required, kind.Summary);
    }

    private static JsonObject BlockUse(bool inBlock) => new()
    {
        ["type"] = "object",
        ["description"] = "A block with a value for each of its parameters.",
        ["properties"] = new JsonObject { ["block"] = Text("The block's name."), ["name"] = Name("What later entries call its output."), [EntryBinder.FromKey] = From(joins: false), [CommonKeys.Trainable.Name] = Trainable(inBlock), ["type"] = Never(), ["repeat"] = Never() },
        ["required"] = new JsonArray("block"),
        ["additionalProperties"] = new JsonObject { ["type"] = new JsonArray("number", "string", "boolean", "array") },
    };

    private static JsonObject Name(string description) => new() { ["type"] = "string", ["pattern"] = "^[a-z][a-z0-9]*(_[a-z0-9]+)*$", ["maxLength"] = Identifier.MaxLength, ["description"] = description };

    /// <summary>What an entry reads by name.</summary>
    private static JsonObject From(bool joins) => joins
        ? new() { ["description"] = "The names of two or more earlier entries, whose outputs are joined, in place of branches. With branches, the name of the one that they read." }
        : new() { ["type"] = "string", ["description"] = "The name of the earlier entry whose output it reads instead of that of the entry before; \"input\" is the input of this list." };

    private static JsonObject Names() => new() { ["type"] = "array", ["minItems"] = 2, ["items"] = new JsonObject { ["type"] = "string" } };

    /// <summary>The key of a repetition or of a block's use, which is that of layers.</summary>
    private static JsonObject Trainable(bool inBlock)
    {
        var schema = Of(CommonKeys.Trainable, inBlock);
        schema["description"] = "False freezes all layers within.";
        return Value(schema, inBlock);
    }

    /// <summary>A name, or an object that says more.</summary>
    private static JsonObject Initializer(IReadOnlyList<TypedObject> kinds, bool inBlock) => Alternatives(
        new JsonObject { ["enum"] = new JsonArray([.. kinds.Select(kind => (JsonNode)kind.Type)]), ["enumDescriptions"] = new JsonArray([.. kinds.Select(kind => (JsonNode)kind.Summary)]) },
        Typed(kinds, "How the values are drawn.", inBlock));

    /// <summary>A key that must not stand there.</summary>
    private static JsonObject Never() => new() { ["not"] = new JsonObject() };

    private static JsonObject Training()
    {
        var properties = Properties(TrainingTable.Keys);
        properties[TrainingTable.Optimizer] = Typed(TrainingTable.Optimizers, "How the weights are updated.");
        properties[TrainingTable.Schedule] = Typed(TrainingTable.Schedules, "How the learning rate changes; default: not at all.");
        properties[TrainingTable.EarlyStopping] = Object(
            Properties(TrainingTable.EarlyStoppingKeys),
            TrainingTable.EarlyStoppingKeys.Keys.Where(key => key.IsRequired).Select(key => key.Name),
            "Stops training when the held-out images no longer get better.");
        return Object(properties, [], "How the model is trained; the command line overrides it.");
    }

    private static JsonObject Typed(IEnumerable<TypedObject> kinds, string description, bool inBlock = false) => new()
    {
        ["type"] = "object",
        ["description"] = description,
        ["properties"] = new JsonObject { ["type"] = Types(kinds.Select(kind => (kind.Type, kind.Summary)), "Which one.") },
        ["required"] = new JsonArray("type"),
        ["allOf"] = new JsonArray([.. kinds.Select(kind =>
        {
            var properties = Properties(kind.Table, inBlock);
            properties.Insert(0, "type", new JsonObject());
            return OfType(kind.Type, Object(properties, kind.Table.Keys.Where(key => key.IsRequired).Select(key => key.Name), kind.Summary));
        })]),
    };

    private static JsonObject Properties(KeyTable table, bool inBlock = false) =>
        new(table.Keys.Select(key => KeyValuePair.Create(key.Name, (JsonNode?)Value(Of(key, inBlock), inBlock))));

    private static JsonObject Integer(int minimum, int maximum) => new() { ["type"] = "integer", ["minimum"] = minimum, ["maximum"] = maximum };

    private static JsonObject Array(int length, JsonObject items) => new() { ["type"] = "array", ["minItems"] = length, ["maxItems"] = length, ["items"] = items };

    private static JsonObject Alternatives(params JsonObject[] alternatives) => new() { ["anyOf"] = new JsonArray([.. alternatives]) };

    private static JsonObject Sizes(string description, int maximum)
    {
        var sizes = Array(3, Integer(1, maximum));
        sizes["description"] = description;
        return sizes;
    }

    private static JsonObject Text(string description) => new() { ["type"] = "string", ["description"] = description };

    private static JsonObject List(string entry, int minimum) => new() { ["type"] = "array", ["minItems"] = minimum, ["items"] = Reference(entry) };

    private static JsonObject Reference(string definition) => new() { ["$ref"] = $"#/definitions/{definition}" };

    private static JsonObject Object(JsonObject properties, IEnumerable<string> required, string? description = null)
    {
        var schema = new JsonObject { ["type"] = "object" };
        if (description is not null)
        {
            schema["description"] = description;
        }

        schema["properties"] = properties;
        if (required.ToList() is { Count: > 0 } names)
        {
            schema["required"] = new JsonArray([.. names.Select(name => (JsonNode)name)]);
        }

        schema["additionalProperties"] = false;
        return schema;
    }
}
