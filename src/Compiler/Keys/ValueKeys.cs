using System.Globalization;
using FashionCnn.Compiler.Diagnostics;
using FashionCnn.Compiler.Syntax;

namespace FashionCnn.Compiler.Keys;

/// <summary>An integer within bounds, written without fraction or exponent.</summary>
internal sealed class IntegerKey(string name, int minimum, int maximum, string description) : Key<int>(name, description)
{
    public int Minimum { get; } = minimum;

    public int Maximum { get; } = maximum;

    public override string Expected => $"an integer from {Text.Count(Minimum)} to {Text.Count(Maximum)}";

    public override object? Read(JsonNode node, ValueReader reader) => reader.Integer(node, Name, Minimum, Maximum);

    public override string Format(object value) => ((int)value).ToString(CultureInfo.InvariantCulture);
}

/// <summary>A number within bounds, each of which belongs to the range or not.</summary>
internal sealed class NumberKey(string name, NumberRange range, string description) : Key<double>(name, description)
{
    public NumberRange Range { get; } = range;

    public override string Expected => $"a number {Range}";

    public override object? Read(JsonNode node, ValueReader reader) => reader.Number(node, Name, Range);

    public override string Format(object value) => Text.Number((double)value);
}

internal sealed class BooleanKey(string name, string description) : Key<bool>(name, description)
{
    public override string Expected => "true or false";

    public override IReadOnlyList<string> Values => ["true", "false"];

    public override object? Read(JsonNode node, ValueReader reader)
    {
        if (node is JsonBoolean boolean)
        {
            return boolean.Value;
        }

        reader.ReportType(node, Name, Expected);
        return null;
    }

    public override string Format(object value) => (bool)value ? "true" : "false";
}

/// <summary>One of a few words.</summary>
internal sealed class ChoiceKey(string name, EquatableArray<string> choices, string description) : Key<string>(name, description)
{
    public EquatableArray<string> Choices { get; } = choices;

    public override string Expected => Text.OneOf(Choices);

    public override IReadOnlyList<string> Values => [.. Choices.Select(JsonText.Quote)];

    public override object? Read(JsonNode node, ValueReader reader)
    {
        if (node is not JsonString text)
        {
            reader.ReportType(node, Name, Expected);
            return null;
        }

        // The choice itself, not the text's copy of it, outlives the text.
        foreach (var choice in Choices)
        {
            if (choice == text.Value)
            {
                return choice;
            }
        }

        var meant = reader.IsParameter(text) ? $"${text.Value}" : Suggestion.Nearest(text.Value, Choices);
        reader.Report(Descriptors.UnknownChoice, node.Token, Suggestion.Fix(node.Token, meant), $"\"{Name}\"", text.Value, Suggestion.Hint(meant), Text.List(Choices));
        return null;
    }

    public override string Format(object value) => "\"" + (string)value + "\"";
}

/// <summary>An integer for height and width alike, or the two as [height, width].</summary>
internal sealed class SizeKey(string name, int maximum, string description, int minimum = 1) : Key<Size>(name, description)
{
    public int Minimum { get; } = minimum;

    public int Maximum { get; } = maximum;

    public override string Expected => $"an integer from {Minimum} to {Text.Count(Maximum)}, or [height, width]";

    public override object? Read(JsonNode node, ValueReader reader)
    {
        if (node is not JsonArray array)
        {
            if (node is not JsonNumber)
            {
                reader.ReportType(node, Name, Expected);
                return null;
            }

            return reader.Integer(node, Name, Minimum, Maximum) is { } both ? new Size(both, both) : null;
        }

        if (array.Items.Count != 2)
        {
            reader.Report(Descriptors.WrongLength, node.Token, $"\"{Name}\"", "2 numbers, [height, width]", Text.Plural(array.Items.Count, "value"));
            return null;
        }

        var height = reader.Integer(reader.Resolve(array.Items[0]), Name, Minimum, Maximum);
        var width = reader.Integer(reader.Resolve(array.Items[1]), Name, Minimum, Maximum);
        return height is { } h && width is { } w ? new Size(h, w) : null;
    }

    public override string Format(object value)
    {
        var size = (Size)value;
        return size.Height == size.Width ? size.Height.ToString(CultureInfo.InvariantCulture) : $"[{size.Height}, {size.Width}]";
    }
}
