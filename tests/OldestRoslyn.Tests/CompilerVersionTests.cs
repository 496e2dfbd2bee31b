using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;
using Xunit;

namespace FashionCnn.Generator.Tests;

public sealed class CompilerVersionTests
{
    [Fact]
    public void The_compiler_is_the_one_that_the_generator_was_built_for()
    {
        var used = typeof(SyntaxNode).Assembly.GetName();

        Assert.Equal(new Version(4, 8), new Version(used.Version!.Major, used.Version.Minor));
        Assert.Equal(used.Version, typeof(ModelGenerator).Assembly.GetReferencedAssemblies().Single(assembly => assembly.Name == used.Name).Version);
    }

    [Fact]
    public void All_specs_compile()
    {
        var specs = Repository.SpecPaths.Concat(Directory.GetFiles(Path.Combine(Repository.Fixtures, "valid"), "*.json")).Select(SpecFile.Read).ToList();

        GeneratorRun.Driver(specs, language: LanguageVersion.CSharp12).RunGeneratorsAndUpdateCompilation(GeneratorRun.Compilation(language: LanguageVersion.CSharp12), out var compilation, out var diagnostics);

        Assert.Empty(diagnostics.Where(diagnostic => diagnostic.Severity == DiagnosticSeverity.Error));
        Assert.Equal(specs.Count + 2, compilation.SyntaxTrees.Count());
        Assert.Empty(compilation.GetDiagnostics());
    }
}
