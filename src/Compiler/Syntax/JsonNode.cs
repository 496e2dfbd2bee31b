namespace FashionCnn.Compiler.Syntax;

/// <summary>A value of a JSON text with the place of its token; of an object or array, from bracket to bracket.</summary>
internal abstract class JsonNode(TextSpan span)
{
    public TextSpan Span { get; } = span;

    /// <summary>Where a message about this value as a whole points: the token, or the opening bracket.</summary>
    public virtual TextSpan Token => Span;

    /// <summary>What messages call a value of this kind.</summary>
    public abstract string Kind { get; }
}

internal sealed class JsonObject(TextSpan span, EquatableArray<JsonMember> members) : JsonNode(span)
{
    public EquatableArray<JsonMember> Members { get; } = members;

    public override TextSpan Token => new(Span.Start, 1);

    public override string Kind => "an object";

    public JsonMember? Find(string name)
    {
        foreach (var member in Members)
        {
            if (member.Name == name)
            {
                return member;
            }
        }

        return null;
    }
}

internal sealed class JsonMember(string name, TextSpan nameSpan, JsonNode value)
{
    public string Name { get; } = name;

    public TextSpan NameSpan { get; } = nameSpan;

    public JsonNode Value { get; } = value;
}

internal sealed class JsonArray(TextSpan span, EquatableArray<JsonNode> items) : JsonNode(span)
{
    public EquatableArray<JsonNode> Items { get; } = items;

    public override TextSpan Token => new(Span.Start, 1);

    public override string Kind => "an array";
}

internal class JsonString(TextSpan span, string value) : JsonNode(span)
{
    public string Value { get; } = value;

    /// <summary>It was given to a block, and stands where the block is used.</summary>
    public virtual bool IsGiven => false;

    public override string Kind => "a string";
}

/// <summary>A number as it is written: whether it is an integer depends on how it is written, not on its value.</summary>
internal class JsonNumber(TextSpan span, string text) : JsonNode(span)
{
    public string Text { get; } = text;

    public override string Kind => "a number";
}

internal sealed class JsonBoolean(TextSpan span, bool value) : JsonNode(span)
{
    public bool Value { get; } = value;

    public override string Kind => Value ? "true" : "false";
}

internal sealed class JsonNull(TextSpan span) : JsonNode(span)
{
    public override string Kind => "null";
}

/// <summary>A value that is not written yet or could not be had, or that no use of a block has given. Nothing is said of it again.</summary>
internal sealed class UnknownNode(TextSpan span) : JsonNode(span)
{
    public override string Kind => "unknown";
}
