using System.Collections.Immutable;
using System.Text;
using FashionCnn.Compiler;
using FashionCnn.Compiler.Syntax;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.Text;
using Xunit;

namespace FashionCnn.Generator.Tests;

/// <summary>A project in which a spec gives no class, or nothing could come of it, is told so.</summary>
public sealed class ProjectFaultTests
{
    private const string Good = """{ "version": 1, "input": { "shape": [4, 4, 1] }, "layers": [{ "type": "Flatten" }, { "type": "Dense", "units": 2 }] }""";

    [Fact]
    public void A_generator_without_specs_is_a_warning()
    {
        var diagnostic = Assert.Single(GeneratorRun.Run().Diagnostics);

        Assert.Equal(("FCNN4002", DiagnosticSeverity.Warning, Location.None), (diagnostic.Id, diagnostic.DefaultSeverity, diagnostic.Location));
        // A file that is no spec is none.
        Assert.Equal("FCNN4002", Assert.Single(GeneratorRun.Run(SpecFile.Of("{}", "readme.txt")).Diagnostics).Id);
        Assert.Empty(GeneratorRun.Run(SpecFile.Of(Good)).Diagnostics);
    }

    [Fact]
    public void Specs_without_the_runtime_are_a_warning()
    {
        var compilation = GeneratorRun.Compilation();
        var without = compilation.WithReferences(compilation.References.Where(reference => !reference.Display!.Contains("FashionCnn.Runtime", StringComparison.Ordinal)));

        Assert.Equal("FCNN4003", Assert.Single(GeneratorRun.Driver([SpecFile.Of(Good)]).RunGenerators(without).GetRunResult().Diagnostics).Id);
        var nothing = GeneratorRun.Driver([]).RunGenerators(without).GetRunResult();
        Assert.Equal("FCNN4002", Assert.Single(nothing.Diagnostics).Id);
        Assert.Empty(nothing.GeneratedTrees);
        // In an editor a project refers to another one's compilation.
        var project = GeneratorRun.Compilation(name: "FashionCnn.Runtime").ToMetadataReference();
        Assert.Empty(GeneratorRun.Driver([SpecFile.Of(Good)]).RunGenerators(without.AddReferences(project)).GetRunResult().Diagnostics);
    }

    // On Windows, the C# compiler reads what is not UTF-8 in the machine's own encoding.
    [Fact]
    public void A_spec_in_an_encoding_of_the_machine_is_an_error_at_the_first_character_that_shows_it()
    {
        var text = Good.Replace("\"version\": 1", "\"description\": \"caf\u00e9\", \"version\": 1", StringComparison.Ordinal);

        var diagnostic = Assert.Single(Run(Encoding.Latin1));
        Assert.Equal(("FCNN0005", text.IndexOf('\u00e9', StringComparison.Ordinal)), (diagnostic.Id, diagnostic.Location.SourceSpan.Start));
        Assert.Empty(Run(Encoding.UTF8));
        Assert.Empty(Run(Encoding.Unicode));

        ImmutableArray<Diagnostic> Run(Encoding encoding) => GeneratorRun.Run(new SpecFile("net.json", SourceText.From(text, encoding))).Diagnostics;
    }

    [Fact]
    public void Each_spec_that_the_compiler_was_not_given_is_named()
    {
        var listed = DeclaredSpecs.Of(Convert.ToBase64String(Encoding.UTF8.GetBytes("/p/a.json\n/p/b;#.json\n/p/b;#.json\nC:\\p\\c.json")));

        Assert.Equal(["/p/a.json", "/p/b;#.json", "/p/b;#.json", @"C:\p\c.json"], listed);
        Assert.Equal(["FCNN4001 /p/b;#.json"], DeclaredSpecs.Faults(["/p/x/../a.json", "C:/p/c.json"], listed, hasRuntime: true).Select(fault => $"{fault.Rule.Id} {fault.Path}"));
        Assert.Equal(3, DeclaredSpecs.Faults([], listed, hasRuntime: true).Count);
        Assert.Empty(DeclaredSpecs.Faults(listed, listed, hasRuntime: true));
        Assert.Empty(DeclaredSpecs.Of("no base 64!"));
    }

    [Theory]
    [InlineData("/p/app/", "/p/app/specs/net.json", "specs/net.json")]
    [InlineData("/p/app", "/p/app/net.json", "net.json")]
    [InlineData("/p/app/", "/p/common/net.json", "../common/net.json")]
    [InlineData("/p/app/", "/q/net.json", "/q/net.json")]
    [InlineData("C:\\p\\app\\", "C:\\p\\app\\a\\net.json", "a/net.json")]
    [InlineData("C:\\p\\app\\", "D:\\p\\net.json", "D:/p/net.json")]
    [InlineData("/p/src/app/", "/p/src/app/../../specs/net.json", "../../specs/net.json")]
    [InlineData("/p/app/", "/p/app/./a/b/../net.json", "a/net.json")]
    [InlineData("", "a/net.json", "a/net.json")]
    [InlineData("/p/app/", "a/net.json", "a/net.json")]
    public void A_path_is_said_from_the_project(string folder, string file, string expected) => Assert.Equal(expected, FilePath.From(folder, file));

    [Theory]
    [InlineData("a/view.json,b/view.json", "b/view.json", "a/view.json")]
    [InlineData("a/view.json,b/view.json,c/View.json", "c/View.json, b/view.json", "c/View.json, a/view.json")]
    [InlineData("a/view.json,a/b/view.json,a/b/a/view.json", "a/b/a/view.json, a/b/view.json", "a/b/a/view.json, a/view.json")]
    [InlineData("view.json,a/view.json,a/vi-ew.json", "a/vi-ew.json, a/view.json", "a/vi-ew.json, view.json")]
    [InlineData("one/view.json,two/View_.json", "View_.json", "view.json")]
    public void Files_of_one_name_are_told_apart(string files, string first, string second)
    {
        var specs = files.Split(',').Select(file => SpecCompiler.Compile($"/p/app/{file}", Good)).ToList();

        var conflicts = ClassClaims.Settle(ClassClaims.Of(specs), "App").Conflicts(specs, "/p/app/").ToDictionary(diagnostic => diagnostic.Path, diagnostic => diagnostic.Arguments[1]);

        Assert.Equal((first, second), (conflicts[specs[0].Path], conflicts[specs[1].Path]));
    }
}
