using System.Globalization;
using System.Numerics;

namespace FashionCnn.Compiler.Syntax;

/// <summary>
/// Numbers as text and back, exactly, on every platform that a compiler runs on: the .NET Framework, inside Visual Studio, reads and writes
/// some numbers of 16 and 17 digits one step off.
/// </summary>
internal static class Decimals
{
    private const int MaxDigits = 17;
    private const int LongestExact = 400;
    private const int MantissaBits = 52;
    private const int SmallestExponent = -1074;

    // Integers of so many digits, and the powers of ten below, are exact, so a quotient of two of them is rounded once and correctly.
    private const int ExactDigits = 15;
    private static readonly double[] Powers = [1, 1e1, 1e2, 1e3, 1e4, 1e5, 1e6, 1e7, 1e8, 1e9, 1e10, 1e11, 1e12, 1e13, 1e14, 1e15];

    /// <summary>The shortest decimal that reads back as the same number, such as <c>0.0001</c> or <c>1e-7</c>. The number is finite.</summary>
    public static string Shortest(double value)
    {
        if (value == 0)
        {
            return "0";
        }

        var sign = value < 0 ? "-" : string.Empty;
        if (TryShort(Math.Abs(value)) is { } text)
        {
            return sign + text;
        }

        for (var count = 1; ; count++)
        {
            // Always in the form d.ddde+xxx.
            text = Math.Abs(value).ToString("e" + (count - 1).ToString(CultureInfo.InvariantCulture), CultureInfo.InvariantCulture);
            var mark = text.IndexOf('e');
            var exponent = int.Parse(text.Substring(mark + 1), CultureInfo.InvariantCulture);
            var digits = BigInteger.Parse(text.Substring(0, mark).Replace(".", string.Empty), CultureInfo.InvariantCulture);
            var side = Compare(digits, exponent - count + 1, Math.Abs(value));
            if (side < 0 && Compare(digits + 1, exponent - count + 1, Math.Abs(value)) == 0)
            {
                // Below a power of two numbers are closer together: the decimal above may be meant where the nearest is not.
                (digits, side) = (digits + 1, 0);
            }

            if (side == 0 || count == MaxDigits)
            {
                var written = digits.ToString(CultureInfo.InvariantCulture);
                return sign + Write(written.TrimEnd('0'), exponent + written.Length - count);
            }
        }
    }

    /// <summary>The number that is nearest to a text of JSON; infinite when it is beyond the largest.</summary>
    public static double Read(string text)
    {
        if (TryShort(text) is { } exact)
        {
            return exact;
        }

        // The .NET Framework refuses what is too large.
        if (!double.TryParse(text, NumberStyles.Float, CultureInfo.InvariantCulture, out var value))
        {
            return text.StartsWith("-", StringComparison.Ordinal) ? double.NegativeInfinity : double.PositiveInfinity;
        }

        // Nobody writes a number as long as that and means its last digit.
        if (value == 0 || double.IsNaN(value) || double.IsInfinity(value) || text.Length > LongestExact)
        {
            return value;
        }

        var (digits, exponent) = Parts(text.TrimStart('-'));
        var magnitude = Math.Abs(value);
        while (!double.IsInfinity(magnitude) && Compare(digits, exponent, magnitude) is not 0 and var step)
        {
            magnitude = BitConverter.Int64BitsToDouble(BitConverter.DoubleToInt64Bits(magnitude) + step);
        }

        return value < 0 ? -magnitude : magnitude;
    }

    /// <summary>A text of JSON says 0: it has no other digit before its exponent.</summary>
    public static bool IsZero(string text) => text.TakeWhile(character => character is not ('e' or 'E')).All(character => character is '-' or '0' or '.');

    // Nearly all numbers of specs have few digits and no exponent.
    private static string? TryShort(double magnitude)
    {
        for (var places = 0; places < Powers.Length && magnitude * Powers[places] < Powers[ExactDigits]; places++)
        {
            var digits = Math.Round(magnitude * Powers[places]);
            if (digits > 0 && digits / Powers[places] == magnitude)
            {
                var written = ((long)digits).ToString(CultureInfo.InvariantCulture);
                return Write(written.TrimEnd('0'), written.Length - 1 - places);
            }
        }

        return null;
    }

    private static double? TryShort(string text)
    {
        var (digits, count, places) = (0L, 0, -1);
        foreach (var character in text)
        {
            if (character == '.')
            {
                places = 0;
            }
            else if (character is >= '0' and <= '9' && count < ExactDigits)
            {
                digits = (10 * digits) + (character - '0');
                count++;
                places += places < 0 ? 0 : 1;
            }
            else
            {
                return null;
            }
        }

        return digits / Powers[Math.Max(places, 0)];
    }

    private static (BigInteger Digits, int Exponent) Parts(string text)
    {
        var mark = text.IndexOfAny(['e', 'E']);
        var mantissa = mark < 0 ? text : text.Substring(0, mark);
        var point = mantissa.IndexOf('.');
        return (
            BigInteger.Parse(mantissa.Replace(".", string.Empty), CultureInfo.InvariantCulture),
            (mark < 0 ? 0 : int.Parse(text.Substring(mark + 1), CultureInfo.InvariantCulture)) - (point < 0 ? 0 : mantissa.Length - point - 1));
    }

    /// <summary>Whether digits × 10^exponent is nearest to a number above 0, or to one below it or above it: 0, -1 or 1.</summary>
    private static int Compare(BigInteger digits, int exponent, double value)
    {
        var bits = BitConverter.DoubleToInt64Bits(value);
        var field = (int)(bits >> MantissaBits);
        var fraction = bits & ((1L << MantissaBits) - 1);
        var mantissa = field == 0 ? fraction : fraction | (1L << MantissaBits);
        var power = SmallestExponent + Math.Max(field - 1, 0);
        // Half a step to either side, in quarters of a step; below a power of two a step is half as long.
        var above = CompareExactly((4 * (BigInteger)mantissa) + 2, power - 2);
        var below = CompareExactly((4 * (BigInteger)mantissa) - (fraction == 0 && field > 1 ? 1 : 2), power - 2);
        // A tie goes to the even one.
        var isEven = mantissa % 2 == 0;
        return above > 0 || (above == 0 && !isEven) ? 1 : below < 0 || (below == 0 && !isEven) ? -1 : 0;

        int CompareExactly(BigInteger number, int two) =>
            (digits * BigInteger.Pow(10, Math.Max(exponent, 0)) * BigInteger.Pow(2, Math.Max(-two, 0)))
            .CompareTo(number * BigInteger.Pow(2, Math.Max(two, 0)) * BigInteger.Pow(10, Math.Max(-exponent, 0)));
    }

    private static string Write(string digits, int exponent)
    {
        if (exponent is < -5 or >= 15)
        {
            return (digits.Length == 1 ? digits : $"{digits[0]}.{digits.Substring(1)}") + "e" + exponent.ToString(CultureInfo.InvariantCulture);
        }

        return exponent < 0 ? "0." + new string('0', -exponent - 1) + digits
            : digits.Length <= exponent + 1 ? digits.PadRight(exponent + 1, '0')
            : digits.Insert(exponent + 1, ".");
    }
}
