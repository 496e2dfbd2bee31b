using System.CommandLine;
using System.Globalization;

namespace FashionCnn.Commands;

/// <summary>Makes options whose values are checked with a message that says what is expected.</summary>
internal static class Options
{
    public static Argument<string> Model(IEnumerable<string> ids)
    {
        var argument = new Argument<string>("model") { Description = "The model's id, as shown by list, or the path of a spec.", HelpName = "model" };
        argument.CompletionSources.Add(_ => ids.Select(id => new System.CommandLine.Completions.CompletionItem(id)));
        return argument;
    }

    public static Option<long?> Integer(string name, long minimum, long maximum, string description) => Create<long?>(
        name,
        description,
        text => long.TryParse(text, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out var value) && value >= minimum && value <= maximum ? value : null,
        $"a whole number from {minimum.ToString("N0", CultureInfo.InvariantCulture)} to {maximum.ToString("N0", CultureInfo.InvariantCulture)}");

    public static Option<double?> Positive(string name, string description, string examples = "0.001 or 1e-3") => Create<double?>(
        name,
        description,
        text => double.TryParse(text, NumberStyles.Float, CultureInfo.InvariantCulture, out var value) && value > 0 && double.IsFinite(value) ? value : null,
        $"a number above 0, such as {examples}");

    public static Option<double?> Fraction(string name, string description) => Create<double?>(
        name,
        description,
        text => double.TryParse(text, NumberStyles.Float, CultureInfo.InvariantCulture, out var value) && value is >= 0 and < 1 ? value : null,
        "a number from 0 to below 1, such as 0.1");

    public static Option<double?> ShareOf(string name, string description) => Create<double?>(
        name,
        description,
        text => double.TryParse(text, NumberStyles.Float, CultureInfo.InvariantCulture, out var value) && value is > 0 and < 1 ? value : null,
        "a number above 0 and below 1, such as 0.2");

    public static Option<string?> Choice(string name, string[] choices, string description)
    {
        var option = Create(name, description, text => choices.Contains(text) ? text : null, choices.Length == 1 ? choices[0] : string.Join(", ", choices[..^1]) + " or " + choices[^1]);
        option.HelpName = string.Join('|', choices);
        option.CompletionSources.Add(choices);
        return option;
    }

    private static Option<T?> Create<T>(string name, string description, Func<string, T?> parse, string expected) => new(name)
    {
        Description = description,
        HelpName = "number",
        CustomParser = result =>
        {
            var text = result.Tokens[0].Value;
            var value = parse(text);
            if (value is null)
            {
                result.AddError($"{name} {text}: give {expected}.");
            }

            return value;
        },
    };
}
