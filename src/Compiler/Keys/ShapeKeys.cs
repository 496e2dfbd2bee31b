using System.Globalization;
using FashionCnn.Compiler.Diagnostics;
using FashionCnn.Compiler.Syntax;

namespace FashionCnn.Compiler.Keys;

/// <summary>Rows and columns around an image.</summary>
internal readonly record struct Margins(int Top, int Bottom, int Left, int Right);

/// <summary>From one number to another one that is not smaller.</summary>
internal readonly record struct Interval(double Low, double High)
{
    /// <summary>As a tuple of C#.</summary>
    public string ToTuple() => $"({Text.Number(Low)}, {Text.Number(High)})";

    public override string ToString() => $"[{Text.Number(Low)}, {Text.Number(High)}]";
}

/// <summary>One or three numbers, of which one may be -1 for whatever the others leave.</summary>
internal sealed class TargetShapeKey(string name, string description) : Key<EquatableArray<int>>(name, description)
{
    public const int MaxSize = int.MaxValue;

    public override string Expected => "1 or 3 numbers above 0, [length] or [height, width, channels]; one of them may be -1";

    public override object? Read(JsonNode node, ValueReader reader)
    {
        if (node is not JsonArray array)
        {
            reader.ReportType(node, Name, Expected);
            return null;
        }

        if (array.Items.Count is not (1 or 3))
        {
            reader.Report(Descriptors.WrongLength, node.Token, $"\"{Name}\"", "1 or 3 numbers, [length] or [height, width, channels]", Text.Plural(array.Items.Count, "value"));
            return null;
        }

        var sizes = array.Items.Select(reader.Resolve).Select(item => (Item: item, Size: Size(item, reader))).ToList();
        if (sizes.Where(size => size.Size == -1).Skip(1).Select(size => size.Item).FirstOrDefault() is { } second)
        {
            reader.Report(Descriptors.Conflict, second.Token, $"only one number of \"{Name}\" may be -1");
            return null;
        }

        return sizes.All(size => size.Size is not null) ? sizes.Select(size => size.Size!.Value).ToEquatableArray() : null;
    }

    public override string Format(object value) => $"[{string.Join(", ", ((EquatableArray<int>)value).Select(Text.Integer))}]";

    private int? Size(JsonNode item, ValueReader reader) =>
        item is JsonNumber { Text: "-1" } ? -1 : reader.Integer(item, Name, 1, MaxSize, "-1 or ");
}

/// <summary>A number for all sides, [rows, columns], or [[top, bottom], [left, right]].</summary>
internal sealed class MarginsKey(string name, int maximum, string description) : Key<Margins>(name, description)
{
    public int Maximum { get; } = maximum;

    public override string Expected => $"an integer from 0 to {Text.Count(Maximum)}, [rows, columns] or [[top, bottom], [left, right]]";

    public override object? Read(JsonNode node, ValueReader reader)
    {
        if (node is JsonNumber)
        {
            return reader.Integer(node, Name, 0, Maximum) is { } all ? new Margins(all, all, all, all) : null;
        }

        if (node is not JsonArray array)
        {
            reader.ReportType(node, Name, Expected);
            return null;
        }

        if (array.Items.Count != 2)
        {
            reader.Report(Descriptors.WrongLength, node.Token, $"\"{Name}\"", "2 values, [rows, columns] or [[top, bottom], [left, right]]", Text.Plural(array.Items.Count, "value"));
            return null;
        }

        var rows = Sides(reader.Resolve(array.Items[0]), reader);
        var columns = Sides(reader.Resolve(array.Items[1]), reader);
        return rows is { } r && columns is { } c ? new Margins(r.Before, r.After, c.Before, c.After) : null;
    }

    public override string Format(object value)
    {
        var margins = (Margins)value;
        return margins.Top == margins.Bottom && margins.Left == margins.Right
            ? margins.Top == margins.Left ? margins.Top.ToString(CultureInfo.InvariantCulture) : $"[{margins.Top}, {margins.Left}]"
            : $"[[{margins.Top}, {margins.Bottom}], [{margins.Left}, {margins.Right}]]";
    }

    private (int Before, int After)? Sides(JsonNode node, ValueReader reader)
    {
        if (node is not JsonArray pair)
        {
            return reader.Integer(node, Name, 0, Maximum) is { } both ? (both, both) : null;
        }

        if (pair.Items.Count != 2)
        {
            reader.Report(Descriptors.WrongLength, node.Token, $"\"{Name}\"", "2 numbers on each axis, before and after", Text.Plural(pair.Items.Count, "value"));
            return null;
        }

        var before = reader.Integer(reader.Resolve(pair.Items[0]), Name, 0, Maximum);
        var after = reader.Integer(reader.Resolve(pair.Items[1]), Name, 0, Maximum);
        return before is { } b && after is { } a ? (b, a) : null;
    }
}

/// <summary>Two numbers, the smaller first.</summary>
internal sealed class IntervalKey(string name, NumberRange range, string description) : Key<Interval>(name, description)
{
    public NumberRange Range { get; } = range;

    /// <summary>Where the interval of a single number begins: at its negative, at 0, or nowhere, if both ends must be given.</summary>
    public SingleNumber Single { get; init; }

    /// <summary>The single numbers that it takes; Keras's own reading of a negative one is that of its absolute value.</summary>
    public NumberRange SingleRange => new(Math.Max(Range.Minimum, 0), Range.Maximum);

    public override string Expected => Single switch
    {
        SingleNumber.None => $"2 numbers {Range}, [low, high]",
        SingleNumber.FromNegative => $"a number {SingleRange} for both directions, or [low, high], 2 numbers {Range}",
        _ => $"[low, high], 2 numbers {Range}, or a number for [0, high]",
    };

    public override object? Read(JsonNode node, ValueReader reader)
    {
        if (node is not JsonArray array)
        {
            if (Single == SingleNumber.None || node is not JsonNumber)
            {
                reader.ReportType(node, Name, Expected);
                return null;
            }

            return reader.Number(node, Name, SingleRange) is { } end ? Of(end) : null;
        }

        if (array.Items.Count != 2)
        {
            reader.Report(Descriptors.WrongLength, node.Token, $"\"{Name}\"", "2 numbers, [low, high]", Text.Plural(array.Items.Count, "value"));
            return null;
        }

        var low = reader.Number(reader.Resolve(array.Items[0]), Name, Range);
        var high = reader.Number(reader.Resolve(array.Items[1]), Name, Range);
        if (low > high)
        {
            reader.Report(Descriptors.Conflict, node.Token, $"the first number of \"{Name}\" must not exceed the second");
            return null;
        }

        return low is { } smallest && high is { } largest ? new Interval(smallest, largest) : null;
    }

    public override string Format(object value)
    {
        var interval = (Interval)value;
        return Single != SingleNumber.None && interval == Of(interval.High) ? Text.Number(interval.High) : interval.ToString();
    }

    private Interval Of(double end) => new(Single == SingleNumber.FromNegative ? -end : 0, end);
}

/// <summary>What a single number in the place of an interval stands for.</summary>
internal enum SingleNumber
{
    None,
    FromNegative,
    FromZero,
}
