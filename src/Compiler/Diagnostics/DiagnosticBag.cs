using FashionCnn.Compiler.Syntax;

namespace FashionCnn.Compiler.Diagnostics;

/// <summary>A diagnostic before its span has been turned into lines.</summary>
internal sealed record RawDiagnostic(DiagnosticRule Rule, TextSpan Span, EquatableArray<string> Arguments)
{
    /// <summary>Changes that its message suggests.</summary>
    public EquatableArray<SpecFix> Fixes { get; init; } = [];
}

/// <summary>
/// Collects the diagnostics of one spec. One fault of a block's text is met again at each use: of diagnostics with one id at one
/// place only the first stays.
/// </summary>
internal sealed class DiagnosticBag
{
    public const int MaxErrors = 500;
    private const int MaxNotes = 500;
    private const int MaxReports = 100_000;
    private const int MaxArgumentLength = 2_000;

    private readonly HashSet<(string Id, TextSpan Span)> seen = [];
    private readonly List<RawDiagnostic> diagnostics = new List<RawDiagnostic>();

    private int errors;
    private int notes;
    private int reports;

    public bool HasErrors => errors > 0;

    /// <summary>Nothing that is still found would be shown: the work may end here.</summary>
    public bool IsFull => errors > MaxErrors || (HasErrors && reports > MaxReports);

    /// <summary>The diagnostics in the order of the text.</summary>
    public EquatableArray<RawDiagnostic> ToSorted() =>
        diagnostics.OrderBy(diagnostic => diagnostic.Span.Start).ThenBy(diagnostic => diagnostic.Rule.Id, StringComparer.Ordinal).ToEquatableArray();

    /// <summary>The messages of the lints, with their ids.</summary>
    public EquatableArray<string> Notes() => ToSorted()
        .Where(diagnostic => diagnostic.Rule.Severity == Severity.Info)
        .Select(diagnostic => $"{diagnostic.Rule.Id}: {diagnostic.Rule.Message(diagnostic.Arguments)}")
        .ToEquatableArray();

    public void Report(DiagnosticRule rule, TextSpan span, params string[] arguments) => Report(rule, span, fix: null, arguments);

    /// <summary>
    /// Whether this was reported at this place before. It is counted then, and need not be reported: what a message says may take long to find.
    /// </summary>
    public bool IsRepeated(DiagnosticRule rule, TextSpan span)
    {
        if (!seen.Contains((rule.Id, span)))
        {
            return false;
        }

        reports++;
        return true;
    }

    /// <summary>Reports what a change of the text would mend.</summary>
    public void Report(DiagnosticRule rule, TextSpan span, SpecFix? fix, params string[] arguments)
    {
        reports++;
        if (errors > MaxErrors || !seen.Add((rule.Id, span)))
        {
            return;
        }

        if (rule.Severity != Severity.Error)
        {
            if (++notes <= MaxNotes)
            {
                Add(rule, span, fix, arguments);
            }
        }
        else if (++errors > MaxErrors)
        {
            Add(Descriptors.TooManyErrors, span, fix: null, Text.Count(MaxErrors));
        }
        else
        {
            Add(rule, span, fix, arguments);
        }
    }

    private void Add(DiagnosticRule rule, TextSpan span, SpecFix? fix, params string[] arguments) =>
        diagnostics.Add(new RawDiagnostic(rule, span, [.. arguments.Select(Clip)]) { Fixes = fix is null ? [] : [fix] });

    // A word of the text may be as long as the text, and hold what cannot be seen.
    private static string Clip(string argument) =>
        Visible.Text(argument.Length <= MaxArgumentLength ? argument : argument.Substring(0, MaxArgumentLength) + "...");
}
