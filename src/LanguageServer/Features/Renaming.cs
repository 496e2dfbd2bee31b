using FashionCnn.Compiler;
using FashionCnn.Compiler.Diagnostics;
using FashionCnn.Compiler.Keys;
using FashionCnn.Compiler.Syntax;
using FashionCnn.LanguageServer.Documents;
using FashionCnn.LanguageServer.Protocol;

namespace FashionCnn.LanguageServer.Features;

/// <summary>Another name for a block, a parameter or an entry, wherever it is used.</summary>
/// <param name="Places">The places to change.</param>
/// <param name="Text">What is to stand there.</param>
/// <param name="Warning">What the change means beyond the text; null for nothing.</param>
internal sealed record Renaming(IReadOnlyList<TextSpan> Places, string Text, string? Warning)
{
    private const string Annotation = "name";

    public static PrepareRenameResult? Prepare(SpecDocument document, int offset) => document.Analysis.IsJson && Navigation.At(document, offset) is var (symbol, name)
        ? new PrepareRenameResult(document.Lines.RangeOf(name), symbol.Name)
        : null;

    /// <summary>The change, or why it cannot be made.</summary>
    public static Renaming? Of(SpecDocument document, int offset, string newName, out string why)
    {
        why = string.Empty;
        if (!document.Analysis.IsJson)
        {
            why = "The text is not JSON; correct it first.";
            return null;
        }

        if (document.Analysis.Spec.Diagnostics.Any(found => found.Rule.Severity == Severity.Error))
        {
            // What is wrong is not read, and may use the name.
            why = "The spec has errors; correct them first.";
            return null;
        }

        if (Navigation.At(document, offset) is not var (symbol, _))
        {
            why = "There is no name here that can be changed: blocks, their parameters and entries with a \"name\" have one.";
            return null;
        }

        if (newName.Length == 0)
        {
            why = "The new name is empty.";
            return null;
        }

        var tokens = symbol.References.Append(symbol.Definition).ToList();
        var places = tokens.SelectMany(token => Navigation.NamesIn(document.Text, token, symbol)).OrderBy(place => place.Start).ToList();
        if (tokens.Any(token => !Navigation.NamesIn(document.Text, token, symbol).Any()))
        {
            why = $"'{symbol.Name}' is written with escapes somewhere; write it plainly first.";
            return null;
        }

        var rename = new Renaming(places, JsonText.Quote(newName)[1..^1], symbol.Kind == SymbolKind.Layer ? WarningOf(symbol, newName) : null);
        why = WhyNot(document, rename) ?? string.Empty;
        return why.Length == 0 ? rename : null;
    }

    /// <summary>The change as the protocol has it; where the client can, the user has to confirm what has a warning.</summary>
    public WorkspaceEdit ToEdit(SpecDocument document, WorkspaceEditCapabilities? client)
    {
        var isAnnotated = Warning is not null && client is { DocumentChanges: true, ChangeAnnotationSupport: not null };
        IReadOnlyList<TextEdit> edits = [.. Places.Select(place => new TextEdit(document.Lines.RangeOf(place), Text) { AnnotationId = isAnnotated ? Annotation : null })];
        return document.Edit(edits, client) with
        {
            ChangeAnnotations = isAnnotated ? new Dictionary<string, ChangeAnnotation> { [Annotation] = new("Rename a layer", NeedsConfirmation: true, Warning!) } : null,
        };
    }

    private static string WarningOf(Symbol symbol, string newName) =>
        $"The weights of the layer and its C# member are called by its name: weights that were saved as '{symbol.Name}' do not fit '{newName}', and code that uses {Identifier.PascalCase(symbol.Name)} has to use {Identifier.PascalCase(newName)}.";

    /// <summary>What would be wrong after the change, or that a name would stand for something else; null for nothing.</summary>
    private static string? WhyNot(SpecDocument document, Renaming rename)
    {
        var text = new SpecFix(string.Empty, [.. rename.Places.Select(place => new SpecEdit(place, rename.Text))]).Apply(document.Text);
        var after = SpecAnalysis.Of(document.Path, text);
        var before = document.Analysis;
        var errors = after.Spec.Diagnostics.Where(found => found.Rule.Severity == Severity.Error).ToList();
        if (errors.Count > before.Spec.Diagnostics.Count(found => found.Rule.Severity == Severity.Error))
        {
            var known = before.Spec.Diagnostics.Select(found => (found.Rule.Id, found.Lines.Start.Line)).ToHashSet();
            var first = errors.Find(found => !known.Contains((found.Rule.Id, found.Lines.Start.Line))) ?? errors[0];
            return $"With this name, the spec has an error: {first.Message}";
        }

        return Uses(before).SequenceEqual(Uses(after)) ? null : "Something else that is read by its name has this name already.";

        static IEnumerable<(SymbolKind, int)> Uses(SpecAnalysis analysis) =>
            analysis.Log.Symbols.OrderBy(symbol => symbol.Definition.Start).Select(symbol => (symbol.Kind, symbol.References.Count));
    }
}
