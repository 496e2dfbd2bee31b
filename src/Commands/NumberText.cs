using System.Globalization;

namespace FashionCnn.Commands;

/// <summary>Numbers as every table, line and report of the program writes them.</summary>
internal static class NumberText
{
    /// <summary>Stands for a number that there is none of.</summary>
    public const string Missing = "-";

    /// <summary>A loss, or a share from 0 to 1.</summary>
    public static string Number(double? value) => value?.ToString("0.0000", CultureInfo.InvariantCulture) ?? Missing;

    /// <summary>The sizes of a shape: 28x28x1.</summary>
    public static string Shape<T>(IEnumerable<T> sizes) => string.Join('x', sizes);

    /// <summary>A time in seconds, which those in the same table are compared with.</summary>
    public static string Seconds(double? value) => value is { } seconds ? string.Create(CultureInfo.InvariantCulture, $"{seconds:0.0} s") : Missing;

    /// <summary>A time in seconds, beside the study's.</summary>
    public static string StudySeconds(double? value) => value is { } seconds ? string.Create(CultureInfo.InvariantCulture, $"{seconds:0.00} s") : Missing;

    /// <summary>A probability; one that would be rounded to 1 is not called certain.</summary>
    public static string Probability(float value) => value >= 0.99995f ? "> 0.9999" : Number(value);

    /// <summary>A p-value.</summary>
    public static string PValue(double value) => value < 0.0001 ? "below 0.0001" : Number(value);

    /// <summary>A count with its thousands apart.</summary>
    public static string Count(double? value) => value?.ToString("N0", CultureInfo.InvariantCulture) ?? Missing;

    /// <summary>A count and what is counted.</summary>
    public static string Plural(long count, string noun) => count == 1 ? $"1 {noun}" : $"{Count(count)} {noun}s";

    /// <summary>The time until something ends, as a clock that runs backwards shows it.</summary>
    public static string Countdown(TimeSpan left) => left.TotalHours < 1
        ? left.ToString(@"mm\:ss", CultureInfo.InvariantCulture)
        : string.Create(CultureInfo.InvariantCulture, $"{Math.Floor(left.TotalHours):0}:{left:mm\\:ss}");

    /// <summary>A time in the units that fit it.</summary>
    public static string Duration(double? duration)
    {
        if (duration is not { } seconds)
        {
            return Missing;
        }

        var whole = Math.Round(seconds);
        return whole < 60 ? string.Create(CultureInfo.InvariantCulture, $"{seconds:0.0} s")
            : whole < 3600 ? string.Create(CultureInfo.InvariantCulture, $"{Math.Floor(whole / 60):0} min {whole % 60:0} s")
            : string.Create(CultureInfo.InvariantCulture, $"{Math.Floor(whole / 3600):0} h {Math.Floor(whole % 3600 / 60):0} min");
    }
}
