using System.Globalization;
using System.Numerics;
using System.Text.RegularExpressions;
using FashionCnn.Compiler.Diagnostics;
using FashionCnn.Compiler.Syntax;

namespace FashionCnn.Compiler.Keys;

/// <summary>
/// Computes <c>"$filters * 6"</c>: integers, parameters of a block, the four operations and parentheses, with the usual precedence.
/// Messages about what cannot be had point at the argument that the first parameter stands for, since it is what can be changed.
/// </summary>
internal sealed class Formula
{
    // Parentheses within each other take room on the stack.
    private const int MaxLength = 200;

    private readonly JsonString written;
    private readonly Func<string, JsonNode> argument;
    private readonly ValueReader reader;
    private int place;
    private TextSpan? blamed;
    private TextSpan? latest;
    private bool isUnknown;

    private Formula(JsonString written, Func<string, JsonNode> argument, ValueReader reader)
    {
        this.written = written;
        this.argument = argument;
        this.reader = reader;
    }

    /// <summary>A text that is to be computed; a parameter alone is not.</summary>
    public static bool IsFormula(string text) => text.IndexOf('$') is var dollar and >= 0 && !(dollar == 0 && Identifier.IsIdentifier(text.Substring(1)));

    /// <summary>The number that a formula comes to; unknown after an error.</summary>
    /// <param name="written">The formula.</param>
    /// <param name="argument">The value of a parameter; it reports one that does not exist, and gives an unknown one for it.</param>
    /// <param name="reader">Reports.</param>
    public static JsonNode Compute(JsonString written, Func<string, JsonNode> argument, ValueReader reader)
    {
        if (written.Value.Length > MaxLength)
        {
            reader.Report(Descriptors.InvalidFormula, written.Token, written.Value.Substring(0, 30) + "...", $"it is longer than {MaxLength} characters");
            return new UnknownNode(written.Span);
        }

        var formula = new Formula(written, argument, reader);
        var value = formula.Sum();
        if (value is not null && formula.Peek() is not '\0')
        {
            value = formula.Fail($"'{formula.Peek()}' is not expected there");
        }

        var span = formula.blamed ?? written.Span;
        return value is not { } number || formula.isUnknown ? new UnknownNode(span) : new ComputedNumber(span, number.ToString(CultureInfo.InvariantCulture), written.Value);
    }

    /// <summary>The text with another name for a parameter.</summary>
    public static string Renamed(string text, string name, string other) => Regex.Replace(text, $@"\${Regex.Escape(name)}(?!\w)", $"$${other}");

    private BigInteger? Sum()
    {
        var value = Product();
        while (value is { } left && Peek() is '+' or '-')
        {
            var sign = Take();
            value = Product() is not { } right ? null : sign == '+' ? left + right : left - right;
        }

        return value;
    }

    private BigInteger? Product()
    {
        var value = Operand();
        while (value is { } left && Peek() is '*' or '/')
        {
            var operation = Take();
            value = Operand() is not { } right ? null : operation == '*' ? left * right : Quotient(left, right);
        }

        return value;
    }

    private BigInteger? Quotient(BigInteger left, BigInteger right)
    {
        if (isUnknown)
        {
            return BigInteger.One;
        }

        if (!right.IsZero && (left % right).IsZero)
        {
            return left / right;
        }

        reader.Report(
            Descriptors.UnevenDivision, (right.IsZero ? latest : blamed) ?? written.Token, written.Value,
            right.IsZero ? FormattableString.Invariant($"{left} / 0 has no value") : FormattableString.Invariant($"{left} / {right} leaves {left % right}"));
        return null;
    }

    private BigInteger? Operand()
    {
        if (Peek() == '(')
        {
            Take();
            var value = Sum();
            return value is null ? null : Peek() == ')' ? Closed(value) : Fail("a ')' is missing");
        }

        if (Peek() == '$')
        {
            Take();
            var name = Word(static character => character is '_' or (>= 'a' and <= 'z') or (>= 'A' and <= 'Z') or (>= '0' and <= '9'));
            return name.Length == 0 ? Fail("a '$' is not followed by a name") : Argument(name);
        }

        var digits = Word(static character => character is >= '0' and <= '9');
        return digits.Length > 0 ? BigInteger.Parse(digits, CultureInfo.InvariantCulture)
            : Fail(Peek() == '\0' ? "it ends where a number or a parameter is expected" : $"'{Peek()}' stands where a number or a parameter is expected");
    }

    private BigInteger? Argument(string name)
    {
        var value = argument(name);
        if (value is UnknownNode)
        {
            // Nothing is known of the value, but the rest may have mistakes of its own.
            isUnknown = true;
            return BigInteger.One;
        }

        if (value is JsonNumber number && long.TryParse(number.Text, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out var result))
        {
            blamed ??= value.Token;
            latest = value.Token;
            return result;
        }

        reader.Report(Descriptors.WrongType, value.Token, $"'{name}' in \"{written.Value}\"", "an integer that fits into 64 bits", value is JsonNumber other ? ValueReader.Written(other) : value.Kind);
        return null;
    }

    private BigInteger? Closed(BigInteger? value)
    {
        Take();
        return value;
    }

    private BigInteger? Fail(string why)
    {
        reader.Report(Descriptors.InvalidFormula, written.Token, written.Value, why);
        return null;
    }

    /// <summary>The next character that is no space; zero at the end.</summary>
    private char Peek()
    {
        while (place < written.Value.Length && written.Value[place] == ' ')
        {
            place++;
        }

        return place < written.Value.Length ? written.Value[place] : '\0';
    }

    private char Take()
    {
        var next = Peek();
        place++;
        return next;
    }

    private string Word(Func<char, bool> belongs)
    {
        var start = place;
        while (place < written.Value.Length && belongs(written.Value[place]))
        {
            place++;
        }

        return written.Value.Substring(start, place - start);
    }
}

/// <summary>The number that a formula came to, at the place of the argument that it came from.</summary>
internal sealed class ComputedNumber(TextSpan span, string text, string formula) : JsonNumber(span, text)
{
    /// <summary>The formula as it is written.</summary>
    public string Formula { get; } = formula;
}
