using System.Text.Json.Nodes;
using FashionCnn.Compiler.Keys;
using FashionCnn.Compiler.Layers;
using FashionCnn.Compiler.Training;

namespace FashionCnn.Compiler.Tests.Reference;

// What the value of a key may be, inside and outside blocks.
internal static partial class SchemaWriter
{
    private static JsonObject Of(Key key, bool inBlock)
    {
        var schema = key switch
        {
            IntegerKey integer => new JsonObject { ["type"] = "integer", ["minimum"] = integer.Minimum, ["maximum"] = integer.Maximum },
            NumberKey number => Number(number.Range),
            BooleanKey => new JsonObject { ["type"] = "boolean" },
            ChoiceKey choice => new JsonObject { ["enum"] = new JsonArray([.. choice.Choices.Select(word => (JsonNode)word)]) },
            SizeKey size => Alternatives(Integer(size.Minimum, size.Maximum), Array(2, Value(Integer(size.Minimum, size.Maximum), inBlock))),
            MarginsKey margins => Alternatives(
                Integer(0, margins.Maximum),
                Array(2, Alternatives(Value(Integer(0, margins.Maximum), inBlock), Array(2, Value(Integer(0, margins.Maximum), inBlock))))),
            TargetShapeKey => Alternatives(Array(1, Value(Target(), inBlock)), Array(3, Value(Target(), inBlock))),
            IntervalKey { Single: SingleNumber.None } interval => Array(2, Value(Number(interval.Range), inBlock)),
            IntervalKey interval => Alternatives(Number(interval.SingleRange), Array(2, Value(Number(interval.Range), inBlock))),
            RegularizerKey => new JsonObject { ["allOf"] = new JsonArray(Reference(inBlock ? "blockRegularizer" : "regularizer")) },
            InitializerKey initializer => new JsonObject
            {
                ["allOf"] = new JsonArray(Reference((inBlock, initializer.Objects.Count == Initializers.All.Count) switch
                {
                    (false, true) => "initializer",
                    (true, true) => "blockInitializer",
                    (false, false) => "biasInitializer",
                    (true, false) => "blockBiasInitializer",
                }))
            },
            AxesKey axes => new JsonObject { ["type"] = "array", ["maxItems"] = axes.Axes, ["items"] = Value(Integer(1, axes.Axes), inBlock) },
            ClassWeightsKey => Alternatives(
                new JsonObject { ["enum"] = new JsonArray(ClassWeightsKey.Balanced) },
                new JsonObject { ["type"] = "array", ["minItems"] = 2, ["items"] = Number(NumberRange.ZeroOrMore) }),
            NumberListKey list => new JsonObject { ["type"] = "array", ["minItems"] = 1, ["items"] = Value(Number(list.Range), inBlock) },
            _ => throw new NotSupportedException($"The schema does not know {key.GetType().Name}."),
        };
        var fallback = key.Default is { } value ? key.Format(value) : key.DefaultText ?? (key.IsRequired ? null : "none");
        schema["description"] = $"{char.ToUpperInvariant(key.Description[0])}{key.Description[1..]}: {key.Expected}." + (fallback is null ? string.Empty : $" Default: {fallback}.");
        if (key.Default is { } standard)
        {
            schema["default"] = JsonNode.Parse(key.Format(standard));
        }

        return schema;
    }

    /// <summary>A "$parameter", or a formula of some.</summary>
    private static JsonObject Parameter() => new() { ["type"] = "string", ["pattern"] = @"^[-+*/() \w$]*\$[A-Za-z_][-+*/() \w$]*$" };

    /// <summary>Inside a block a "$parameter" may stand in the place of any value.</summary>
    private static JsonObject Value(JsonObject schema, bool inBlock)
    {
        if (!inBlock)
        {
            return schema;
        }

        var alternatives = Alternatives(schema, Parameter());
        foreach (var name in new[] { "description", "default" })
        {
            if (schema.Remove(name, out var moved))
            {
                alternatives[name] = moved;
            }
        }

        return alternatives;
    }

    private static JsonObject Number(NumberRange range)
    {
        var schema = new JsonObject { ["type"] = "number" };
        if (!double.IsInfinity(range.Minimum))
        {
            schema[range.ExcludesMinimum ? "exclusiveMinimum" : "minimum"] = range.Minimum;
        }

        if (!double.IsInfinity(range.Maximum))
        {
            schema[range.ExcludesMaximum ? "exclusiveMaximum" : "maximum"] = range.Maximum;
        }

        return schema;
    }

    private static JsonObject Target() => Alternatives(Integer(1, TargetShapeKey.MaxSize), new JsonObject { ["enum"] = new JsonArray(-1) });
}
