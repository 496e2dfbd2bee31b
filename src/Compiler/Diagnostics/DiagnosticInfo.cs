using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.Text;

namespace FashionCnn.Generator.Diagnostics;

/// <summary>A diagnostic as plain data, so that the incremental pipeline can compare and keep it without holding a text.</summary>
internal sealed record DiagnosticInfo(
    DiagnosticDescriptor Descriptor, string Path, TextSpan Span, LinePositionSpan Lines, EquatableArray<string> Arguments)
{
    public static DiagnosticInfo Create(RawDiagnostic diagnostic, string path, SourceText text)
    {
        var span = TextSpan.FromBounds(
            Math.Min(diagnostic.Span.Start, text.Length), Math.Min(diagnostic.Span.End, text.Length));
        return new DiagnosticInfo(diagnostic.Descriptor, path, span, text.Lines.GetLinePositionSpan(span), diagnostic.Arguments);
    }

    public Diagnostic ToDiagnostic() =>
        Diagnostic.Create(Descriptor, Location.Create(Path, Span, Lines), Arguments.ToArray<object?>());
}
