using System.Text.RegularExpressions;
using FashionCnn.Compiler.Keys;
using FashionCnn.Compiler.Syntax;
using FashionCnn.LanguageServer.Documents;
using FashionCnn.LanguageServer.Protocol;

namespace FashionCnn.LanguageServer.Features;

/// <summary>From a name to what it stands for, and to all that use it.</summary>
internal static class Navigation
{
    /// <summary>The symbol whose name stands at an offset, and where the name is; null for none.</summary>
    public static (Symbol Symbol, TextSpan Name)? At(SpecDocument document, int offset)
    {
        foreach (var symbol in document.Analysis.Log.Symbols)
        {
            foreach (var token in symbol.References.Append(symbol.Definition))
            {
                if (offset >= token.Start && offset <= token.End && NamesIn(document.Text, token, symbol).FirstOrDefault(name => offset >= name.Start - 1 && offset <= name.End) is { Length: > 0 } found)
                {
                    return (symbol, found);
                }
            }
        }

        return null;
    }

    public static Location? Definition(SpecDocument document, int offset) => At(document, offset) is var (symbol, _)
        ? new Location(document.Uri, document.Lines.RangeOf(NamesIn(document.Text, symbol.Definition, symbol).FirstOrDefault(symbol.Definition)))
        : null;

    public static IReadOnlyList<Location> References(SpecDocument document, int offset, bool includesDefinition) => At(document, offset) is var (symbol, _)
        ?
        [
            .. (includesDefinition ? symbol.References.Append(symbol.Definition) : symbol.References)
                .SelectMany(token => NamesIn(document.Text, token, symbol))
                .OrderBy(name => name.Start)
                .Select(name => new Location(document.Uri, document.Lines.RangeOf(name))),
        ]
        : [];

    /// <summary>Where a token says the name: between its quotes, or, of a parameter, behind each dollar sign. None for a name that is written with escapes.</summary>
    public static IEnumerable<TextSpan> NamesIn(string text, TextSpan token, Symbol symbol)
    {
        var written = text.Substring(token.Start, token.Length);
        var inside = written.Trim('"');
        if (inside == symbol.Name)
        {
            return [new TextSpan(token.Start + (written.StartsWith('"') ? 1 : 0), symbol.Name.Length)];
        }

        return symbol.Kind == SymbolKind.Parameter
            ? Regex.Matches(written, $@"\${Regex.Escape(symbol.Name)}(?!\w)").Select(match => new TextSpan(token.Start + match.Index + 1, match.Length - 1))
            : [];
    }
}
