using System.IO.Compression;
using System.Runtime.InteropServices;
using System.Text.Json.Nodes;
using FashionCnn.Compiler;
using Xunit;

namespace FashionCnn.Interchange.Tests;

/// <summary>An exported file carries its spec, which comes back as long as the layers are those of the spec.</summary>
public sealed class EmbeddedSpecTests : IDisposable
{
    private const string NotItsLayers = "the file's spec: not used, because it does not describe the file's layers.";

    // A name within a block, a comment, and a layer that does nothing: Keras has no place for the first two, and import leaves out the third.
    private const string Spec = """
        {
          "version": 1,
          "input": { "shape": [8, 8, 1] },
          "blocks": {
            // Twice.
            "stage": { "parameters": ["filters"], "layers": [{ "type": "Conv2D", "filters": "$filters", "kernel_size": 3, "name": "wide" }] }
          },
          "layers": [
            { "block": "stage", "filters": 4 },
            { "block": "stage", "filters": 2 },
            { "type": "Activation", "activation": "linear" },
            { "type": "Flatten" },
            { "type": "Dense", "units": 3 }
          ],
          "training": { "optimizer": { "type": "SGD", "learning_rate": 0.5 } }
        }
        """;

    private readonly Folder folder = new();
    private readonly string path;

    public EmbeddedSpecTests()
    {
        var spec = SpecCompiler.Compile("net.json", Spec);
        var shapes = new Dictionary<string, IReadOnlyList<long>>
        {
            ["wide_1.weight"] = [4, 1, 3, 3],
            ["wide_1.bias"] = [4],
            ["wide_2.weight"] = [2, 4, 3, 3],
            ["wide_2.bias"] = [2],
            ["dense1.weight"] = [3, 32],
            ["dense1.bias"] = [3],
        };
        path = Path.Combine(folder.Path, "net.keras");
        using var stream = File.Create(path);
        KerasExport.Write(stream, spec, shapes, (name, take) => take(MemoryMarshal.AsBytes<float>(new float[shapes[name].Aggregate(1L, (product, size) => product * size)])));
    }

    public void Dispose() => folder.Dispose();

    // It tells the pixels, too.
    [Fact]
    public void It_comes_back_as_it_was()
    {
        using var model = KerasImport.Read(path, new ImportOptions("net"));

        Assert.Equal(Spec, model.Spec.Text);
        Assert.Equal(PixelRange.ZeroToOne, model.Pixels);
        Assert.Empty(model.Notes);
        Assert.Equal(["wide_1", "wide_2", "activation1", "flatten1", "dense1"], model.Map.SelectMany(origin => origin.Layers));
        Assert.Equal(213, model.SourceParameters);
    }

    [Fact]
    public void For_other_pixels_the_layers_are_read()
    {
        using var model = KerasImport.Read(path, new ImportOptions("net") { Pixels = PixelRange.MinusOneToOne });

        Assert.Contains("Rescaling", model.Spec.Text, StringComparison.Ordinal);
        Assert.Contains("the file's spec: not used, because other images were asked for.", model.Notes);
    }

    [Fact]
    public void Layers_that_were_changed_since_count()
    {
        Edit("config.json", text => text.Replace("\"linear\"", "\"relu\"", StringComparison.Ordinal));

        using var model = KerasImport.Read(path, new ImportOptions("net") { Pixels = PixelRange.ZeroToOne });

        Assert.Contains("relu", model.Spec.Text, StringComparison.Ordinal);
        Assert.Contains(NotItsLayers, model.Notes);
    }

    [Theory]
    [InlineData("{")]
    [InlineData("{}")]
    [InlineData("[]")]
    [InlineData("{ \"fashioncnn_spec\": 3 }")]
    public void Metadata_without_a_spec_is_no_fault(string metadata)
    {
        Edit("metadata.json", _ => metadata);

        using var model = KerasImport.Read(path, new ImportOptions("net") { Pixels = PixelRange.ZeroToOne });

        Assert.Equal(213, model.SourceParameters);
        Assert.Empty(model.Notes);
        Assert.Throws<InputException>(() => KerasImport.Read(path, new ImportOptions("net")));
    }

    [Theory]
    [InlineData("nothing")]
    [InlineData("{ \"version\": 1 }")]
    [InlineData("{ \"version\": 1, \"input\": { \"shape\": [8, 8, 1] }, \"layers\": [{ \"type\": \"Flatten\" }, { \"type\": \"Dense\", \"units\": 3 }] }")]
    [InlineData("{ \"version\": 1, \"input\": { \"shape\": [8, 8, 1] }, \"layers\": [{ \"type\": \"Flatten\" }, { \"type\": \"Dense\", \"units\": 3, \"activation\": \"gelu_tanh\" }] }")]
    public void A_spec_of_other_layers_is_not_used(string spec)
    {
        Edit("metadata.json", _ => new JsonObject { ["fashioncnn_spec"] = spec }.ToJsonString());

        using var model = KerasImport.Read(path, new ImportOptions("net") { Pixels = PixelRange.ZeroToOne });

        Assert.Equal(213, model.SourceParameters);
        Assert.Contains(NotItsLayers, model.Notes);
    }

    private void Edit(string member, Func<string, string> change)
    {
        using var archive = ZipFile.Open(path, ZipArchiveMode.Update);
        var entry = archive.GetEntry(member)!;
        string text;
        using (var reader = new StreamReader(entry.Open()))
        {
            text = reader.ReadToEnd();
        }

        var changed = change(text);
        Assert.NotEqual(text, changed);
        entry.Delete();
        using var writer = new StreamWriter(archive.CreateEntry(member).Open());
        writer.Write(changed);
    }
}
