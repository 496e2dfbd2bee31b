using System.Text;
using FashionCnn.Compiler.Code;

namespace FashionCnn.Compiler.Emit;

/// <summary>
/// MSBuild takes the root namespace from the project's file name, which may hold hyphens, spaces and digits where C# allows none.
/// They become what Visual Studio makes of them: underscores.
/// </summary>
internal static class NamespaceName
{
    /// <summary><c>1st.my-app</c> as <c>_1st.my_app</c>; empty for the global namespace.</summary>
    public static string Of(string text) =>
        string.Join(".", text.Split('.').Select(part => part.Trim()).Where(part => part.Length > 0).Select(Part));

    private static string Part(string text)
    {
        var result = new StringBuilder();
        foreach (var value in text.TrimStart('@'))
        {
            result.Append(CSharp.IsIdentifierPart(value) ? value : '_');
        }

        if (result.Length == 0 || !CSharp.IsIdentifierStart(result[0]))
        {
            result.Insert(0, '_');
        }

        var name = result.ToString();
        return CSharp.IsKeyword(name) ? $"@{name}" : name;
    }
}
