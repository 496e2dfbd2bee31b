using System.Reflection;
using System.Runtime.Loader;
using FashionCnn.Models;
using Microsoft.CodeAnalysis;
using Xunit;

namespace FashionCnn.Generator.Tests;

/// <summary>Specs taken the whole way: generated, compiled with warnings as errors, loaded.</summary>
internal static class CompiledModels
{
    private static readonly Lazy<IReadOnlyDictionary<string, ModelDescriptor>> Models = new(() => Load(Paths.Select(SpecFile.Read)));

    /// <summary>The ids of the project's specs and of all valid fixtures.</summary>
    public static IEnumerable<string> Ids => Paths.Select(path => Path.GetFileNameWithoutExtension(path));

    /// <summary>Their models, made once.</summary>
    public static IReadOnlyDictionary<string, ModelDescriptor> All => Models.Value;

    private static IEnumerable<string> Paths =>
        Repository.SpecPaths.Concat(Directory.GetFiles(Path.Combine(Repository.Fixtures, "valid"), "*.json").Order(StringComparer.Ordinal));

    /// <summary>The assembly's models by id.</summary>
    public static IReadOnlyDictionary<string, ModelDescriptor> Load(IEnumerable<AdditionalText> specs)
    {
        GeneratorRun.Driver(specs).RunGeneratorsAndUpdateCompilation(GeneratorRun.Compilation(), out var compilation, out var diagnostics);
        Assert.DoesNotContain(diagnostics, diagnostic => diagnostic.Severity >= DiagnosticSeverity.Warning);
        using var stream = new MemoryStream();
        var emitted = compilation.Emit(stream);
        Assert.True(emitted.Success, string.Join("\n", emitted.Diagnostics));
        stream.Position = 0;
        var assembly = new AssemblyLoadContext(null).LoadFromStream(stream);
        return Catalog(assembly).ToDictionary(model => model.Id);
    }

    private static IReadOnlyList<ModelDescriptor> Catalog(Assembly assembly) =>
        (IReadOnlyList<ModelDescriptor>)assembly.GetType($"{GeneratorRun.Namespace}.ModelCatalog")!.GetProperty("All")!.GetValue(null)!;
}
