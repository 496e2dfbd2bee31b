using FashionCnn.Compiler.Diagnostics;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.Text;
using TextSpan = Microsoft.CodeAnalysis.Text.TextSpan;

namespace FashionCnn.Generator;

/// <summary>What the compiler says of a spec, as Roslyn's.</summary>
internal static class RoslynDiagnostic
{
    /// <summary>Roslyn's descriptor of each rule. Errors cannot be switched off; lints can.</summary>
    public static IReadOnlyDictionary<DiagnosticRule, DiagnosticDescriptor> Descriptors { get; } =
        Compiler.Diagnostics.Descriptors.All.ToDictionary(rule => rule, Create);

    public static Diagnostic Of(SpecDiagnostic diagnostic) => Diagnostic.Create(
        Descriptors[diagnostic.Rule],
        Location.Create(
            diagnostic.Path,
            new TextSpan(diagnostic.Span.Start, diagnostic.Span.Length),
            new LinePositionSpan(Of(diagnostic.Lines.Start), Of(diagnostic.Lines.End))),
        diagnostic.Arguments.ToArray<object?>());

    private static Microsoft.CodeAnalysis.Text.LinePosition Of(Compiler.Syntax.LinePosition position) => new(position.Line, position.Character);

    private static DiagnosticDescriptor Create(DiagnosticRule rule) => new(
        rule.Id,
        rule.Title,
        rule.Format,
        "FashionCnn",
        rule.Severity == Severity.Error ? DiagnosticSeverity.Error : DiagnosticSeverity.Info,
        isEnabledByDefault: true,
        helpLinkUri: $"docs/diagnostics.md#{rule.Id.ToLowerInvariant()}",
        customTags: rule.Severity == Severity.Error ? [WellKnownDiagnosticTags.NotConfigurable] : []);
}
