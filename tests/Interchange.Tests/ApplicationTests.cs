using FashionCnn.Compiler;
using FashionCnn.Compiler.Infer;
using FashionCnn.Compiler.Show;
using FashionCnn.Interchange.Keras;
using FashionCnn.Interchange.Structure;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;
using Xunit;

namespace FashionCnn.Interchange.Tests;

/// <summary>All 40 models of keras.applications become specs.</summary>
public sealed class ApplicationTests
{
    public static TheoryData<string> Names => [.. Fixture.Applications];

    [Fact]
    public void There_are_40() => Assert.Equal(40, Fixture.Applications.Count);

    [Theory]
    [MemberData(nameof(Names))]
    public void Parameters_and_output_shapes_are_those_of_Keras(string name)
    {
        var model = Fixture.Application(name);
        using var counts = Fixture.Counts(name);
        var summary = model.Spec.Summary();
        var layers = summary.Layers.ToDictionary(layer => layer.Name);
        Assert.Equal(counts.RootElement.GetProperty("parameters").GetInt64(), summary.Parameters);
        var compared = 0;
        foreach (var row in counts.RootElement.GetProperty("layers").EnumerateArray().Where(row => row[1].GetString() != "InputLayer"))
        {
            var source = row[0].GetString()!;
            // Of a model within the model, the layers within count, and the last one gives its output.
            var origins = model.Map.Where(origin => origin.Source == source || origin.Source.StartsWith($"{source}/", StringComparison.Ordinal)).ToList();
            Assert.NotEmpty(origins);
            Assert.All(origins, origin => Assert.NotEqual(origin.Layers.Count == 0, origin.Fate is null));
            var own = origins.SelectMany(origin => origin.Layers).Select(layer => layers[layer]).ToList();
            Assert.Equal(row[3].GetInt64(), own.Sum(layer => layer.Parameters));
            if (own.Count > 0)
            {
                long[] shape = [.. row[2].EnumerateArray().Skip(1).Select(size => size.ValueKind == System.Text.Json.JsonValueKind.Null ? 0 : size.GetInt64())];
                Assert.Equal(shape.Length, own[^1].OutputShape.Count);
                Assert.All(shape.Zip(own[^1].OutputShape).Where(pair => pair.First != 0), pair => Assert.Equal(pair.First, pair.Second));
                compared++;
            }
        }

        Assert.InRange(compared, 20, layers.Count);
        // Nothing of the spec comes from nowhere but what takes the pixels.
        Assert.InRange(layers.Count - model.Map.SelectMany(origin => origin.Layers).Count(), 0, 1);
    }

    [Theory]
    [MemberData(nameof(Names))]
    public void Blocks_rounds_and_names_make_the_same_network_as_every_layer_written_out(string name)
    {
        using var folder = new Folder();
        using var file = KerasFile.Open(folder.Write("model.json", Fixture.Architecture(name)));
        var faults = new Faults();
        var plain = SeriesParallel.Of(KerasTranslation.Of(KerasGraph.Of(file.Model, faults), keepsInitializers: false, faults)!);
        int[] input = [224, 224, 3];

        var text = SpecText.Of(Shortest.Of(plain), input, string.Empty, "Model", null);

        var whole = Network(SpecText.Of(plain, input, string.Empty, "Model", null));
        Assert.Equal(whole, Network(text));
        Assert.Equal(plain.Layers.Count == 0, whole.Count == 0);
        Assert.Equal(text, SpecLayout.Print(text));
    }

    [Theory]
    [InlineData("ResNet50")]
    [InlineData("NASNetMobile")]
    public void The_spec_is_the_same_every_time(string name)
    {
        using var folder = new Folder();

        using var model = KerasImport.Read(folder.Write("again.json", Fixture.Architecture(name)), new ImportOptions(name.ToLowerInvariant()) { Pixels = Fixture.PixelsOf(name) });

        Assert.Equal(Fixture.Application(name).Spec.Text, model.Spec.Text);
    }

    [Theory]
    [MemberData(nameof(Names))]
    public void The_page_has_a_row_for_each(string name)
    {
        var spec = Fixture.Application(name).Spec;
        var page = File.ReadAllText(Fixture.At("../../../docs/interchange.md"));

        var row = Assert.Single(page.Split('\n'), line => line.StartsWith($"| {name} | ", StringComparison.Ordinal) && line.Count(letter => letter == '|') == 7);
        Assert.StartsWith(FormattableString.Invariant($"| {name} | {spec.Summary().Layers.Count:N0} | {spec.Summary().Parameters:N0} | {spec.Text.Split('\n').Length - 1} |"), row, StringComparison.Ordinal);
        // Empty for a model that was not compared.
        Assert.Equal(OnnxResult.All.GetValueOrDefault(name)?.Cell ?? string.Empty, row.Split('|')[6].Trim());
    }

    [Theory]
    [InlineData("ResNet50", 70)]
    [InlineData("EfficientNetB0", 90)]
    [InlineData("VGG16", 30)]
    [InlineData("MobileNetV2", 80)]
    [InlineData("DenseNet201", 60)]
    public void Specs_are_short(string name, int lines)
    {
        var model = Fixture.Application(name);

        Assert.InRange(model.Spec.Text.Split('\n').Length - 1, 1, lines - 1);
    }

    [Theory]
    [MemberData(nameof(Names))]
    public void What_each_was_fed_is_in_its_first_layer_in_few_digits(string name)
    {
        var spec = Fixture.Application(name).Spec;

        var first = spec.Text.Split("\n  \"layers\": [")[1].Split('\n')[1];
        Assert.Matches(
            Fixture.PixelsOf(name) switch
            {
                PixelRange.MinusOneToOne => """ "Rescaling", .*"scale": 2, "offset": -1 \}""",
                PixelRange.Torch => """ "Normalization", .*"mean": \[0\.485, 0\.456, 0\.406\], "variance": \[0\.052441, 0\.050176, 0\.050625\] \}""",
                PixelRange.Caffe => """ "Normalization", .*"mean": \[0\.485019608, 0\.457956863, 0\.407603922\], "variance": \[(1\.53787005e-5|0\.0000153787005)(, \1){2}\] \}""",
                // Those that divide by 255 themselves need no more of it than what follows; the numbers of the others are those of their files.
                _ when name.StartsWith("MobileNetV3", StringComparison.Ordinal) => """ "Rescaling", .*"scale": 2, "offset": -1 \}""",
                _ when name is "EfficientNetV2S" or "EfficientNetV2M" or "EfficientNetV2L" => """ "Rescaling", .*"scale": 1\.9921875, "offset": -1 \}""",
                _ when name.StartsWith("EfficientNetB", StringComparison.Ordinal) => """ "Normalization", "name": "[a-z_0-9]+" \}""",
                _ => """ "Normalization", .*"mean": \[0\.485, 0\.456, 0\.406\], "variance": \[0\.052441(00000000001)?, 0\.050176(0+5)?, 0\.050625\] \}""",
            },
            first);
    }

    [Fact]
    public void Cells_of_NASNet_are_blocks_that_are_given_the_cell_before_the_last()
    {
        var model = Fixture.Application("NASNetMobile");

        var uses = model.Spec.Text.Split('\n').Where(line => line.Contains("\"previous\": \"normal_concat_", StringComparison.Ordinal)).ToList();
        Assert.True(uses.Count >= 8, model.Spec.Text);
        Assert.All(uses, use => Assert.Matches("^    \\{ \"block\": \"concat_block\", ", use));
    }

    [Fact]
    public void Names_are_kept_outside_blocks_and_rounds()
    {
        var model = Fixture.Application("ResNet50");

        Assert.Equal(["conv1_conv"], model.Map.Single(origin => origin.Source == "conv1_conv").Layers);
        Assert.Equal(["predictions"], model.Map.Single(origin => origin.Source == "predictions").Layers);
        Assert.Contains("\"name\": \"predictions\"", model.Spec.Text, StringComparison.Ordinal);
        Assert.DoesNotContain("conv2_block1_1_conv", model.Spec.Text, StringComparison.Ordinal);
    }

    [Fact]
    public void A_scaled_sum_becomes_a_scaled_branch_of_a_sum()
    {
        var model = Fixture.Application("InceptionResNetV2");

        var origin = model.Map.First(origin => origin.Class == "CustomScaleLayer");
        var layers = model.Spec.Summary().Layers.ToDictionary(layer => layer.Name);
        Assert.Equal(["Rescaling", "Add"], origin.Layers.Select(layer => layers[layer].Kind));
        Assert.Equal("0.17 x + 0", layers[origin.Layers[0]].Settings);
        Assert.Contains(origin.Layers[0], layers[origin.Layers[1]].Inputs);
    }

    [Fact]
    public void The_classes_of_all_compile()
    {
        var sources = Fixture.Applications.AsParallel().AsOrdered().Select(name =>
        {
            var model = Fixture.Application(name);
            return CSharpSyntaxTree.ParseText(model.Spec.CSharp("Applications"), new CSharpParseOptions(LanguageVersion.CSharp9, DocumentationMode.None));
        }).ToList();
        var platform = ((string)AppContext.GetData("TRUSTED_PLATFORM_ASSEMBLIES")!).Split(Path.PathSeparator);
        var compilation = CSharpCompilation.Create("Applications", sources, platform.Select(path => MetadataReference.CreateFromFile(path)), new CSharpCompilationOptions(OutputKind.DynamicallyLinkedLibrary));

        var result = compilation.Emit(Stream.Null);

        Assert.Empty(result.Diagnostics.Where(found => found.Severity >= DiagnosticSeverity.Warning).Select(found => found.ToString()).Take(5));
        Assert.True(result.Success);
    }

    /// <summary>Each layer's kind, settings and shape, with the places of those that it reads.</summary>
    private static List<string> Network(string text)
    {
        var spec = SpecCompiler.Compile("model.json", text);
        Assert.True(spec.IsModel, string.Join('\n', spec.Diagnostics.Take(3)));
        var listed = LayerListing.Of(spec.Plan!.Network!.Layers).ToList();
        var places = listed.Select((layer, i) => (layer.Layer.Name, i)).ToDictionary(pair => pair.Name, pair => pair.i);
        return [.. listed.Select(layer => $"{layer.Layer.Kind.Type} {layer.Layer.Settings} {layer.Layer.Output} {string.Join(",", layer.Inputs.Select(input => places.TryGetValue(input, out var place) ? place : -1))}")];
    }
}
