using System.Diagnostics;
using System.Runtime.InteropServices;
using FashionCnn.Compiler;
using FashionCnn.Models;
using FashionCnn.SpecFiles;
using Spectre.Console;
using Xunit;

namespace FashionCnn.CommandLine.Tests;

public sealed class SpecFileTests : IDisposable
{
    private const string Net = """
        {
          "version": 1,
          "input": { "shape": [28, 28, 1] },
          "layers": [
            { "type": "Conv2D", "filters": 4, "kernel_size": 3, "strides": 2, "activation": "relu" },
            { "type": "Flatten" },
            { "type": "Dense", "units": 10, "activation": "softmax" }
          ]
        }
        """;

    private static readonly string[] Fast = ["--data", "sample", "--train-images", "64", "--test-images", "20", "--threads", "1", "--no-self-check"];

    private static readonly string[] Small = [.. Fast, "--epochs", "1"];

    private readonly TestProgram program = new();

    public void Dispose() => program.Dispose();

    [Theory]
    [InlineData("model1a")]
    [InlineData("separable")]
    public void A_spec_file_trains_to_the_bytes_of_the_compiled_in_model(string id)
    {
        Write($"{id}.json", ProjectModels.All.Single(model => model.Id == id).Spec);

        Assert.Equal(0, program.Run(["train", $"{id}.json", "--output", "file", .. Small]));
        Assert.Equal(0, program.Run(["train", id, "--output", "class", .. Small]));

        Assert.Equal(Bytes("class/weights.safetensors"), Bytes("file/weights.safetensors"));
        Assert.Equal(program.Read("class/predictions.csv"), program.Read("file/predictions.csv"));
    }

    [Fact]
    public void A_path_stands_wherever_an_id_does()
    {
        Write("specs/net.json", Net);

        Assert.Equal(0, program.Run(["specs/net.json", "--output", "run", .. Small]));
        Assert.Equal(Net, program.Read("run/spec.json"));
        Assert.Equal(0, program.Run("evaluate", "specs/net.json", "--weights", "run", "--data", "sample", "--test-images", "20", "--no-self-check"));
        Assert.StartsWith("net on ", program.Output, StringComparison.Ordinal);
        Assert.Equal(0, program.Run("weights", "run", "specs/net.json"));
        Assert.Equal(0, program.Run("weights", "specs/net.json"));
        Assert.Contains("conv1.weight", program.Output, StringComparison.Ordinal);
        Assert.Equal(0, program.Run("summary", "specs/net.json"));
        Assert.Contains("Total parameters:", program.Output, StringComparison.Ordinal);
        Assert.Equal(0, program.Run(["train", "specs/net.json", "--resume", "run", "--epochs", "2", "--no-self-check"]));
        Assert.Equal(string.Empty, program.Error);
        SavePicture("dark.png");
        Assert.Equal(0, program.Run("predict", "specs/net.json", "dark.png", "--weights", "run", "--no-self-check"));
        Assert.StartsWith("dark.png: ", program.Output, StringComparison.Ordinal);

        Assert.Equal(0, program.Run(["train", "specs/net.json", .. Small]));
        Assert.Equal(0, program.Run("compare", "specs/net.json", "run"));
        Assert.Equal(0, program.Run("report", "specs/net.json"));
    }

    [LinuxTheory]
    [InlineData("net.json")]
    [InlineData("specs/net.json")]
    public void A_stopped_run_says_how_to_continue_it(string path)
    {
        Write(path, Net);

        // Without a registration of the test's own, a signal that comes late would end the tests.
        using var registration = PosixSignalRegistration.Create(PosixSignal.SIGINT, context => context.Cancel = true);

        // So many epochs that the signal comes before the last one.
        Assert.Equal(130, program.RunUntil("Run folder:", Interrupt, ["train", path, "--output", "run", .. Fast, "--epochs", "1000"]));

        Assert.Contains($"To continue: train {path} --resume run", program.Output, StringComparison.Ordinal);

        static void Interrupt()
        {
            using var kill = Process.Start("kill", ["-INT", $"{Environment.ProcessId}"]);
            kill.WaitForExit();
        }
    }

    [Theory]
    [InlineData("train")]
    [InlineData("summary")]
    public void Errors_are_those_of_a_build(string command)
    {
        Write("net.json", Net.Replace("\"filters\"", "\"filter\"", StringComparison.Ordinal));

        Assert.Equal(2, program.Run(command, "net.json"));

        Assert.Equal(
            string.Join('\n', SpecCompiler.Compile("net.json", program.Read("net.json")).Diagnostics.Where(found => !found.ToString().Contains(": info ", StringComparison.Ordinal))) + "\n",
            program.Error);
        Assert.StartsWith("net.json(5,25): error FCNN1002: ", program.Error, StringComparison.Ordinal);
        Assert.Equal(string.Empty, program.Output);
        Assert.False(Directory.Exists("runs"));
    }

    [Fact]
    public void A_file_that_cannot_be_a_spec_is_one_message()
    {
        Assert.Equal(2, program.Run("train", "missing.json"));
        Assert.Equal("error: missing.json: there is no such spec. Give the path of a JSON file, or a model's id, as shown by list.\n", program.Error);

        Directory.CreateDirectory("folder.json");
        Assert.Equal(2, program.Run("summary", "folder.json"));
        Assert.Equal("error: folder.json: this is a folder. Give the path of a spec.\n", program.Error);

        Write("large.json", new string(' ', (1 << 20) + 5) + Net);
        Assert.Equal(2, program.Run("train", "large.json"));
        Assert.StartsWith("large.json(1,1): error FCNN0004: ", program.Error, StringComparison.Ordinal);
    }

    [Fact]
    public void A_program_without_a_compiler_says_so()
    {
        Write("net.json", Net);
        using var error = new StringWriter();

        var exitCode = CommandLineProgram.Run(["train", "net.json"], ProjectModels.All, AnsiConsole.Create(new AnsiConsoleSettings { Out = new AnsiConsoleOutput(TextWriter.Null) }), error);

        Assert.Equal(2, exitCode);
        Assert.StartsWith("error: net.json: this program has only the models that were compiled into it: augmented, ", error.ToString(), StringComparison.Ordinal);
        Assert.EndsWith(". Add the spec to its project, or reference the package FashionCnn.SpecFiles and pass SpecClass.Build as the third argument of Run.\n", error.ToString().ReplaceLineEndings("\n"), StringComparison.Ordinal);
    }

    [Fact]
    public void A_run_goes_on_with_its_own_network_only()
    {
        Write("net.json", Net);
        Assert.Equal(0, program.Run(["train", "net.json", "--output", "run", .. Small]));
        Write("net.json", Net.Replace("\"filters\": 4", "\"filters\": 5", StringComparison.Ordinal));

        Assert.Equal(2, program.Run("train", "net.json", "--resume", "run", "--epochs", "2", "--no-self-check"));

        Assert.StartsWith("error: The checkpoint of net does not fit", program.Error, StringComparison.Ordinal);
    }

    [Fact]
    public void A_report_shows_the_layers_of_the_spec_that_the_run_kept()
    {
        Write("net.json", Net);
        Assert.Equal(0, program.Run(["train", "net.json", "--output", "run", .. Small]));
        File.Delete("net.json");

        Assert.Equal(0, program.Run("report", "run"));

        Assert.Contains("aria-label=\"Layers of net\"", program.Read("run/report.html"), StringComparison.Ordinal);
    }

    [Fact]
    public void The_self_check_computes_the_network_that_it_was_asked_about()
    {
        Write("net.json", Net);
        var setting = new Checks.SelfCheckSetting("fp32", 1, 2, 2);
        var before = SelfCheckCommand.Arguments(SpecClass.Build(SpecCompiler.Compile("net.json", Net)), setting).ToArray();

        // Whatever the file is called, the other process takes its name for that of a file.
        Assert.Equal(Path.GetFullPath("net.json"), before[1]);
        Assert.Equal(0, program.Run(before));
        Assert.EndsWith("done\n", program.Output, StringComparison.Ordinal);

        Write("net.json", Net.Replace("\"filters\": 4", "\"filters\": 5", StringComparison.Ordinal));
        Assert.Equal(2, program.Run(before));
        Assert.Equal($"error: {Path.GetFullPath("net.json")} has changed since the program was started.\n", program.Error);
    }

    // A program that was published as one file has no assemblies that Roslyn could read; trimmed, it has not whole ones, as netstandard, which only forwards.
    [Fact]
    public void Without_its_assemblies_a_program_says_that_it_cannot_compile_specs()
    {
        var spec = SpecCompiler.Compile("net.json", Net.Replace("\"filters\": 4", "\"filters\": 6", StringComparison.Ordinal));
        var assemblies = ((string)AppContext.GetData("TRUSTED_PLATFORM_ASSEMBLIES")!).Split(Path.PathSeparator);
        var trimmed = assemblies.Select(path => Path.GetFileName(path) == "System.Runtime.dll" ? Path.Combine(Path.GetDirectoryName(path)!, "netstandard.dll") : path).ToList();

        foreach (var given in new[] { string.Empty, string.Join(Path.PathSeparator, trimmed) })
        {
            var error = Assert.Throws<InputException>(() => SpecClass.Build(spec, given));
            Assert.Equal("This program was published as a single file or as native code, or trimming has removed what the classes of specs need, so it cannot compile spec files. Add the spec to its project, or publish it without these settings.", error.Message);
        }
    }

    [Fact]
    public void One_class_name_can_be_built_twice()
    {
        var first = SpecClass.Build(SpecCompiler.Compile("net.json", Net));
        var second = SpecClass.Build(SpecCompiler.Compile("net.json", Net.Replace("\"filters\": 4", "\"filters\": 5", StringComparison.Ordinal)));

        using var models = new Pair(first.Create(), second.Create());
        Assert.Equal((first.TotalParameters, second.TotalParameters), (Parameters(models.First), Parameters(models.Second)));

        static long Parameters(ImageClassifier model) => model.parameters().Sum(parameter => parameter.numel());
    }

    [Fact]
    public void A_class_is_kept_and_compiled_anew_where_it_is_damaged()
    {
        var cache = Environment.GetEnvironmentVariable("XDG_CACHE_HOME");
        Environment.SetEnvironmentVariable("XDG_CACHE_HOME", program.Folder);
        try
        {
            var spec = SpecCompiler.Compile("net.json", Net);
            var expected = SpecClass.Build(spec).ArchitectureFingerprint;
            var kept = Assert.Single(Directory.GetFiles(Path.Combine(program.Folder, "fashioncnn", "classes")));
            var whole = File.ReadAllBytes(kept);

            foreach (var damaged in new[] { [], whole[..^1], [.. whole[..^1], (byte)~whole[^1]] })
            {
                File.WriteAllBytes(kept, damaged);
                Assert.Equal(expected, SpecClass.Build(spec).ArchitectureFingerprint);
                Assert.Equal(whole, File.ReadAllBytes(kept));
            }

            // What is kept is what is loaded.
            File.SetLastWriteTimeUtc(kept, DateTime.UnixEpoch);
            Assert.Equal(expected, SpecClass.Build(spec).ArchitectureFingerprint);
            Assert.Equal(DateTime.UnixEpoch, File.GetLastWriteTimeUtc(kept));
        }
        finally
        {
            Environment.SetEnvironmentVariable("XDG_CACHE_HOME", cache);
        }
    }

    private byte[] Bytes(string file) => File.ReadAllBytes(Path.Combine(program.Folder, file));

    private void SavePicture(string file)
    {
        using var bitmap = new SkiaSharp.SKBitmap(28, 28);
        using var data = bitmap.Encode(SkiaSharp.SKEncodedImageFormat.Png, 100);
        File.WriteAllBytes(Path.Combine(program.Folder, file), data.ToArray());
    }

    private void Write(string file, string text)
    {
        var path = Path.Combine(program.Folder, file);
        Directory.CreateDirectory(Path.GetDirectoryName(path)!);
        File.WriteAllText(path, text);
    }

    private sealed record Pair(ImageClassifier First, ImageClassifier Second) : IDisposable
    {
        public void Dispose()
        {
            First.Dispose();
            Second.Dispose();
        }
    }
}
