using System.Text;
using FashionCnn.Compiler.Code;

namespace FashionCnn.Compiler.Emit;

/// <summary>
/// MSBuild takes the root namespace from the project's file name, which may hold hyphens, spaces and digits where C# allows none.
/// They become what Visual Studio makes of them: underscores.
/// </summary>
internal static class NamespaceName
{
    // A spec may have the name of any type in the project or in other assemblies with its root namespace; a separate namespace keeps its class apart.
    private const string Own = "GeneratedModels";

    /// <summary>The namespace of classes in a project that does not set one: <c>my_app.GeneratedModels</c>.</summary>
    /// <param name="root">The project's root namespace; empty for the global one.</param>
    public static string Below(string root) => Of($"{root}.{Own}");

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
