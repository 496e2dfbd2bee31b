using FashionCnn.Compiler.Diagnostics;
using FashionCnn.Compiler.Syntax;

namespace FashionCnn.Compiler.Keys;

/// <summary>Axes, counted from 1: an array without repetitions, in any order; none is allowed.</summary>
internal sealed class AxesKey(string name, int axes, string description) : Key<EquatableArray<int>>(name, description)
{
    public int Axes { get; } = axes;

    public override string Expected => $"an array of up to {Axes} different integers from 1 to {Axes}";

    public override object? Read(JsonNode node, ValueReader reader)
    {
        if (node is not JsonArray array)
        {
            reader.ReportType(node, Name, Expected);
            return null;
        }

        var numbers = array.Items.Select(item => reader.Integer(reader.Resolve(item), Name, 1, Axes)).ToList();
        if (numbers.Any(number => number is null))
        {
            return null;
        }

        if (numbers.Distinct().Count() < numbers.Count)
        {
            reader.Report(Descriptors.Conflict, node.Token, $"\"{Name}\" names an axis twice");
            return null;
        }

        return numbers.Select(number => number!.Value).OrderBy(axis => axis).ToEquatableArray();
    }

    public override string Format(object value) => $"[{string.Join(", ", ((EquatableArray<int>)value).Select(Text.Integer))}]";
}
