using System.Globalization;

namespace FashionCnn.Compiler.Syntax;

/// <summary>How messages, documentation and generated code write numbers and lists: in the same way under every culture.</summary>
internal static class Text
{
    private const int MaxNames = 40;

    /// <summary>6694346 as <c>6,694,346</c>.</summary>
    public static string Count(long value) => value.ToString(value is >= 0 and < 1000 ? "D" : "N0", CultureInfo.InvariantCulture);

    /// <summary>The shortest decimal that reads back as the same number, such as <c>0.0001</c> or <c>1e-7</c>.</summary>
    public static string Number(double value) => Decimals.Shortest(value);

    /// <summary>An integer without signs between its digits.</summary>
    public static string Integer(int value) => value.ToString(CultureInfo.InvariantCulture);

    /// <summary><c>1 value</c>, <c>3 values</c>.</summary>
    public static string Plural(long count, string noun, string? plural = null) => count == 1 ? $"1 {noun}" : $"{Count(count)} {plural ?? noun + "s"}";

    /// <summary><c>valid, same</c>.</summary>
    public static string List(IEnumerable<string> items) => string.Join(", ", items);

    /// <summary>Names that the spec gives, of which there may be any number.</summary>
    public static string Names(IReadOnlyCollection<string> names) =>
        names.Count <= MaxNames ? List(names) : $"{List(names.Take(MaxNames))} and {Count(names.Count - MaxNames)} more";

    /// <summary><c>"valid" or "same"</c>.</summary>
    public static string OneOf(IReadOnlyList<string> items) => items.Count switch
    {
        1 => $"\"{items[0]}\"",
        _ => string.Join(", ", items.Take(items.Count - 1).Select(item => $"\"{item}\"")) + $" or \"{items[items.Count - 1]}\"",
    };
}
