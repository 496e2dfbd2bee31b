using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;

namespace FashionCnn.SpecFiles;

/// <summary>Compiles one class by Roslyn, in memory. Nothing else names Roslyn, which is loaded when this is called.</summary>
internal static class ClassCompiler
{
    // What the text of a generated class refers to. Without the other assemblies of .NET, there is less to read.
    private static readonly string[] References = ["System.Private.CoreLib", "System.Runtime", "TorchSharp", "FashionCnn.Runtime"];

    // What the compiler says of types and members that trimming has removed.
    private static readonly string[] Missing = ["CS0012", "CS0117", "CS0234", "CS0246", "CS0518", "CS1061", "CS1069", "CS7069"];

    /// <summary>The assembly of a source; null where the program has not all that the source refers to: published as one file it has no assemblies, trimmed not whole ones.</summary>
    /// <param name="name">The assembly's name.</param>
    /// <param name="source">The text that the compiler of specs emitted.</param>
    /// <param name="assemblies">The paths of the program's assemblies, in one text.</param>
    /// <exception cref="InvalidOperationException">The text is not C#, which is a mistake of the compiler of specs.</exception>
    public static byte[]? Compile(string name, string source, string assemblies)
    {
        var platform = assemblies
            .Split(Path.PathSeparator, StringSplitOptions.RemoveEmptyEntries)
            .GroupBy(path => Path.GetFileNameWithoutExtension(path)!)
            .ToDictionary(group => group.Key, group => group.First());
        if (References.Any(reference => !platform.ContainsKey(reference)))
        {
            return null;
        }

        var compilation = CSharpCompilation.Create(
            name,
            [CSharpSyntaxTree.ParseText(source, new CSharpParseOptions(documentationMode: DocumentationMode.None))],
            References.Select(reference => MetadataReference.CreateFromFile(platform[reference])),
            new CSharpCompilationOptions(OutputKind.DynamicallyLinkedLibrary, optimizationLevel: OptimizationLevel.Release, deterministic: true));
        using var assembly = new MemoryStream();
        var result = compilation.Emit(assembly);
        var errors = result.Diagnostics.Where(found => found.Severity == DiagnosticSeverity.Error).ToList();
        return result.Success ? assembly.ToArray()
            : errors.Any(error => Missing.Contains(error.Id)) ? null
            : throw new InvalidOperationException($"{name} does not compile: {errors[0]}");
    }
}
