using FashionCnn.Compiler.Diagnostics;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.Text;
using TextSpan = Microsoft.CodeAnalysis.Text.TextSpan;

namespace FashionCnn.Generator;

/// <summary>What the compiler says of a spec, as Roslyn's.</summary>
internal static class RoslynDiagnostic
{
    /// <summary>Roslyn's descriptor of each rule. Errors cannot be switched off; the others can. None has a link: it would be relative, and dead in another project.</summary>
    public static IReadOnlyDictionary<DiagnosticRule, DiagnosticDescriptor> Descriptors { get; } =
        Compiler.Diagnostics.Descriptors.All.ToDictionary(rule => rule, Create);

    public static Diagnostic Of(SpecDiagnostic diagnostic) => Diagnostic.Create(
        Descriptors[diagnostic.Rule],
        Location.Create(
            diagnostic.Path,
            new TextSpan(diagnostic.Span.Start, diagnostic.Span.Length),
            new LinePositionSpan(Of(diagnostic.Lines.Start), Of(diagnostic.Lines.End))),
        diagnostic.Arguments.ToArray<object?>());

    /// <summary>What is said of the project, or of a file that nobody has read.</summary>
    public static Diagnostic Of(DiagnosticRule rule, string? path = null) =>
        Diagnostic.Create(Descriptors[rule], path is null ? Location.None : Location.Create(path, default, default));

    private static Microsoft.CodeAnalysis.Text.LinePosition Of(Compiler.Syntax.LinePosition position) => new(position.Line, position.Character);

    private static DiagnosticDescriptor Create(DiagnosticRule rule) => new(
        rule.Id,
        rule.Title,
        rule.Format,
        "FashionCnn",
        rule.Severity switch
        {
            Severity.Error => DiagnosticSeverity.Error,
            Severity.Warning => DiagnosticSeverity.Warning,
            _ => DiagnosticSeverity.Info,
        },
        isEnabledByDefault: true,
        customTags: rule.Severity == Severity.Error ? [WellKnownDiagnosticTags.NotConfigurable] : []);
}
