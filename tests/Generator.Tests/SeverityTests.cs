using System.Collections.Immutable;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;
using Xunit;

namespace FashionCnn.Generator.Tests;

/// <summary>Errors stay errors whatever a project says, lints are what the project makes of them, and an error brings no others.</summary>
public sealed class SeverityTests
{
    private static readonly IEnumerable<DiagnosticDescriptor> All = RoslynDiagnostic.Descriptors.Values;

    public static TheoryData<string> Errors => [.. Fixtures.Where(name => name[4] is '0' or '1' or '2')];

    public static TheoryData<string> Lints => [.. Fixtures.Where(name => name[4] == '3')];

    private static IEnumerable<string> Fixtures =>
        Directory.GetFiles(Path.Combine(Repository.Fixtures, "invalid"), "FCNN*.json").Select(path => Path.GetFileNameWithoutExtension(path)).Order(StringComparer.Ordinal);

    // Without TreatWarningsAsErrors, which would make errors of lints that are warnings.
    private static CSharpCompilationOptions Plain => GeneratorRun.Compilation().Options.WithGeneralDiagnosticOption(ReportDiagnostic.Default);

    [Fact]
    public void Exactly_lints_and_warnings_can_be_configured()
    {
        Assert.NotEmpty(All);
        // A link would be relative, and dead in another repository.
        Assert.All(All, descriptor => Assert.Empty(descriptor.HelpLinkUri));
        Assert.All(All, descriptor => Assert.Equal(
            (descriptor.Id, descriptor.Id[4] switch { '3' => DiagnosticSeverity.Info, '4' => DiagnosticSeverity.Warning, _ => DiagnosticSeverity.Error }, descriptor.Id[4] is not ('3' or '4'), true),
            (descriptor.Id, descriptor.DefaultSeverity, descriptor.CustomTags.Contains(WellKnownDiagnosticTags.NotConfigurable), descriptor.IsEnabledByDefault)));
    }

    [Theory]
    [MemberData(nameof(Errors))]
    public void An_error_cannot_be_switched_off(string fixture)
    {
        foreach (var wanted in new[] { ReportDiagnostic.Suppress, ReportDiagnostic.Hidden, ReportDiagnostic.Info, ReportDiagnostic.Warn })
        {
            var id = fixture.Split('_')[0];
            foreach (var options in new[] { Specific(id, wanted), Config(id, wanted) })
            {
                var found = Report(fixture, options).Where(diagnostic => diagnostic.Id == id).ToList();
                Assert.NotEmpty(found);
                Assert.All(found, diagnostic => Assert.Equal((DiagnosticSeverity.Error, false), (diagnostic.Severity, diagnostic.IsSuppressed)));
            }
        }
    }

    [Theory]
    [MemberData(nameof(Lints))]
    public void A_lint_is_a_suggestion_until_the_project_says_otherwise(string fixture)
    {
        var id = fixture.Split('_')[0];

        AssertFound(DiagnosticSeverity.Info, Plain);
        foreach (var make in new Func<string, ReportDiagnostic, CSharpCompilationOptions>[] { Specific, Config })
        {
            AssertFound(DiagnosticSeverity.Error, make(id, ReportDiagnostic.Error));
            AssertFound(DiagnosticSeverity.Warning, make(id, ReportDiagnostic.Warn));
            Assert.Empty(Found(make(id, ReportDiagnostic.Suppress)));
        }

        List<Diagnostic> Found(CSharpCompilationOptions options) => [.. Report(fixture, options).Where(diagnostic => diagnostic.Id == id)];

        void AssertFound(DiagnosticSeverity severity, CSharpCompilationOptions options)
        {
            var found = Found(options);
            Assert.NotEmpty(found);
            Assert.All(found, diagnostic => Assert.Equal(severity, diagnostic.Severity));
        }
    }

    [Fact]
    public void A_lint_made_an_error_does_not_take_the_model_away()
    {
        var spec = SpecFile.Read(Path.Combine(Repository.Fixtures, "invalid", "FCNN3004_bias_before_normalization.json"));
        var options = Specific("FCNN3004", ReportDiagnostic.Error);
        GeneratorRun.Driver([spec]).RunGeneratorsAndUpdateCompilation(GeneratorRun.Compilation().WithOptions(options), out var compilation, out _);

        Assert.Contains("relu_batch_norm_(", compilation.SyntaxTrees.Single(tree => tree.FilePath.EndsWith("normalization.g.cs", StringComparison.OrdinalIgnoreCase)).ToString(), StringComparison.Ordinal);
    }

    [Theory]
    [MemberData(nameof(Errors))]
    public void Code_that_names_a_class_whose_spec_has_errors_gives_no_second_error(string fixture)
    {
        // The file's name gives every fixture its class, also those whose text names none.
        var text = File.ReadAllText(Path.Combine(Repository.Fixtures, "invalid", $"{fixture}.json"));
        AssertOnlyFcnn(SpecFile.Of(text, "broken.json"), """
            internal static class User
            {
                private const long Twice = Consumer.GeneratedModels.Broken.TotalParameters * 2 + Consumer.GeneratedModels.Broken.TrainableParameters + Consumer.GeneratedModels.Broken.NonTrainableParameters;
                private const int Quotient = 784 / Consumer.GeneratedModels.Broken.InputWidth / Consumer.GeneratedModels.Broken.InputHeight / Consumer.GeneratedModels.Broken.InputChannels / Consumer.GeneratedModels.Broken.Classes;

                public static object Use(TorchSharp.torch.Tensor images)
                {
                    using var model = new Consumer.GeneratedModels.Broken();
                    FashionCnn.Models.ModelDescriptor descriptor = Consumer.GeneratedModels.Broken.Descriptor;
                    string fingerprints = Consumer.GeneratedModels.Broken.ArchitectureFingerprint + Consumer.GeneratedModels.Broken.TrainingFingerprint;
                    long work = Consumer.GeneratedModels.Broken.MultiplyAccumulates;
                    using var logits = model.forward(images);
                    using var probabilities = model.predict(images);
                    FashionCnn.Models.ImageClassifier classifier = model;
                    return (descriptor, fingerprints, work, classifier.Model, model.training, Consumer.GeneratedModels.ModelCatalog.All, Twice, Quotient).ToString() ?? "";
                }
            }
            """);
    }

    [Fact]
    public void Code_that_names_a_layer_of_a_spec_with_errors_gives_no_second_error() => AssertOnlyFcnn(
        SpecFile.Of(
            """
            {
              "version": 1,
              "input": { "shape": [28, 28, 1] },
              "layers": [
                { "type": "Conv2D", "name": "stem", "filters": 8, "kernel_size": 30 },
                { "type": "BatchNormalization" },
                { "type": "Add", "branches": [[], [{ "type": "SeparableConv2D", "filters": 8, "kernel_size": 3, "padding": "same" }, { "type": "LayerNormalization" }]] },
                { "type": "DepthwiseConv2D", "kernel_size": 0 },
                { "type": "GroupNormalization", "groups": 3 },
                { "type": "Dense", "units": "ten" }
              ]
            }
            """,
            "broken.json"),
        """
        internal static class User
        {
            public static void Use(Consumer.GeneratedModels.Broken model)
            {
                TorchSharp.Modules.Conv2d stem = model.Stem;
                FashionCnn.Models.BatchNormalization norm = model.BatchNorm1;
                FashionCnn.Models.SeparableConvolution separable = model.SeparableConv1;
                FashionCnn.Models.LayerNormalization layerNorm = model.LayerNorm1;
                TorchSharp.Modules.Conv2d depthwise = model.DepthwiseConv1;
                TorchSharp.Modules.GroupNorm groupNorm = model.GroupNorm1;
                TorchSharp.Modules.Linear dense = model.Dense1;
                System.Console.WriteLine($"{stem}{norm}{separable}{layerNorm}{depthwise}{groupNorm}{dense}");
            }
        }
        """);

    private static void AssertOnlyFcnn(SpecFile spec, string code)
    {
        GeneratorRun.Driver([spec]).RunGeneratorsAndUpdateCompilation(GeneratorRun.Compilation(code), out var compilation, out var diagnostics);

        Assert.Contains(diagnostics, diagnostic => diagnostic.Severity == DiagnosticSeverity.Error);
        Assert.All(diagnostics, diagnostic => Assert.StartsWith("FCNN", diagnostic.Id, StringComparison.Ordinal));
        Assert.Empty(compilation.GetDiagnostics().Where(diagnostic => diagnostic.Severity >= DiagnosticSeverity.Warning));
    }

    /// <summary>The diagnostics of a fixture as the C# compiler lists them under these options.</summary>
    private static ImmutableArray<Diagnostic> Report(string fixture, CSharpCompilationOptions options)
    {
        var spec = SpecFile.Read(Path.Combine(Repository.Fixtures, "invalid", $"{fixture}.json"));
        GeneratorRun.Driver([spec]).RunGeneratorsAndUpdateCompilation(GeneratorRun.Compilation().WithOptions(options), out _, out var diagnostics);
        return diagnostics;
    }

    /// <summary>As <c>NoWarn</c> and <c>WarningsAsErrors</c> say it.</summary>
    private static CSharpCompilationOptions Specific(string id, ReportDiagnostic severity) =>
        Plain.WithSpecificDiagnosticOptions(new Dictionary<string, ReportDiagnostic> { [id] = severity });

    /// <summary>As a <c>.globalconfig</c> says it.</summary>
    private static CSharpCompilationOptions Config(string id, ReportDiagnostic severity) =>
        Plain.WithSyntaxTreeOptionsProvider(new GlobalConfig(id, severity));

    private sealed class GlobalConfig(string id, ReportDiagnostic severity) : SyntaxTreeOptionsProvider
    {
        public override GeneratedKind IsGenerated(SyntaxTree tree, CancellationToken cancellationToken) => GeneratedKind.Unknown;

        public override bool TryGetDiagnosticValue(SyntaxTree tree, string diagnosticId, CancellationToken cancellationToken, out ReportDiagnostic found)
        {
            found = ReportDiagnostic.Default;
            return false;
        }

        public override bool TryGetGlobalDiagnosticValue(string diagnosticId, CancellationToken cancellationToken, out ReportDiagnostic found)
        {
            found = diagnosticId == id ? severity : ReportDiagnostic.Default;
            return diagnosticId == id;
        }
    }
}
