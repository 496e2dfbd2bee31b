using System.Collections.Immutable;
using System.Diagnostics.CodeAnalysis;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.Diagnostics;

namespace FashionCnn.Generator.Tests;

/// <summary>Runs the generator as the C# compiler would.</summary>
internal static class GeneratorRun
{
    /// <summary>The project's root namespace.</summary>
    public const string Root = "Consumer";

    /// <summary>Where its models stand.</summary>
    public const string Namespace = "Consumer.GeneratedModels";

    /// <summary>All assemblies that this test runs on, TorchSharp and the runtime among them.</summary>
    public static ImmutableArray<MetadataReference> References { get; } =
    [
        .. ((string)AppContext.GetData("TRUSTED_PLATFORM_ASSEMBLIES")!)
            .Split(Path.PathSeparator)
            .Select(path => MetadataReference.CreateFromFile(path)),
    ];

    public static GeneratorDriver Driver(
        IEnumerable<AdditionalText> specs, string root = Root, LanguageVersion language = LanguageVersion.Latest, string? chosenNamespace = null) =>
        CSharpGeneratorDriver.Create(
            [new ModelGenerator().AsSourceGenerator()],
            specs,
            Parsing(language),
            Options(root, chosenNamespace),
            new GeneratorDriverOptions(IncrementalGeneratorOutputKind.None, trackIncrementalGeneratorSteps: true));

    /// <summary>What the build tells the generator.</summary>
    /// <param name="root">The project's root namespace.</param>
    /// <param name="chosenNamespace">The namespace that the project wants for its models; null when it names none.</param>
    public static AnalyzerConfigOptionsProvider Options(string root = Root, string? chosenNamespace = null) => new SpecOptions(root, chosenNamespace);

    /// <summary>A compilation in which every warning is an error.</summary>
    public static CSharpCompilation Compilation(string code = "", LanguageVersion language = LanguageVersion.Latest, string name = "Consumer") =>
        CSharpCompilation.Create(
            name,
            [CSharpSyntaxTree.ParseText(code, Parsing(language))],
            References,
            new CSharpCompilationOptions(
                OutputKind.DynamicallyLinkedLibrary, generalDiagnosticOption: ReportDiagnostic.Error, nullableContextOptions: NullableContextOptions.Enable));

    public static GeneratorDriverRunResult Run(params AdditionalText[] specs) => Driver(specs).RunGenerators(Compilation()).GetRunResult();

    private static CSharpParseOptions Parsing(LanguageVersion language) => new(language, DocumentationMode.Diagnose);

    /// <summary>Says of every additional file that it is a spec, as the build does by metadata, unless its path says otherwise.</summary>
    private sealed class SpecOptions(string root, string? chosenNamespace) : AnalyzerConfigOptionsProvider
    {
        public override AnalyzerConfigOptions GlobalOptions { get; } = new Values(new Dictionary<string, string>
        {
            ["build_property.RootNamespace"] = root,
            ["build_property.FashionCnnNamespace"] = chosenNamespace ?? string.Empty,
        });

        public override AnalyzerConfigOptions GetOptions(SyntaxTree tree) => Values.None;

        public override AnalyzerConfigOptions GetOptions(AdditionalText textFile) =>
            textFile.Path.EndsWith(".txt", StringComparison.Ordinal)
                ? Values.None
                : new Values(new Dictionary<string, string> { ["build_metadata.ModelSpec.FashionCnnModelSpec"] = "true" });
    }

    private sealed class Values(Dictionary<string, string> values) : AnalyzerConfigOptions
    {
        public static Values None { get; } = new([]);

        public override bool TryGetValue(string key, [NotNullWhen(true)] out string? value) => values.TryGetValue(key, out value);
    }
}
