using System.Text;
using FashionCnn.Compiler;
using FashionCnn.Compiler.Infer;
using FashionCnn.Compiler.Keys;
using FashionCnn.Compiler.Layers;
using FashionCnn.Compiler.Shapes;
using FashionCnn.Compiler.Training;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.Text;
using Xunit;

namespace FashionCnn.Generator.Tests;

/// <summary>A failure of the compiler itself is FCNN9001 on the file; without that, the C# compiler would drop every generated class.</summary>
public sealed class InternalFailureTests
{
    private const string Good = """{ "version": 1, "input": { "shape": [4, 4, 1] }, "layers": [{ "type": "Flatten" }, { "type": "Dense", "units": 2 }] }""";

    [Fact]
    public void A_file_that_throws_when_it_is_read_is_named() => AssertNamed(new ThrowingFile("folder/bad.json"));

    [Fact]
    public void A_text_that_throws_when_it_is_read_is_named() => AssertNamed(new SpecFile("folder/bad.json", new ThrowingText()));

    [Fact]
    public void A_file_without_a_text_is_left_to_the_compiler_and_keeps_its_class()
    {
        var result = GeneratorRun.Run(new MissingFile("bad.json"), SpecFile.Of(Good, "good.json")).Results[0];

        Assert.Null(result.Exception);
        Assert.Empty(result.Diagnostics);
        Assert.Equal(["Bad.g.cs", "Good.g.cs", "ModelCatalog.g.cs"], result.GeneratedSources.Select(source => source.HintName).Order(StringComparer.Ordinal));
    }

    [Fact]
    public void A_cancelled_reading_is_no_failure()
    {
        using var source = new CancellationTokenSource();
        var file = new ThrowingFile("bad.json", () =>
        {
            source.Cancel();
            throw new OperationCanceledException(source.Token);
        });

        Assert.Throws<OperationCanceledException>(() => GeneratorRun.Driver([file]).RunGenerators(GeneratorRun.Compilation(), source.Token));
    }

    [Fact]
    public void A_plan_that_cannot_be_emitted_is_named_and_keeps_its_class()
    {
        var layer = new PlannedLayer(new Faulty(), Settings.Empty, "net", "Net", "layers[0]", Shape.Vector(2), Shape.Vector(2), default, []);
        var training = new TrainingSpec(Settings.Empty, new TypedSettings(new TypedObject("t", "T", "s", KeyTable.Empty), Settings.Empty));
        var plan = new ModelPlan("bad", "Bad", string.Empty, new NetworkPlan(Shape.Image(1, 1, 2), 2, [layer], default, training, []));

        var (source, failure) = SpecCompiler.Emit(plan, string.Empty, "folder/bad.json", "Consumer");

        Assert.Contains("class Bad ", source, StringComparison.Ordinal);
        Assert.Contains("The spec bad has errors", source, StringComparison.Ordinal);
        Assert.StartsWith("folder/bad.json(1,1): error FCNN9001: ", $"{failure}", StringComparison.Ordinal);
    }

    private static void AssertNamed(AdditionalText bad)
    {
        GeneratorRun.Driver([bad, SpecFile.Of(Good, "good.json")])
            .RunGeneratorsAndUpdateCompilation(GeneratorRun.Compilation("class Program { object Used() => new Consumer.GeneratedModels.Bad(); }"), out var compilation, out var diagnostics);

        var diagnostic = Assert.Single(diagnostics);
        Assert.Equal(("FCNN9001", DiagnosticSeverity.Error), (diagnostic.Id, diagnostic.Severity));
        Assert.Equal(bad.Path, diagnostic.Location.GetLineSpan().Path);
        Assert.Contains("InvalidOperationException: The disk is gone.", diagnostic.GetMessage(null), StringComparison.Ordinal);
        Assert.Equal("folder/bad.json(1,1): error FCNN9001: ", $"{diagnostic}"[..38]);
        Assert.DoesNotContain(compilation.GetDiagnostics(), other => other.Severity >= DiagnosticSeverity.Warning);
        Assert.NotNull(compilation.GetTypeByMetadataName("Consumer.GeneratedModels.Good"));
    }

    private static InvalidOperationException Gone() => new("The disk is gone.");

    private sealed class Faulty : LayerKind
    {
        public override string Type => "Faulty";

        public override string NamePrefix => "faulty";

        public override string Summary => "Fails.";

        public override KeyTable Table => KeyTable.Empty;

        public override ShapeResult Infer(LayerSpec layer, Shape input) => input;

        public override string Forward(PlannedLayer layer, string x) => throw Gone();

        public override OnnxValue Onnx(PlannedLayer layer, OnnxValue x) => x;

        public override string PyTorch(PlannedLayer layer, string x) => throw Gone();
    }

    private sealed class ThrowingFile(string path, Action? fail = null) : AdditionalText
    {
        public override string Path => path;

        public override SourceText GetText(CancellationToken cancellationToken = default)
        {
            fail?.Invoke();
            throw Gone();
        }
    }

    private sealed class MissingFile(string path) : AdditionalText
    {
        public override string Path => path;

        public override SourceText? GetText(CancellationToken cancellationToken = default) => null;
    }

    private sealed class ThrowingText : SourceText
    {
        public override Encoding Encoding => Encoding.UTF8;

        public override int Length => throw Gone();

        public override char this[int position] => throw Gone();

        public override void CopyTo(int sourceIndex, char[] destination, int destinationIndex, int count) => throw Gone();
    }
}
