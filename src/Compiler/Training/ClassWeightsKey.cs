using FashionCnn.Compiler.Diagnostics;
using FashionCnn.Compiler.Keys;
using FashionCnn.Compiler.Syntax;

namespace FashionCnn.Compiler.Training;

/// <summary>A number for each class, at least one of them above 0; or <c>"balanced"</c>, whose value is the empty list.</summary>
internal sealed class ClassWeightsKey(string name, string description) : Key<EquatableArray<double>>(name, description)
{
    public const string Balanced = "balanced";

    public override string Expected => $"\"{Balanced}\", or an array of numbers {NumberRange.ZeroOrMore}";

    public override IReadOnlyList<string> Values => [JsonText.Quote(Balanced)];

    public override object? Read(JsonNode node, ValueReader reader)
    {
        if (node is JsonString text)
        {
            if (text.Value == Balanced)
            {
                return new EquatableArray<double>([]);
            }

            var meant = Suggestion.Nearest(text.Value, [Balanced]);
            reader.Report(Descriptors.UnknownChoice, node.Token, Suggestion.Fix(node.Token, meant), $"\"{Name}\"", text.Value, Suggestion.Hint(meant), $"\"{Balanced}\", or an array with a number for each class");
            return null;
        }

        if (node is not JsonArray array)
        {
            reader.ReportType(node, Name, Expected);
            return null;
        }

        if (array.Items.Count < 2)
        {
            reader.Report(Descriptors.WrongLength, node.Token, $"\"{Name}\"", "a number for each class, at least 2", Text.Plural(array.Items.Count, "value"));
            return null;
        }

        var numbers = array.Items.Select(item => reader.Number(item, Name, NumberRange.ZeroOrMore)).ToList();
        if (numbers.Any(number => number is null))
        {
            return null;
        }

        if (numbers.All(number => number == 0))
        {
            reader.Report(Descriptors.Conflict, node.Token, "every class has the weight 0, so nothing would be learned; give one a number above 0");
            return null;
        }

        return numbers.Select(number => number!.Value).ToEquatableArray();
    }

    public override string Format(object value) =>
        (EquatableArray<double>)value is { Count: > 0 } numbers ? $"[{string.Join(", ", numbers.Select(Text.Number))}]" : $"\"{Balanced}\"";
}
