using System.Text;
using FashionCnn.Compiler.Diagnostics;
using FashionCnn.Compiler.Syntax;

namespace FashionCnn.Generator;

/// <summary>The specs that the project lists, compared with those that reach the compiler.</summary>
internal static class DeclaredSpecs
{
    public const string Runtime = "FashionCnn.Runtime";

    /// <summary>The full paths of all ModelSpec items, which the build joins with line breaks and writes in base 64: a path may hold any character that means something to MSBuild or to an editorconfig file.</summary>
    /// <param name="property">Empty where the build did not import the generator's targets.</param>
    public static EquatableArray<string> Of(string property)
    {
        try
        {
            return Encoding.UTF8.GetString(Convert.FromBase64String(property)).Split(['\n'], StringSplitOptions.RemoveEmptyEntries).ToEquatableArray();
        }
        catch (FormatException)
        {
            return [];
        }
    }

    /// <summary>What is wrong with the project; with no file for the project as a whole.</summary>
    /// <param name="given">The paths of the specs that the compiler was given.</param>
    /// <param name="declared">Those that the project lists.</param>
    /// <param name="hasRuntime">The project refers to the runtime.</param>
    public static EquatableArray<(DiagnosticRule Rule, string? Path)> Faults(EquatableArray<string> given, EquatableArray<string> declared, bool hasRuntime)
    {
        var known = new HashSet<string>(given.Select(FilePath.Plain), StringComparer.OrdinalIgnoreCase);
        var faults = declared.Distinct().Where(path => !known.Contains(FilePath.Plain(path))).Select(path => (Descriptors.SpecNotCompiled, (string?)path)).ToList();
        if (given.IsEmpty && declared.IsEmpty)
        {
            faults.Add((Descriptors.NoSpecs, null));
        }
        else if (!hasRuntime)
        {
            faults.Add((Descriptors.NoRuntime, null));
        }

        return faults.ToEquatableArray();
    }
}
