using System.Globalization;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.Text;

namespace FashionCnn.Generator.Diagnostics;

/// <summary>A diagnostic before its span has been turned into lines.</summary>
internal sealed record RawDiagnostic(DiagnosticDescriptor Descriptor, TextSpan Span, EquatableArray<string> Arguments)
{
    public string Message => string.Format(
        CultureInfo.InvariantCulture, Descriptor.MessageFormat.ToString(CultureInfo.InvariantCulture), Arguments.ToArray<object?>());
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
        diagnostics.OrderBy(diagnostic => diagnostic.Span.Start).ThenBy(diagnostic => diagnostic.Descriptor.Id, StringComparer.Ordinal).ToEquatableArray();

    /// <summary>The messages of the lints, with their ids.</summary>
    public EquatableArray<string> Notes() => ToSorted()
        .Where(diagnostic => diagnostic.Descriptor.DefaultSeverity == DiagnosticSeverity.Info)
        .Select(diagnostic => $"{diagnostic.Descriptor.Id}: {diagnostic.Message}")
        .ToEquatableArray();

    public void Report(DiagnosticDescriptor descriptor, TextSpan span, params string[] arguments)
    {
        reports++;
        if (errors > MaxErrors || !seen.Add((descriptor.Id, span)))
        {
            return;
        }

        if (descriptor.DefaultSeverity != DiagnosticSeverity.Error)
        {
            if (++notes <= MaxNotes)
            {
                Add(descriptor, span, arguments);
            }
        }
        else if (++errors > MaxErrors)
        {
            Add(Descriptors.TooManyErrors, span, Text.Count(MaxErrors));
        }
        else
        {
            Add(descriptor, span, arguments);
        }
    }

    private void Add(DiagnosticDescriptor descriptor, TextSpan span, params string[] arguments) =>
        diagnostics.Add(new RawDiagnostic(descriptor, span, [.. arguments.Select(Clip)]));

    // A word of the text may be as long as the text.
    private static string Clip(string argument) =>
        argument.Length <= MaxArgumentLength ? argument : argument.Substring(0, MaxArgumentLength) + "...";
}
