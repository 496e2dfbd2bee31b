using FashionCnn.Tests;
using Xunit;

namespace FashionCnn.Interchange.Tests;

/// <summary>Import and export need no Torch, and what makes a spec of a graph knows nothing of Keras.</summary>
public sealed class DirectionTests
{
    private const string Root = "FashionCnn.Interchange";

    private static readonly string Library = typeof(KerasImport).Assembly.Location;

    [Fact]
    public void No_Torch_no_pictures_and_no_Roslyn_are_among_the_references()
    {
        var assemblies = NamespaceReferences.Assemblies(Library);

        Assert.Contains("PureHDF", assemblies);
        Assert.Contains("Google.Protobuf", assemblies);
        Assert.Contains("FashionCnn.Compiler", assemblies);
        Assert.DoesNotContain(assemblies, name => name.Contains("Torch", StringComparison.Ordinal) || name.Contains("Skia", StringComparison.Ordinal) || name.Contains("CodeAnalysis", StringComparison.Ordinal) || name == "FashionCnn.Runtime");
    }

    [Fact]
    public void An_ONNX_file_is_written_without_a_word_of_Keras()
    {
        var references = NamespaceReferences.Of(Library, Root).Where(reference => reference.From.StartsWith($"{Root}.Onnx.", StringComparison.Ordinal)).ToList();

        Assert.Contains(references, reference => reference.To == $"{Root}.OnnxOptions");
        Assert.DoesNotContain(references, reference => reference.To.StartsWith($"{Root}.Keras.", StringComparison.Ordinal) || reference.To.StartsWith($"{Root}.Structure.", StringComparison.Ordinal));
    }

    [Fact]
    public void A_graph_becomes_a_spec_without_a_word_of_Keras()
    {
        var references = NamespaceReferences.Of(Library, Root);

        Assert.Contains(references, reference => reference.From.StartsWith($"{Root}.Keras.", StringComparison.Ordinal) && reference.To.StartsWith($"{Root}.Structure.", StringComparison.Ordinal));
        Assert.DoesNotContain(references, reference => reference.From.StartsWith($"{Root}.Structure.", StringComparison.Ordinal) && !reference.To.StartsWith($"{Root}.Structure.", StringComparison.Ordinal));
    }
}
