using FashionCnn.Compiler.Diagnostics;
using FashionCnn.Compiler.Keys;
using FashionCnn.Compiler.Syntax;

namespace FashionCnn.Compiler.Training;

/// <summary>Something that is wrong with training settings, in the words that a spec would get.</summary>
/// <param name="Rule">Which rule is broken.</param>
/// <param name="Setting">Which setting, by its keys from the outside in: <c>optimizer.momentum</c>; empty for all of them.</param>
/// <param name="Message">What is wrong, with the place in front: <c>training.optimizer (SGD): "momentum" must be …</c>.</param>
/// <param name="Lines">Where in the text it stands.</param>
internal sealed record TrainingFault(DiagnosticRule Rule, string Setting, string Message, LineSpan Lines);

/// <summary>A setting as it is declared: for help texts, and for comparing other declarations with this one.</summary>
/// <param name="Section">Where it stands: <c>optimizer</c>; empty for <c>training</c> itself.</param>
/// <param name="Type">The object's <c>type</c>; empty where there is no choice.</param>
/// <param name="Name">Its key.</param>
/// <param name="Description">What it does, as a part of a sentence.</param>
/// <param name="Expected">What it takes: <c>a number of at least 0 and below 1</c>.</param>
/// <param name="Default">What it is when nobody says, as JSON; null when it must be given, or may be left out altogether.</param>
/// <param name="IsRequired">It must be given.</param>
internal sealed record TrainingSetting(string Section, string Type, string Name, string Description, string Expected, string? Default, bool IsRequired);

/// <summary>The rules of the <c>training</c> section, for settings that come from elsewhere: a command line, a file, a program.</summary>
internal static class TrainingCheck
{
    private static readonly string[] NamedNumbers = ["NaN", "Infinity", "-Infinity"];

    /// <summary>All settings, in the order of the reference page.</summary>
    public static IReadOnlyList<TrainingSetting> Settings { get; } =
    [
        .. Declared(string.Empty, string.Empty, TrainingTable.Keys),
        .. Optimizers.All.SelectMany(kind => Declared(TrainingTable.Optimizer, kind.Type, kind.Table)),
        .. Schedules.All.SelectMany(kind => Declared(TrainingTable.Schedule, kind.Type, kind.Table)),
        .. Declared(TrainingTable.EarlyStopping, string.Empty, TrainingTable.EarlyStoppingKeys),
    ];

    /// <summary>What is wrong with settings; empty when they can be trained with.</summary>
    /// <param name="json">
    /// An object as a spec's <c>training</c>. The strings that serializers write for what is not a finite number count as numbers, since
    /// none of them is in any range. A member that is null is not there.
    /// </param>
    public static IReadOnlyList<TrainingFault> Faults(string json)
    {
        var bag = new DiagnosticBag();
        var root = JsonParser.Parse(json, out var error);
        if (error is not null)
        {
            bag.Report(Descriptors.Of(error.Kind), error.Span, error.Arguments);
        }

        var settings = root is null ? null : Plain(root);
        if (settings is not null)
        {
            _ = TrainingBinder.Bind(settings, bag);
        }

        var lines = new LineMap(json);
        return
        [
            .. bag.ToSorted().Select(fault => new TrainingFault(
                fault.Rule, settings is null ? string.Empty : SettingAt(settings, fault.Span), fault.Rule.Message(fault.Arguments), lines.At(lines.Within(fault.Span)))),
        ];
    }

    private static IEnumerable<TrainingSetting> Declared(string section, string type, KeyTable table) =>
        table.Keys.Select(key => new TrainingSetting(section, type, key.Name, key.Description, key.Expected, key.Default is { } value ? key.Format(value) : null, key.IsRequired));

    private static JsonNode Plain(JsonNode node) => node switch
    {
        JsonObject settings => new JsonObject(
            settings.Span,
            [.. settings.Members.Where(member => member.Value is not JsonNull).Select(member => new JsonMember(member.Name, member.NameSpan, Plain(member.Value)))]),
        JsonArray array => new JsonArray(array.Span, [.. array.Items.Select(Plain)]),
        JsonString text when NamedNumbers.Contains(text.Value) => new JsonNumber(text.Span, text.Value),
        _ => node,
    };

    /// <summary>The keys that lead to a token.</summary>
    private static string SettingAt(JsonNode node, TextSpan token)
    {
        if (node is JsonObject settings)
        {
            foreach (var member in settings.Members)
            {
                if (token.Start >= member.NameSpan.Start && token.End <= member.Value.Span.End)
                {
                    var inner = SettingAt(member.Value, token);
                    return inner.Length == 0 ? member.Name : $"{member.Name}.{inner}";
                }
            }
        }

        return string.Empty;
    }
}
