using System.Reflection;
using System.Runtime.CompilerServices;
using System.Runtime.Loader;
using FashionCnn.Compiler;
using FashionCnn.Models;

namespace FashionCnn.SpecFiles;

/// <summary>Makes of a spec, while the program runs, the class that the generator makes of it in a build.</summary>
public static class SpecClass
{
    private const string Namespace = "FashionCnn.SpecFiles.GeneratedModels";

    /// <summary>Compiles the class of a spec and loads it. What was compiled is kept in the user's cache.</summary>
    /// <param name="spec">A spec without errors.</param>
    /// <returns>The class's descriptor, which names the file that it is from.</returns>
    /// <exception cref="InputException">The program was published in a form that cannot compile C#.</exception>
    /// <exception cref="InvalidOperationException">The spec has errors.</exception>
    public static ModelDescriptor Build(CompiledSpec spec) => Build(spec, AppContext.GetData("TRUSTED_PLATFORM_ASSEMBLIES") as string ?? string.Empty);

    internal static ModelDescriptor Build(CompiledSpec spec, string assemblies)
    {
        ArgumentNullException.ThrowIfNull(spec);
        if (!RuntimeFeature.IsDynamicCodeSupported)
        {
            throw CannotCompile();
        }

        var source = spec.CSharp(Namespace);
        var name = spec.ClassName!;
        if (KeptClasses.Read(source) is not { } assembly)
        {
            assembly = ClassCompiler.Compile($"FashionCnn.SpecFiles.{name}", source, assemblies) ?? throw CannotCompile();
            KeptClasses.Write(source, assembly);
        }

        // A context of its own, so that a program can load one class name twice, as a spec is edited.
        using var image = new MemoryStream(assembly);
        var loaded = new AssemblyLoadContext(name).LoadFromStream(image);
        var descriptor = loaded.GetType($"{Namespace}.{name}", throwOnError: true)!.GetProperty("Descriptor", BindingFlags.Public | BindingFlags.Static | BindingFlags.DeclaredOnly)!;
        return (ModelDescriptor)descriptor.GetValue(null)! with { SpecFile = spec.Path };
    }

    private static InputException CannotCompile() =>
        new("This program was published as a single file or as native code, or trimming has removed what the classes of specs need, so it cannot compile spec files. Add the spec to its project, or publish it without these settings.");
}
