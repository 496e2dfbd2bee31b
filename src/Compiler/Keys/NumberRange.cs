using FashionCnn.Compiler.Syntax;

namespace FashionCnn.Compiler.Keys;

/// <summary>The numbers that a key takes. A bound that is infinite is none.</summary>
internal readonly record struct NumberRange(double Minimum, double Maximum, bool ExcludesMinimum = false, bool ExcludesMaximum = false)
{
    /// <summary>0 ≤ x &lt; 1.</summary>
    public static NumberRange Fraction => new(0, 1, ExcludesMaximum: true);

    /// <summary>0 ≤ x ≤ 1.</summary>
    public static NumberRange UpToOne => new(0, 1);

    public static NumberRange AboveZero => new(0, double.PositiveInfinity, ExcludesMinimum: true);

    public static NumberRange ZeroOrMore => new(0, double.PositiveInfinity);

    public static NumberRange Any => new(double.NegativeInfinity, double.PositiveInfinity);

    public bool Contains(double value) =>
        (ExcludesMinimum ? value > Minimum : value >= Minimum)
        && (ExcludesMaximum ? value < Maximum : value <= Maximum)
        && !double.IsInfinity(value);

    public override string ToString()
    {
        var lower = double.IsInfinity(Minimum) ? null : ExcludesMinimum ? $"above {Text.Number(Minimum)}" : $"of at least {Text.Number(Minimum)}";
        var upper = double.IsInfinity(Maximum) ? null : ExcludesMaximum ? $"below {Text.Number(Maximum)}" : $"of at most {Text.Number(Maximum)}";
        return (lower, upper) switch
        {
            (null, null) => "of any size",
            (null, _) => upper,
            (_, null) => lower,
            _ => $"{lower} and {upper!.Replace("of at most", "at most")}",
        };
    }
}
