using System.Collections.Immutable;
using System.Diagnostics.CodeAnalysis;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.Diagnostics;

namespace FashionCnn.Generator.Tests;

/// <summary>Runs the generator as the C# compiler would.</summary>
internal static class GeneratorRun
{
    public const string Namespace = "Consumer";

    /// <summary>All assemblies that this test runs on, TorchSharp and the runtime among them.</summary>
    public static ImmutableArray<MetadataReference> References { get; } =
    [
        .. ((string)AppContext.GetData("TRUSTED_PLATFORM_ASSEMBLIES")!)
            .Split(Path.PathSeparator)
            .Select(path => MetadataReference.CreateFromFile(path)),
    ];

    public static GeneratorDriver Driver(IEnumerable<AdditionalText> specs, string @namespace = Namespace, LanguageVersion language = LanguageVersion.Latest) =>
        CSharpGeneratorDriver.Create(
            [new ModelGenerator().AsSourceGenerator()],
            specs,
            CSharpParseOptions.Default.WithLanguageVersion(language),
            new SpecOptions(@namespace),
            new GeneratorDriverOptions(IncrementalGeneratorOutputKind.None, trackIncrementalGeneratorSteps: true));

    /// <summary>A compilation in which every warning is an error.</summary>
    public static CSharpCompilation Compilation(string code = "", LanguageVersion language = LanguageVersion.Latest, string name = "Consumer") =>
        CSharpCompilation.Create(
            name,
            [CSharpSyntaxTree.ParseText(code, CSharpParseOptions.Default.WithLanguageVersion(language))],
            References,
            new CSharpCompilationOptions(
                OutputKind.DynamicallyLinkedLibrary, generalDiagnosticOption: ReportDiagnostic.Error, nullableContextOptions: NullableContextOptions.Enable));

    public static GeneratorDriverRunResult Run(params AdditionalText[] specs) => Driver(specs).RunGenerators(Compilation()).GetRunResult();

    /// <summary>Says of every additional file that it is a spec, as the build does by metadata, unless its path says otherwise.</summary>
    private sealed class SpecOptions(string @namespace) : AnalyzerConfigOptionsProvider
    {
        public override AnalyzerConfigOptions GlobalOptions { get; } =
            new Options(new Dictionary<string, string> { ["build_property.RootNamespace"] = @namespace });

        public override AnalyzerConfigOptions GetOptions(SyntaxTree tree) => Options.None;

        public override AnalyzerConfigOptions GetOptions(AdditionalText textFile) =>
            textFile.Path.EndsWith(".txt", StringComparison.Ordinal)
                ? Options.None
                : new Options(new Dictionary<string, string> { ["build_metadata.AdditionalFiles.FashionCnnModelSpec"] = "true" });
    }

    private sealed class Options(Dictionary<string, string> values) : AnalyzerConfigOptions
    {
        public static Options None { get; } = new([]);

        public override bool TryGetValue(string key, [NotNullWhen(true)] out string? value) => values.TryGetValue(key, out value);
    }
}
