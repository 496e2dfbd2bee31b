using System.Globalization;
using FashionCnn.Compiler.Diagnostics;
using FashionCnn.Compiler.Syntax;

namespace FashionCnn.Compiler.Keys;

/// <summary>
/// Reads the values of one object: replaces <c>"$parameter"</c> by the argument of the block's use and reports what a key cannot
/// take, saying where in the model it is.
/// </summary>
/// <param name="bag">Takes what is wrong.</param>
/// <param name="scope">The parameters of the block that is being expanded; null outside blocks.</param>
/// <param name="where">The object's place, or the place of the entry that it is.</param>
/// <param name="type">What kind of entry it is.</param>
/// <param name="usedAt">For an entry of a block, where the block is used.</param>
internal sealed class ValueReader(DiagnosticBag bag, ParameterScope? scope, string where, string? type = null, string? usedAt = null)
{
    /// <summary>The place as messages begin; made when there is one.</summary>
    public string Where => Place.Describe(where, string.Empty, type, usedAt);

    /// <summary>Nothing that is still found would be shown.</summary>
    public bool IsFull => bag.IsFull;

    public void Report(DiagnosticRule descriptor, TextSpan span, params string[] arguments) =>
        bag.Report(descriptor, span, [Where, .. arguments]);

    /// <summary>Whether this was reported at this place before, see <see cref="DiagnosticBag.IsRepeated"/>.</summary>
    public bool IsRepeated(DiagnosticRule descriptor, TextSpan span) => bag.IsRepeated(descriptor, span);

    /// <summary>Reports what a change of the text would mend.</summary>
    public void Report(DiagnosticRule descriptor, TextSpan span, SpecFix? fix, params string[] arguments) =>
        bag.Report(descriptor, span, fix, [Where, .. arguments]);

    /// <summary>Reads the values of an object that is the value of a key.</summary>
    /// <param name="key">The key.</param>
    /// <param name="kind">Which of several kinds of object it is.</param>
    public ValueReader Inside(string key, string? kind = null) => new(bag, scope, $"{where}.{key}", kind, usedAt);

    /// <summary>The node itself, the argument that a <c>"$parameter"</c> stands for, or what a formula of several comes to.</summary>
    public JsonNode Resolve(JsonNode node) =>
        node is not JsonString text ? node
        : Formula.IsFormula(text.Value) ? Formula.Compute(text, name => Argument(node, name), this)
        : text.Value.StartsWith("$", StringComparison.Ordinal) ? Argument(node, text.Value.Substring(1))
        : node;

    private JsonNode Argument(JsonNode node, string name)
    {
        if (scope is null)
        {
            Report(Descriptors.ParameterOutsideBlock, node.Token, name);
            return new UnknownNode(node.Span);
        }

        if (scope.Find(name, node.Token) is { } argument)
        {
            return argument;
        }

        var fix = Suggestion.Nearest(name, scope.Names) is { } nearest ? SpecFix.ChangeTo(node.Token, Formula.Renamed(((JsonString)node).Value, name, nearest)) : null;
        Report(Descriptors.UnknownParameter, node.Token, fix, name, scope.Block, Suggestion.For(name, scope.Names), scope.List);
        return new UnknownNode(node.Span);
    }

    /// <param name="node">The value.</param>
    /// <param name="key">Its key.</param>
    /// <param name="minimum">The smallest that is allowed.</param>
    /// <param name="maximum">The largest that is allowed.</param>
    /// <param name="alternative">What the caller also accepts, before an "or".</param>
    public int? Integer(JsonNode node, string key, int minimum, int maximum, string alternative = "")
    {
        if (node is UnknownNode)
        {
            return null;
        }

        if (node is not JsonNumber number)
        {
            ReportType(node, key, $"{alternative}an integer");
            return null;
        }

        if (number.Text.IndexOfAny(['.', 'e', 'E']) >= 0)
        {
            Report(Descriptors.NotAnInteger, node.Token, $"\"{key}\"", number.Text);
            return null;
        }

        if (long.TryParse(number.Text, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out var value)
            && value >= minimum && value <= maximum)
        {
            return (int)value;
        }

        Report(Descriptors.OutOfRange, node.Token, $"\"{key}\"", $"{alternative}an integer from {Text.Count(minimum)} to {Text.Count(maximum)}", Written(number));
        return null;
    }

    public double? Number(JsonNode node, string key, NumberRange range)
    {
        if (node is UnknownNode)
        {
            return null;
        }

        if (node is not JsonNumber number)
        {
            ReportType(node, key, $"a number {range}");
            return null;
        }

        var value = Decimals.Read(number.Text);
        if (range.Contains(value))
        {
            return value;
        }

        // Where the range is not what refuses it.
        var expected = !char.IsDigit(number.Text[number.Text.Length - 1]) ? $"a number {range}"
            : double.IsInfinity(value) && range.Contains(value > 0 ? double.MaxValue : double.MinValue) ? "a number that fits into 64 bits (the largest is 1.8e308)"
            : value == 0 && !Decimals.IsZero(number.Text) && range.Contains(number.Text[0] == '-' ? -double.Epsilon : double.Epsilon) ? "a number that fits into 64 bits (the smallest above 0 is 4.9e-324)"
            : $"a number {range}";
        Report(Descriptors.OutOfRange, node.Token, $"\"{key}\"", expected, Written(number));
        return null;
    }

    public void ReportType(JsonNode node, string key, string expected)
    {
        if (node is JsonString text && IsParameter(text))
        {
            Report(Descriptors.WrongType, node.Token, SpecFix.ChangeTo(node.Token, $"${text.Value}"), $"\"{key}\"", expected, $"{node.Kind}; did you mean \"${text.Value}\"?");
        }
        else if (node is not UnknownNode)
        {
            Report(Descriptors.WrongType, node.Token, $"\"{key}\"", expected, node.Kind);
        }
    }

    /// <summary>A number as messages show it: one of a thousand digits would bury them.</summary>
    public static string Written(JsonNumber number) =>
        (number.Text.Length <= 30 ? number.Text : number.Text.Substring(0, 27) + "...") + (number is ComputedNumber computed ? $", from \"{computed.Formula}\"" : string.Empty);

    /// <summary>A parameter of the block that is being expanded has this name: a <c>$</c> may have been forgotten.</summary>
    public bool IsParameter(JsonString text) => !text.IsGiven && scope is not null && scope.Names.Contains(text.Value);
}
