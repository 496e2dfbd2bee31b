using Microsoft.CodeAnalysis.CSharp;
using Xunit;
using CSharp = FashionCnn.Compiler.Code.CSharp;

namespace FashionCnn.Generator.Tests;

/// <summary>The compiler knows without Roslyn what Roslyn takes for a name and for a keyword.</summary>
public sealed class CSharpNamesTests
{
    [Fact]
    public void Every_keyword_of_the_language_is_known()
    {
        var keywords = Enum.GetValues<SyntaxKind>().Where(SyntaxFacts.IsKeywordKind).Concat(SyntaxFacts.GetContextualKeywordKinds()).Select(SyntaxFacts.GetText).Where(text => text.Length > 0 && char.IsLetter(text[0])).Distinct().ToList();

        Assert.True(keywords.Count > 110);
        Assert.All(keywords.Where(IsKeyword), keyword => Assert.True(CSharp.IsKeyword(keyword), keyword));
        Assert.DoesNotContain("x model Class dense1 System torch".Split(' '), CSharp.IsKeyword);
    }

    [Fact]
    public void Every_character_is_judged_as_Roslyn_judges_it()
    {
        var characters = Enumerable.Range(char.MinValue, char.MaxValue + 1).Select(value => (char)value).ToList();

        Assert.Equal(characters.Where(SyntaxFacts.IsIdentifierStartCharacter), characters.Where(CSharp.IsIdentifierStart));
        Assert.Equal(characters.Where(SyntaxFacts.IsIdentifierPartCharacter), characters.Where(CSharp.IsIdentifierPart));
        Assert.All("a,_,größe,1a,,a b,@a,a1,ABC".Split(','), text => Assert.Equal(SyntaxFacts.IsValidIdentifier(text), CSharp.IsIdentifier(text)));
    }

    private static bool IsKeyword(string text) =>
        SyntaxFacts.GetKeywordKind(text) != SyntaxKind.None || SyntaxFacts.GetContextualKeywordKind(text) != SyntaxKind.None;
}
