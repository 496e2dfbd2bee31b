using FashionCnn.Compiler.Syntax;

namespace FashionCnn.Compiler.Diagnostics;

/// <summary>A finding about a spec: plain data, which holds no text and equals any other that says the same.</summary>
/// <param name="Rule">Which rule it is about.</param>
/// <param name="Path">The spec's file.</param>
/// <param name="Span">The token.</param>
/// <param name="Lines">The same by lines.</param>
/// <param name="Arguments">What fills the rule's message.</param>
public sealed record SpecDiagnostic(DiagnosticRule Rule, string Path, TextSpan Span, LineSpan Lines, EquatableArray<string> Arguments)
{
    /// <summary>Changes of the text that the message suggests, and with which there is nothing more to say here; often none.</summary>
    internal EquatableArray<SpecFix> Fixes { get; init; } = [];

    /// <summary>The message, in one line.</summary>
    public string Message => Rule.Message(Arguments);

    /// <summary>The severity as a build prints it: <c>error</c>, <c>warning</c> or <c>info</c>.</summary>
    public string SeverityName => Rule.Severity switch
    {
        Severity.Error => "error",
        Severity.Warning => "warning",
        _ => "info",
    };

    /// <summary>As a build prints it: <c>specs/model4.json(41,21): error FCNN2003: layers[16] …</c>.</summary>
    public override string ToString() =>
        $"{Path}({Lines.Start.Line + 1},{Lines.Start.Character + 1}): {SeverityName} {Rule.Id}: {Message}";

    internal static SpecDiagnostic Create(RawDiagnostic diagnostic, string path, LineMap lines)
    {
        var span = lines.Within(diagnostic.Span);
        return new SpecDiagnostic(diagnostic.Rule, path, span, lines.At(span), diagnostic.Arguments) { Fixes = diagnostic.Fixes };
    }
}
