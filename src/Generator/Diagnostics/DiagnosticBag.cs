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
    private readonly HashSet<(string Id, TextSpan Span)> seen = [];
    private readonly List<RawDiagnostic> diagnostics = new List<RawDiagnostic>();

    public bool HasErrors { get; private set; }

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
        if (!seen.Add((descriptor.Id, span)))
        {
            return;
        }

        diagnostics.Add(new RawDiagnostic(descriptor, span, arguments.ToEquatableArray()));
        HasErrors |= descriptor.DefaultSeverity == DiagnosticSeverity.Error;
    }
}
