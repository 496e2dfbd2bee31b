using FashionCnn.Compiler.Diagnostics;
using FashionCnn.Compiler.Syntax;

namespace FashionCnn.Compiler.Keys;

/// <summary>An array of numbers, at least one.</summary>
internal sealed class NumberListKey(string name, NumberRange range, string description) : Key<EquatableArray<double>>(name, description)
{
    public NumberRange Range { get; } = range;

    public override string Expected => $"an array of numbers {Range}";

    public override object? Read(JsonNode node, ValueReader reader)
    {
        if (node is not JsonArray array)
        {
            reader.ReportType(node, Name, Expected);
            return null;
        }

        if (array.Items.Count == 0)
        {
            reader.Report(Descriptors.WrongLength, node.Token, $"\"{Name}\"", "at least 1 number", "0 values");
            return null;
        }

        var numbers = array.Items.Select(item => reader.Number(reader.Resolve(item), Name, Range)).ToList();
        return numbers.All(number => number is not null) ? numbers.Select(number => number!.Value).ToEquatableArray() : null;
    }

    public override string Format(object value) => $"[{string.Join(", ", ((EquatableArray<double>)value).Select(Text.Number))}]";
}
