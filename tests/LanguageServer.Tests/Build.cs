extern alias generator;

using System.Diagnostics.CodeAnalysis;
using System.Text;
using generator::FashionCnn.Generator;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.Diagnostics;
using Microsoft.CodeAnalysis.Text;

namespace FashionCnn.LanguageServer.Tests;

/// <summary>What a build says: that of the generator.</summary>
internal static class Build
{
    private static readonly CSharpCompilation Compilation = CSharpCompilation.Create("Consumer", [], [MetadataReference.CreateFromFile(typeof(object).Assembly.Location)], new CSharpCompilationOptions(OutputKind.DynamicallyLinkedLibrary));

    /// <summary>The diagnostics of specs, each with its file, place, severity, id and message.</summary>
    public static IReadOnlyList<Microsoft.CodeAnalysis.Diagnostic> Diagnostics(params (string Path, string Text)[] specs) =>
    [
        .. CSharpGeneratorDriver.Create([new ModelGenerator().AsSourceGenerator()], specs.Select(spec => new SpecText(spec.Path, spec.Text)), CSharpParseOptions.Default, new Options())
            .RunGenerators(Compilation).GetRunResult().Diagnostics
            .Where(diagnostic => diagnostic.Location.GetLineSpan().Path is { Length: > 0 }),
    ];

    /// <summary>The class that a spec becomes in a project without a root namespace.</summary>
    public static string Class(string path, string text) =>
        CSharpGeneratorDriver.Create([new ModelGenerator().AsSourceGenerator()], [new SpecText(path, text)], CSharpParseOptions.Default, new Options(rootNamespace: string.Empty))
            .RunGenerators(Compilation).GetRunResult().Results.Single().GeneratedSources.Single(source => source.HintName != "ModelCatalog.g.cs").SourceText.ToString();

    /// <summary>A text as the compiler reads a file.</summary>
    public static string Read(string path)
    {
        using var stream = File.OpenRead(path);
        return SourceText.From(stream, Encoding.UTF8).ToString();
    }

    private sealed class SpecText(string path, string text) : AdditionalText
    {
        public override string Path => path;

        public override SourceText GetText(CancellationToken cancellationToken = default) => SourceText.From(text, Encoding.UTF8);
    }

    private sealed class Options(string rootNamespace = "Consumer") : AnalyzerConfigOptionsProvider
    {
        public override AnalyzerConfigOptions GlobalOptions { get; } = new Values(new Dictionary<string, string> { ["build_property.RootNamespace"] = rootNamespace, ["build_property.ProjectDir"] = "/nowhere/" });

        public override AnalyzerConfigOptions GetOptions(SyntaxTree tree) => new Values([]);

        public override AnalyzerConfigOptions GetOptions(AdditionalText textFile) => new Values(new Dictionary<string, string> { ["build_metadata.ModelSpec.FashionCnnModelSpec"] = "true" });
    }

    private sealed class Values(Dictionary<string, string> values) : AnalyzerConfigOptions
    {
        public override bool TryGetValue(string key, [NotNullWhen(true)] out string? value) => values.TryGetValue(key, out value);
    }
}
