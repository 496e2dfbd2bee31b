using FashionCnn.Compiler.Code;

namespace FashionCnn.Compiler.Bind;

/// <summary>What a model's class can be called.</summary>
internal static class ClassName
{
    /// <summary>Why a class cannot bear a name, as the end of "the name ..."; null when it can, without an @.</summary>
    public static string? WhyNot(string name) =>
        string.Equals(name, "ModelCatalog", StringComparison.OrdinalIgnoreCase) ? "is the name of the generated catalog"
        : CSharp.IsKeyword(name) ? "is a C# keyword"
        : !CSharp.IsIdentifier(name) ? "is not a C# identifier"
        : LayerNames.Declared.Contains(name) ? "is the name of a member that every generated class has"
        : null;
}
