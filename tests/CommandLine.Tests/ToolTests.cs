using FashionCnn.Models;
using Xunit;

namespace FashionCnn.CommandLine.Tests;

/// <summary>The tool: the commands that need no Torch, on the specs of the folder where it runs.</summary>
public sealed class ToolTests : IDisposable
{
    private const string Needs = "summary, weights, import, export, list, check, format, explain, language-server";

    private readonly TestProgram program = new();

    public void Dispose() => program.Dispose();

    public static TheoryData<string> WithTorch => [.. CommandList.WithTorch];

    [Theory]
    [MemberData(nameof(WithTorch))]
    public void What_needs_Torch_says_where_it_is_to_be_had(string command)
    {
        Assert.Equal(2, program.RunTool(command, "net.json", "--epochs", "1"));

        Assert.Equal($"error: {command} needs Torch, which fcnn does without: run 'dotnet run -- {command} ...' in the folder of a project; 'dotnet new fashioncnn' makes one.\n", program.Error);
    }

    [Fact]
    public void Every_command_of_a_program_is_one_of_the_tool_or_needs_Torch()
    {
        Assert.Equal(2, program.Run("xyz"));
        var all = Commands(program.Error);

        Assert.Equal(2, program.RunTool("xyz"));
        var tool = Commands(program.Error);

        Assert.Equal(Needs, string.Join(", ", tool));
        Assert.Equal(all.Order(StringComparer.Ordinal), tool.Except(["language-server"]).Concat(CommandList.WithTorch).Order(StringComparer.Ordinal));

        static string[] Commands(string error) => error.Split("Commands: ")[1].Split('.')[0].Split(", ");
    }

    [Theory]
    [InlineData("trian", "error: There is no command 'trian'; did you mean 'train'? Commands: ")]
    [InlineData("net.json", "error: net.json is a model, and a command is missing before it, as in 'fcnn summary net.json'. Commands: ")]
    [InlineData("net", "error: net is a model, and a command is missing before it, as in 'fcnn summary net'. Commands: ")]
    [InlineData("summary nets", "error: There is no model 'nets'; did you mean 'net'? Models: twice, net. Or give the path of a spec, such as nets.json.")]
    [InlineData("summary twice", "error: There are two specs of 'twice': specs/a/twice.json and specs/b/twice.json. Give the path of one.")]
    [InlineData("summary net --formt svg", "error: summary has no option '--formt'; did you mean '--format'? ")]
    [InlineData("export net", "error: export needs --weights <file or run>: ")]
    public void Wrong_usage_is_one_message(string args, string message)
    {
        WriteSpecs("specs/net.json", "specs/a/twice.json", "specs/b/twice.json");

        Assert.Equal(2, program.RunTool(args.Split(' ')));

        Assert.StartsWith(message, program.Error.Replace('\\', '/'), StringComparison.Ordinal);
    }

    [Fact]
    public void Specs_of_the_folder_are_known_by_their_ids_and_others_by_their_paths()
    {
        WriteSpecs("specs/net.json", "other.json");
        File.WriteAllText("specs/model-spec.schema.json", "{}");

        Assert.Equal(0, program.RunTool("list"));
        Assert.Matches(@"\n  net +4x4x1 +3 +51 +48 *\n", program.Output);
        Assert.EndsWith("\nTo see a model's layers: summary <model>\n", program.Output, StringComparison.Ordinal);
        Assert.Equal(0, program.RunTool("check"));
        Assert.Equal("1 spec: 0 errors, 0 warnings, 0 suggestions\n", program.Output);

        Assert.Equal(0, program.RunTool("summary", "net"));
        var summary = program.Output;
        Assert.Contains("Total parameters:", summary, StringComparison.Ordinal);
        Assert.Equal(0, program.RunTool("summary", "other.json"));
        Assert.Equal(summary.Split('\n')[1..], program.Output.Split('\n')[1..]);
        Assert.Equal(0, program.RunTool("summary", "NET", "--format", "svg", "--output", "net.svg"));
        Assert.StartsWith("<svg", program.Read("net.svg"), StringComparison.Ordinal);
    }

    [Fact]
    public void A_spec_with_errors_hides_no_other_in_the_list()
    {
        WriteSpecs("specs/net.json");
        File.WriteAllText("specs/broken.json", "{");

        Assert.Equal(2, program.RunTool("list"));

        Assert.Matches(@"\n  net +4x4x1 +3 +51 +48 *\n", program.Output);
        Assert.StartsWith("specs/broken.json(1,", program.Error.Replace('\\', '/'), StringComparison.Ordinal);
    }

    [Fact]
    public void A_spec_is_not_overwritten_by_its_drawing()
    {
        WriteSpecs("specs/net.json");

        Assert.Equal(2, program.RunTool("summary", "net", "--format", "svg", "--output", "specs/../specs/net.json"));

        Assert.Equal("error: --output specs/../specs/net.json: this is the spec. Choose another file.\n", program.Error);
    }

    [Fact]
    public void Without_a_folder_of_specs_there_are_those_that_are_named()
    {
        WriteSpecs("net.json");

        Assert.Equal(0, program.RunTool("summary", "net.json"));
        Assert.Equal(2, program.RunTool("summary", "net"));
        Assert.Equal("error: There is no model 'net'. Give the path of a spec, such as net.json.\n", program.Error);
        Assert.Equal(2, program.RunTool("list"));
        Assert.Equal("error: There are no models here. Run the command in the folder of a project, the specs of which are in its folder specs.\n", program.Error);
    }

    [Fact]
    public void A_spec_with_errors_is_reported_by_its_path()
    {
        WriteSpecs("specs/net.json");
        File.WriteAllText("specs/net.json", program.Read("specs/net.json").Replace("\"units\": 3", "\"unit\": 3", StringComparison.Ordinal));

        Assert.Equal(2, program.RunTool("summary", "net"));

        Assert.StartsWith("specs/net.json(", program.Error.Replace('\\', '/'), StringComparison.Ordinal);
        Assert.Contains("did you mean 'units'?", program.Error, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("onnx", ".onnx")]
    [InlineData("keras", ".keras")]
    [InlineData("pytorch", ".py")]
    public void It_exports_what_the_program_exports(string format, string ending)
    {
        var model = ProjectModels.All.Single(model => model.Id == "separable");
        using (var network = model.Create())
        {
            ModelWeights.Save(network, "w.safetensors");
        }

        Directory.CreateDirectory("specs");
        File.WriteAllText("specs/separable.json", model.Spec);
        Directory.CreateDirectory("tool");
        Directory.CreateDirectory("program");
        Assert.Equal(0, program.RunTool("weights", "w.safetensors", "separable"));
        Assert.Equal(0, program.RunTool("export", "separable", "--weights", "w.safetensors", "--format", format, "--output", $"tool/net{ending}"));
        Assert.Equal(0, program.Run("export", "separable", "--weights", "w.safetensors", "--format", format, "--output", $"program/net{ending}"));

        Assert.Equal(new FileInfo($"program/net{ending}").Length, new FileInfo($"tool/net{ending}").Length);
        if (format != "keras")
        {
            // That one has the time in it.
            Assert.Equal(File.ReadAllBytes($"program/net{ending}"), File.ReadAllBytes($"tool/net{ending}"));
        }
    }

    [Fact]
    public void A_run_gives_its_weights_and_the_names_of_its_classes()
    {
        Assert.Equal(0, program.Run("model1a", "--data", "sample", "--train-images", "32", "--test-images", "10", "--epochs", "1", "--threads", "1", "--output", "run"));
        Directory.CreateDirectory("specs");
        File.Copy("run/spec.json", "specs/model1a.json");

        Assert.Equal(0, program.RunTool("export", "model1a", "--weights", "run"));

        Assert.Empty(program.Error);
        Assert.Contains("T-shirt/top", System.Text.Encoding.UTF8.GetString(File.ReadAllBytes("model1a.onnx")), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("--help")]
    [InlineData("")]
    public void Its_help_shows_examples_and_where_the_rest_is(string args)
    {
        Assert.Equal(0, program.RunTool(args.Split(' ', StringSplitOptions.RemoveEmptyEntries)));

        Assert.Contains("summary net.json --watch", program.Output, StringComparison.Ordinal);
        Assert.Contains("dotnet new fashioncnn", program.Output, StringComparison.Ordinal);
        Assert.Matches(@"\n  language-server +Serves an editor", program.Output);
        Assert.DoesNotMatch(@"\n  train", program.Output);
    }

    private static void WriteSpecs(params string[] paths)
    {
        foreach (var path in paths)
        {
            Directory.CreateDirectory(Path.GetDirectoryName(Path.GetFullPath(path))!);
            File.WriteAllText(path, """
                {
                  "version": 1,
                  "input": { "shape": [4, 4, 1] },
                  "layers": [{ "type": "Flatten" }, { "type": "Dense", "units": 3, "activation": "softmax" }]
                }

                """);
        }
    }
}
