using System.Text.RegularExpressions;
using FashionCnn.Storage;
using Xunit;
using static FashionCnn.CommandLine.Tests.PictureFiles;

namespace FashionCnn.CommandLine.Tests;

/// <summary>What docs/interchange.md walks through, run as it stands there.</summary>
public sealed partial class InterchangePageTests : IDisposable
{
    private static readonly string Page = File.ReadAllText(Path.Combine(Repository.Root, "docs", "interchange.md")).ReplaceLineEndings("\n");

    private readonly TestProgram program = new();

    public void Dispose() => program.Dispose();

    [Fact]
    public void The_page_walks_from_a_model_of_Keras_to_one_that_knows_three_flowers()
    {
        var walk = Page[Page.IndexOf("## From Keras to three flowers", StringComparison.Ordinal)..];
        walk = walk[..walk.IndexOf("\n## ", 5, StringComparison.Ordinal)];
        var commands = Command().Matches(walk).Select(match => match.Groups["args"].Value.Split(' ', StringSplitOptions.RemoveEmptyEntries)).ToList();
        Assert.Equal(["import", "format", "summary", "train", "predict"], commands.Select(command => command[0]));
        var edits = Json().Matches(walk).Select(match => match.Groups["text"].Value).ToList();
        Assert.Equal(4, edits.Count);
        File.Copy(ImportTests.Fixture("mobilenet_v2.keras"), "mobilenet.keras");
        WriteFlowers("flowers", 8);

        Run(commands[0]);
        var spec = program.Read("mobilenet.json");
        foreach (var (before, after) in new[] { (edits[0], edits[1]), (edits[2], edits[3]) })
        {
            // The network's layers, not those of a block.
            var place = spec.LastIndexOf($"\n{before}\n", StringComparison.Ordinal) + 1;
            Assert.True(place > 0, $"{before} is not in {spec}");
            spec = spec[..place] + after + spec[(place + before.Length)..];
        }

        File.WriteAllText("mobilenet.json", spec);
        Run(commands[1]);
        Run(commands[2]);
        Assert.Matches(@"\n  conv1 +Conv2D 3x3 .* frozen ", program.Output);
        Assert.Matches(@"\n  trainable: +3,843\n", program.Output);
        Run([.. commands[3], "--threads", "1", "--precision", "fp32", "--no-self-check", "--epochs", "1"]);
        Assert.Contains("Another shape or type there, so fresh: ", program.Output, StringComparison.Ordinal);
        Run([.. commands[4], "--threads", "1", "--no-self-check"]);
        Assert.Matches("(daisy|rose|tulip) 0[.]", program.Output);

        // Only the head was trained.
        using var imported = SafetensorsFile.Open("mobilenet.safetensors");
        using var trained = SafetensorsFile.Open("runs/flowers/weights.safetensors");
        Assert.Equal(imported.Tensors.Keys.Order(StringComparer.Ordinal), trained.Tensors.Keys.Order(StringComparer.Ordinal));
        using var scope = TorchSharp.torch.NewDisposeScope();
        foreach (var name in imported.Tensors.Keys)
        {
            Assert.Equal(!name.StartsWith("predictions.", StringComparison.Ordinal), imported.Read(name).data<float>().SequenceEqual(trained.Read(name).data<float>()));
        }
    }

    private void Run(string[] args) => Assert.True(program.Run(args) == 0, $"{string.Join(' ', args)}: {program.Error}");

    [GeneratedRegex(@"^dotnet run --project src/Runner -- (?<args>[^#\n]+)", RegexOptions.Multiline)]
    private static partial Regex Command();

    [GeneratedRegex(@"```json\n(?<text>.*?)\n```", RegexOptions.Singleline)]
    private static partial Regex Json();
}
