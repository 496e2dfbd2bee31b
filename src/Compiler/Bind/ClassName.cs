using System.Globalization;
using FashionCnn.Compiler.Code;
using FashionCnn.Compiler.Keys;

namespace FashionCnn.Compiler.Bind;

/// <summary>What a model's class can be called.</summary>
internal static class ClassName
{
    /// <summary>Why a class cannot bear a name, as the end of "the name ..."; null when it can, without an @.</summary>
    public static string? WhyNot(string name) =>
        name.Length > Identifier.MaxLength ? $"is longer than {Identifier.MaxLength} characters"
        : string.Equals(name, "ModelCatalog", StringComparison.OrdinalIgnoreCase) ? "is the name of the generated catalog"
        : CSharp.IsKeyword(name) ? "is a C# keyword"
        : !CSharp.IsIdentifier(name) ? "is not a C# identifier"
        // The compiler leaves them out, so that two names could be one.
        : name.Any(value => CharUnicodeInfo.GetUnicodeCategory(value) == UnicodeCategory.Format) ? "contains a character that cannot be seen"
        : name is "HookRemover" or "HType" ? "is the name of a type that every generated class inherits"
        : LayerNames.Declared.Contains(name) ? "is the name of a member that every generated class has"
        : null;
}
