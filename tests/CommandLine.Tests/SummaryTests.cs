using System.Globalization;
using System.Text.Json;
using System.Text.RegularExpressions;
using System.Xml.Linq;
using FashionCnn.Compiler;
using Xunit;

namespace FashionCnn.CommandLine.Tests;

public sealed class SummaryTests : IDisposable
{
    private const double Letter = 7.2;

    private static readonly string[] Residual = ["batch_norm3", "relu1"];

    private readonly TestProgram program = new();

    public static TheoryData<string> Ids => [.. ProjectModels.All.Select(model => model.Id)];

    public void Dispose() => program.Dispose();

    [Fact]
    public void The_table_shows_layers_and_totals()
    {
        Assert.Equal(0, program.Run("summary", "model3"));

        var lines = program.Output.Split('\n').Select(line => string.Join(' ', line.Split(' ', StringSplitOptions.RemoveEmptyEntries))).ToList();
        Assert.Contains("conv2 Conv2D 3x3 same relu 28x28x64 36,928 28,901,376", lines);
        Assert.Contains("max_pool2 MaxPooling2D 2x2 7x7x128 0 0", lines);
        Assert.Contains("dense2 Dense softmax 10 10,250 10,240", lines);
        Assert.Contains("Total parameters: 6,694,346", lines);
        Assert.Contains("trainable: 6,693,578", lines);
        Assert.Contains("not trainable: 768", lines);
        Assert.Contains("MACs per image: 79,137,792", lines);
    }

    [Fact]
    public void Json_holds_every_layer_with_its_inputs_and_the_totals()
    {
        var model = ProjectModels.All.Single(model => model.Id == "resnet");
        Assert.Equal(0, program.Run("summary", "resnet", "--format", "json"));

        using var json = JsonDocument.Parse(program.Output);
        var root = json.RootElement;
        Assert.Equal(("resnet", "ResNet", 10), (root.GetProperty("model").GetString(), root.GetProperty("class").GetString(), root.GetProperty("classes").GetInt32()));
        Assert.Equal((176_090, 174_970, 1_120, 20_183_936), (Total("parameters"), Total("trainable_parameters"), Total("non_trainable_parameters"), Total("multiply_accumulates")));
        Assert.Equal("[28,28,1]", Compact(root.GetProperty("input_shape")));
        Assert.Equal("[]", Compact(root.GetProperty("notes")));
        var layers = root.GetProperty("layers").EnumerateArray().ToList();
        Assert.Equal(model.Layers.Select(layer => layer.Name), layers.Select(layer => layer.GetProperty("name").GetString()));
        Assert.Equal(
            """{"name":"conv1","kind":"Conv2D","settings":"3x3 same","inputs":["input image"],"output_shape":[28,28,16],"parameters":144,"non_trainable_parameters":0,"multiply_accumulates":112896}""",
            Compact(layers[0]));
        Assert.Equal("""["batch_norm3","relu1"]""", Compact(layers.Single(layer => layer.GetProperty("name").GetString() == "add1").GetProperty("inputs")));
        Assert.Equal("[64]", Compact(layers[^2].GetProperty("output_shape")));
        Assert.Equal(176_090, layers.Sum(layer => layer.GetProperty("parameters").GetInt64()));

        long Total(string name) => root.GetProperty(name).GetInt64();
    }

    [Fact]
    public void Json_holds_what_the_compiler_noticed()
    {
        Assert.Equal(0, program.Run("summary", "model3", "--format", "json"));

        using var json = JsonDocument.Parse(program.Output);
        Assert.Equal(ProjectModels.All.Single(model => model.Id == "model3").Notes, json.RootElement.GetProperty("notes").EnumerateArray().Select(note => note.GetString()));
        Assert.StartsWith("FCNN3007: ", json.RootElement.GetProperty("notes")[0].GetString(), StringComparison.Ordinal);
    }

    [Fact]
    public void A_mermaid_chart_has_a_node_per_layer_and_an_arrow_per_input()
    {
        var model = ProjectModels.All.Single(model => model.Id == "resnet");
        model = model with { Spec = Regex.Replace(model.Spec, "\"description\": \".*?\"", """ "description": "A \"net\": #1" """) };
        Assert.Equal(0, program.Run([model], "summary", "resnet", "--format", "mermaid"));

        var lines = program.Output.Split('\n', StringSplitOptions.RemoveEmptyEntries);
        Assert.Equal(["---", """title: "resnet: A \"net\": #1" """.TrimEnd(), "---", "flowchart TB", """    image(["input<br/>28x28x1"])"""], lines[..5]);
        Assert.Contains("""    layer_conv6["conv6<br/>Conv2D 3x3 stride 2x2 same<br/>4,608 parameters"]""", lines);
        var arrows = lines.Select(line => Regex.Match(line, """^    (\w+) -->\|"([\dx]+)"\| layer_(\w+)$""")).Where(match => match.Success).ToLookup(match => match.Groups[3].Value);
        Assert.Equal(model.Layers.Select(layer => layer.Name), arrows.Select(group => group.Key));
        Assert.Equal(Residual.Select(name => $"layer_{name} 28x28x16"), arrows["add1"].Select(match => $"{match.Groups[1].Value} {match.Groups[2].Value}"));
        Assert.Equal(["layer_relu5 28x28x16"], arrows["conv8"].Select(match => $"{match.Groups[1].Value} {match.Groups[2].Value}"));
        Assert.Equal("""    layer_dense1 --> classes(["10 classes"])""", lines[^1]);
        Assert.Equal(6 + model.Layers.Count + arrows.Sum(group => group.Count()), lines.Length);
    }

    [Theory]
    [MemberData(nameof(Ids))]
    public void A_picture_shows_every_layer_once_inside_it_and_nothing_covers_anything(string id)
    {
        Assert.Equal(0, program.Run("summary", id, "--format", "svg"));

        CheckPicture(program.Output, ProjectModels.All.Single(model => model.Id == id).Spec);
    }

    [Fact]
    public void A_picture_of_nested_branches_and_of_texts_that_xml_cannot_hold_is_whole()
    {
        var text = JsonSerializer.Serialize($"<script>&\u0001 {string.Join(' ', Enumerable.Repeat("words", 60))} {new string('w', 400)}");
        var model = ProjectModels.All.Single(model => model.Id == "resnet") with
        {
            Spec = $$"""
                {
                  "version": 1,
                  "description": {{text}},
                  "input": { "shape": [8, 8, 2] },
                  "layers": [
                    { "type": "Add", "branches": [[], []] },
                    { "type": "Concatenate", "branches": [[{ "type": "Add", "branches": [[{ "type": "ReLU" }], []] }], [], []] },
                    { "type": "Flatten" },
                    { "type": "Dense", "units": 10 }
                  ]
                }
                """,
        };
        Assert.Equal(0, program.Run([model], "summary", "resnet", "--format", "svg"));

        CheckPicture(program.Output, model.Spec);
    }

    [Theory]
    [InlineData("table", "resnet: A residual network")]
    [InlineData("json", "{\n  \"model\": \"resnet\"")]
    [InlineData("mermaid", "---\ntitle: ")]
    [InlineData("svg", "<svg xmlns=\"http://www.w3.org/2000/svg\"")]
    public void A_file_gets_what_standard_output_would(string format, string start)
    {
        Assert.Equal(0, program.Run("summary", "resnet", "--format", format));
        var expected = program.Output;

        Assert.Equal(0, program.Run("summary", "resnet", "--format", format, "--output", "it"));

        Assert.StartsWith(start, expected, StringComparison.Ordinal);
        Assert.Equal(expected, program.Read("it"));
        Assert.Equal("Wrote it.\n", program.Output);
    }

    // Per cell: its second squeeze, a branch, two pools, an addition's first and a concatenation's first and last; in the later cells also
    // what they were given.
    [Theory]
    [InlineData("u_shape", 10)]
    [InlineData("nasnet_cells", 7 + 8 + 8)]
    public void A_picture_has_a_line_to_each_layer_from_what_it_reads_by_name(string fixture, int references)
    {
        var path = Path.Combine(Repository.Root, "tests", "Generator.Tests", "fixtures", "valid", $"{fixture}.json");
        Assert.Equal(0, program.Run("summary", path, "--format", "svg"));

        CheckPicture(program.Output, File.ReadAllText(path), references);
    }

    [Fact]
    public void The_table_says_what_a_layer_reads_that_is_not_the_one_above()
    {
        Assert.Equal(0, program.Run("summary", Path.Combine(Repository.Root, "tests", "Generator.Tests", "fixtures", "valid", "u_shape.json")));

        var lines = program.Output.Split('\n').Select(line => string.Join(' ', line.Split(' ', StringSplitOptions.RemoveEmptyEntries))).ToList();
        Assert.Contains("Layer Kind Reads Output shape Parameters MACs per image", lines);
        Assert.Contains("max_pool2 MaxPooling2D 2x2 4x4x8 0 0", lines);
        Assert.Contains("coarse_1 Conv2D 1x1 valid max_pool2 4x4x16 144 2,048", lines);
        Assert.Contains("concat2 Concatenate down_1, larger_2 16x16x6 0 0", lines);
        Assert.Contains("image_mean GlobalAveragePooling2D input image 1 0 0", lines);
    }

    private static void CheckPicture(string svg, string spec, int references = 0)
    {
        var model = SpecCompiler.Compile("it.json", spec).Summary();
        var root = XDocument.Parse(svg).Root!;
        Assert.DoesNotContain(root.DescendantsAndSelf().Attributes(), attribute => attribute.Name.LocalName is "href" or "src");
        Assert.Equal(["g", "path", "rect", "style", "svg", "text", "title", "tspan"], root.DescendantsAndSelf().Select(element => element.Name.LocalName).Distinct().Order());
        Assert.DoesNotContain("url(", root.Value, StringComparison.Ordinal);

        var (width, height) = (Number(root, "width"), Number(root, "height"));
        Assert.Equal(string.Create(CultureInfo.InvariantCulture, $"0 0 {width} {height}"), root.Attribute("viewBox")!.Value);
        var cards = Elements(root, "rect", "card").Select(card => (Left: Number(card, "x"), Top: Number(card, "y"), Right: Number(card, "x") + Number(card, "width"), Bottom: Number(card, "y") + Number(card, "height"))).ToList();
        Assert.All(cards, card => Assert.True(card.Left >= 0 && card.Top >= 0 && card.Right <= width && card.Bottom <= height, $"{card}"));
        for (var i = 0; i < cards.Count; i++)
        {
            Assert.All(cards.Skip(i + 1), other => Assert.True(
                other.Left >= cards[i].Right || other.Right <= cards[i].Left || other.Top >= cards[i].Bottom || other.Bottom <= cards[i].Top, $"{cards[i]} {other}"));
        }

        Assert.Equal(model.Layers.Select(layer => layer.Name).Order(), Elements(root, "tspan", "name").Select(text => text.Value).Order());
        foreach (var row in root.Descendants().Where(element => element.Name.LocalName == "g"))
        {
            var texts = row.Elements().Where(element => element.Name.LocalName == "text").ToList();
            var card = Assert.Single(cards, card => Number(texts[0], "x") > card.Left && Number(texts[0], "x") < card.Right && Number(texts[0], "y") > card.Top && Number(texts[0], "y") < card.Bottom);
            var end = Number(texts[0], "x") + (Letter * texts[0].Value.Length) + texts[0].Elements().Sum(part => part.Attribute("dx") is null ? 0 : Number(part, "dx"));
            Assert.True(end <= (texts.Count == 1 ? card.Right : Number(texts[1], "x") - (Letter * texts[1].Value.Length)), texts[0].Value);
        }

        var lines = Elements(root, "path", "line").Select(line => line.Attribute("d")!.Value).ToList();
        var named = lines.Select(line => Regex.Match(line, @"^M[\d.]+ [\d.]+V[\d.]+H([\d.]+)V[\d.]+H([\d.]+)V([\d.]+)$")).Where(match => match.Success).ToList();
        Assert.Equal(references, named.Count);
        Assert.All(named, line => Assert.Contains(cards, card => card.Top == Place(line, 3) && card.Left < Place(line, 2) && card.Right > Place(line, 2)));
        Assert.All(named, line => Assert.InRange(Place(line, 1), cards.Max(card => card.Right), width));
        if (references > 0)
        {
            return;
        }

        // Each merge has as many lines into it as it joins, so that no branch is missing.
        var branches = model.Layers.Where(layer => layer.Inputs.Count > 1).Sum(layer => layer.Inputs.Count);
        Assert.Equal(branches, lines.Count(line => line.Split('H').Length == 3) + lines.Count(line => Regex.IsMatch(line, @"^M[\d.]+ [\d.]+V[\d.]+H[\d.]+$")));

        static double Place(Match line, int group) => double.Parse(line.Groups[group].Value, CultureInfo.InvariantCulture);
    }

    private static IEnumerable<XElement> Elements(XElement root, string name, string style) =>
        root.Descendants().Where(element => element.Name.LocalName == name && element.Attribute("class")?.Value == style);

    private static double Number(XElement element, string attribute) => double.Parse(element.Attribute(attribute)!.Value.Replace("100%", "0", StringComparison.Ordinal), CultureInfo.InvariantCulture);

    private static string Compact(JsonElement element) => JsonSerializer.Serialize(element);
}
