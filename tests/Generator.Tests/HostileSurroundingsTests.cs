using System.Text.Json;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;
using Xunit;

namespace FashionCnn.Generator.Tests;

/// <summary>
/// Generated code compiles wherever it comes to stand: every warning is an error, nullable annotations and documentation are
/// checked, and the project around it has names of its own.
/// </summary>
public sealed class HostileSurroundingsTests
{
    private static readonly Lazy<IReadOnlyList<SpecFile>> Specs = new(() =>
    [
        .. Repository.SpecPaths.Concat(Directory.GetFiles(Path.Combine(Repository.Fixtures, "valid"), "*.json").Order(StringComparer.Ordinal)).Select(SpecFile.Read),
    ]);

    private static readonly string[] UsualNames =
    [
        "Tensor", "torch", "nn", "TorchSharp", "FashionCnn", "System", "Task", "String", "Int64", "Object", "Exception", "InvalidOperationException",
        "Func", "Attribute", "GeneratedCode", "ModelDescriptor", "ImageClassifier", "LayerInfo", "Initializer", "Conv2d", "Linear", "IReadOnlyList",
        "conv2d", "relu_", "linear", "x", "Descriptor", "Logits", "Register", "Start", "All",
    ];

    public static TheoryData<string> Surroundings => [.. Code.Keys];

    private static Dictionary<string, string> Code { get; } = new()
    {
        ["namespaces"] = """
            namespace Consumer.System.Collections.Generic { internal class IReadOnlyList { } }
            namespace Consumer.System.CodeDom.Compiler { internal class GeneratedCode { } }
            namespace Consumer.TorchSharp.Modules { internal class Conv2d { } }
            namespace Consumer.TorchSharp.torch { internal class Tensor { } }
            namespace Consumer.FashionCnn.Models { internal class ImageClassifier { } }
            namespace MyApp.System.Collections { internal class List { } }
            """,
        ["types of the same namespace"] = $"namespace Consumer.GeneratedModels {{ {Types(UsualNames)} }}",
        ["types of the root namespace"] = $"namespace Consumer {{ {Types([.. UsualNames, "Model1a", "ModelCatalog", "ResNet"])} }}",
        ["global types"] = Types(UsualNames.Except(["System", "TorchSharp", "FashionCnn"])),
        ["types of other namespaces, imported everywhere"] = $"global using Other; namespace Other {{ {Types([.. UsualNames, "Model1a", "ModelCatalog"])} }}",
        ["aliases"] = """
            global using Tensor = System.String;
            global using Conv2d = System.Int32;
            global using ImageClassifier = System.Object;
            global using TorchSharp = System.Text.StringBuilder;
            global using FashionCnn = System.Text.StringBuilder;
            """,
        ["everything that is in reach, imported everywhere"] = """
            global using System;
            global using System.Collections.Generic;
            global using System.Linq;
            global using System.Threading.Tasks;
            global using TorchSharp;
            global using TorchSharp.Modules;
            global using FashionCnn.Models;
            global using static TorchSharp.torch;
            global using static TorchSharp.torch.nn;
            global using static TorchSharp.torch.nn.functional;
            """,
        ["another part of the class"] = """
            namespace Consumer.GeneratedModels
            {
                partial class Model1a
                {
                    internal int System { get; set; }
                    internal int TorchSharp { get; set; }
                    internal class FashionCnn { }
                    internal class Tensor { }
                }
            }
            """,
    };

    [Theory]
    [MemberData(nameof(Surroundings))]
    public void All_specs_compile_beside_names_of_the_project(string surroundings) => AssertCompiles(Specs.Value, Code[surroundings]);

    [Theory]
    [InlineData(LanguageVersion.CSharp9)]
    [InlineData(LanguageVersion.CSharp10)]
    [InlineData(LanguageVersion.CSharp11)]
    [InlineData(LanguageVersion.CSharp12)]
    [InlineData(LanguageVersion.Latest)]
    [InlineData(LanguageVersion.Preview)]
    public void All_specs_compile_in_every_version_of_the_language(LanguageVersion language)
    {
        AssertCompiles(Specs.Value, language: language);
        AssertCompiles(Specs.Value, Code["types of the same namespace"], language: language);
    }

    // README.md and docs/architecture.md say 9.
    [Fact]
    public void The_language_before_version_9_is_too_old()
    {
        GeneratorRun.Driver([SpecFile.Of(Network(), "net.json")], language: LanguageVersion.CSharp8).RunGeneratorsAndUpdateCompilation(GeneratorRun.Compilation(language: LanguageVersion.CSharp8), out var compilation, out _);

        Assert.Contains(compilation.GetDiagnostics(), diagnostic => diagnostic.Id == "CS8400" && diagnostic.Severity == DiagnosticSeverity.Error);
    }

    [Theory]
    [InlineData("", null, "")]
    [InlineData("Consumer", null, "Consumer")]
    [InlineData("Consumer", "Chosen.Name", "Chosen.Name")]
    [InlineData("Consumer", " ", "Consumer")]
    [InlineData("", "1st-models", "_1st_models")]
    [InlineData("My.System", null, "My.System")]
    [InlineData("A.B.torch", null, "A.B.torch")]
    [InlineData("A.System.TorchSharp.FashionCnn", null, "A.System.TorchSharp.FashionCnn")]
    [InlineData("System", null, "System")]
    [InlineData("TorchSharp", null, "TorchSharp")]
    [InlineData("FashionCnn", null, "FashionCnn")]
    [InlineData("FashionCnn.Models", null, "FashionCnn.Models")]
    [InlineData("_1.class-like", null, "_1.class_like")]
    [InlineData("1-2.3", null, "_1_2._3")]
    [InlineData("my app", null, "my_app")]
    [InlineData("my.class.namespace", null, "my.class.namespace")]
    [InlineData("my.@class", null, "my.class")]
    [InlineData(".my..app.", null, "my.app")]
    [InlineData("Über.Größe", null, "Über.Größe")]
    [InlineData("C#", null, "C_")]
    [InlineData("-", null, "_")]
    public void All_specs_compile_in_the_namespace_of_the_project(string root, string? chosen, string expected)
    {
        var compilation = AssertCompiles(Specs.Value, root: root, chosen: chosen);

        var prefix = !string.IsNullOrWhiteSpace(chosen) ? $"{expected}." : expected.Length == 0 ? "GeneratedModels." : $"{expected}.GeneratedModels.";
        Assert.All(["Model1a", "ModelCatalog"], name => Assert.NotNull(compilation.Assembly.GetTypeByMetadataName(prefix + name)));
    }

    [Fact]
    public void All_specs_compile_below_namespaces_with_names_of_the_project()
    {
        var code = $"namespace A {{ {Types(UsualNames)} }} namespace A.B {{ {Types(UsualNames.Except(["torch"]))} }}";

        AssertCompiles(Specs.Value, code, root: "A.B.torch");
    }

    [Fact]
    public void A_class_can_be_called_like_what_generated_code_uses()
    {
        string[] names =
        [
            "all", "equals", "reference_equals", "to_string", "finalize", "model", "register", "create_dense", "system", "torch", "torchSharp", "fashion_cnn",
            "tensor", "nn", "start", "run", "string", "task", "object", "func", "image_classifier", "model_descriptor", "module", "forward", "x", "consumer", "Größe",
        ];

        AssertCompiles(names.Select(name => SpecFile.Of(Network(), $"{name}.json")));
    }

    [Theory]
    [InlineData("")]
    [InlineData("FashionCnn")]
    [InlineData("FashionCnn.Models")]
    [InlineData("FashionCnn.Runner")]
    [InlineData("FashionCnn.CommandLine")]
    [InlineData("System")]
    [InlineData("TorchSharp.Modules")]
    public void A_class_can_be_called_like_any_type_of_the_program(string root)
    {
        // Also those of the runner's commands, which this test does not refer to, and names of namespaces.
        string[] others = ["Options", "Text", "Table", "Command", "Program", "CommandLineProgram", "TrainCommand", "System", "FashionCnn", "Runner", "CommandLine", "GeneratedModels", "Models", "TorchSharp"];
        var types = typeof(FashionCnn.Models.ImageClassifier).Assembly.GetTypes().Select(type => type.Name).Where(name => name.All(char.IsLetterOrDigit))
            .Concat(["Exception", "String", "Task", "List", "Attribute", "Tensor", "Conv2d"]).Concat(others);
        var specs = types.Distinct(StringComparer.OrdinalIgnoreCase).Select(name => SpecFile.Of(Network(), $"{name}.json")).ToList();
        Assert.True(specs.Count > 100);
        var program = File.ReadAllText(Path.Combine(Repository.Root, "src", "Runner", "Program.cs")).Replace("FashionCnn.Runner.", root.Length == 0 ? string.Empty : $"{root}.", StringComparison.Ordinal);
        var code = $$"""
            namespace FashionCnn.CommandLine
            {
                internal class Options { }
                internal class Text { }
                internal class Table { }
                internal class ModelDescriptor { }
                internal static class CommandLineProgram
                {
                    public static int Run(string[] args, global::System.Collections.Generic.IReadOnlyList<global::FashionCnn.Models.ModelDescriptor> models, global::System.Func<string, int> build, global::System.Func<int> languageServer) => models.Count + args.Length;
                }
            }
            namespace FashionCnn.SpecFiles
            {
                internal static class SpecClass
                {
                    public static int Build(string spec) => spec.Length;
                }
            }
            namespace FashionCnn.LanguageServer
            {
                internal static class LanguageServerProgram
                {
                    public static int Run() => 0;
                }
            }
            internal static class Start
            {
                public static int Main(string[] args)
                {
                    {{program}}
                }
            }
            """;

        AssertCompiles(specs, code, root, needsModels: true);
    }

    [Fact]
    public void A_layer_can_be_called_like_what_generated_code_uses()
    {
        string[] names =
        [
            "system", "torch_sharp", "fashion_cnn", "torch", "tensor", "string", "task", "object", "x", "conv2d", "relu", "linear", "forward", "predict", "consumer",
            "model_catalog", "conv", "batch_norm", "base", "this", "class", "int", "global", "module", "parameters", "value", "get", "item", "notes",
        ];
        var layers = string.Concat(names.Select(name => $$"""{ "type": "Conv2D", "name": "{{name}}", "filters": 4, "kernel_size": 1, "activation": "relu" },"""));
        var merge = """{ "type": "Add", "name": "x_branch0", "branches": [[], [{ "type": "Add", "name": "relu_branch0", "branches": [[], []] }]] },""";

        AssertCompiles([SpecFile.Of(Network(layers + merge), "net.json")]);
    }

    [Fact]
    public void A_block_can_be_called_like_anything()
    {
        string[] names = ["a\nb", "a\r} b", "\u2028 */ </summary> <x> & \u0085 ;", "\t// \\", new string('n', 5_000), string.Empty];
        var blocks = names.Select(name => $$"""{{JsonSerializer.Serialize(name)}}: { "layers": [{ "type": "Conv2D", "filters": 4, "kernel_size": 1 }] }""");
        var uses = names.Select(name => $$"""{ "repeat": 2, "layers": [{ "block": {{JsonSerializer.Serialize(name)}} }] }""");
        var spec = $$"""
            {
              "version": 1,
              "input": { "shape": [4, 4, 4] },
              "blocks": { {{string.Join(", ", blocks)}} },
              "layers": [{{string.Join(", ", uses)}}, { "type": "Flatten" }, { "type": "Dense", "units": 2 }]
            }
            """;

        var compilation = AssertCompiles([SpecFile.Of(spec, "net.json")]);

        Assert.Contains("// round 1 of 2, a b\n", compilation.SyntaxTrees.Single(tree => tree.FilePath.EndsWith("Net.g.cs", StringComparison.Ordinal)).ToString(), StringComparison.Ordinal);
    }

    private static Compilation AssertCompiles(
        IEnumerable<SpecFile> specs, string code = "", string root = GeneratorRun.Root, string? chosen = null, LanguageVersion language = LanguageVersion.Latest,
        bool needsModels = false)
    {
        // Names in lower case would be a warning in the hostile code itself; it is the generated code that must have none.
        var before = GeneratorRun.Compilation($"#pragma warning disable CS8981\n{code}", language);
        Assert.True(needsModels || !before.GetDiagnostics().Any(IsVisible));
        GeneratorRun.Driver(specs, root, language, chosen).RunGeneratorsAndUpdateCompilation(before, out var compilation, out var diagnostics);

        Assert.DoesNotContain(diagnostics, IsVisible);
        // A class and its spec's text for each, and the catalog.
        Assert.Equal(specs.Count() + 1, compilation.SyntaxTrees.Count() - 1);
        Assert.Empty(compilation.GetDiagnostics().Where(IsVisible));
        return compilation;

        static bool IsVisible(Diagnostic diagnostic) => diagnostic.Severity >= DiagnosticSeverity.Warning && !diagnostic.IsSuppressed;
    }

    private static string Types(IEnumerable<string> names) => string.Join(" ", names.Select(name => $"internal class {name} {{ }}"));

    private static string Network(string layers = "") =>
        $$"""{ "version": 1, "input": { "shape": [4, 4, 4] }, "layers": [{{layers}} { "type": "Flatten" }, { "type": "Dense", "units": 2 }] }""";
}
