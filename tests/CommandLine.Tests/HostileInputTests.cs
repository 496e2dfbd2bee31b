using System.Buffers.Binary;
using System.Security.Cryptography;
using System.Text;
using FashionCnn.Storage;
using Xunit;
using static TorchSharp.torch;

namespace FashionCnn.CommandLine.Tests;

/// <summary>Files and names that are made to mislead, or were damaged: one message, exit code 2.</summary>
public sealed class HostileInputTests : IDisposable
{
    private static readonly string[] Small = ["--data", "sample", "--train-images", "64", "--test-images", "20", "--threads", "1", "--precision", "fp32"];

    private readonly TestProgram program = new();

    public void Dispose() => program.Dispose();

    [Fact]
    public void Weights_that_are_not_finite_are_refused_by_every_command()
    {
        Assert.Equal(0, program.Run(["model1a", "--epochs", "1", "--output", "run", .. Small]));
        Rewrite("run/weights.safetensors", "conv2.weight", float.NaN);
        File.WriteAllText("picture.png", "not read");

        foreach (var command in new[] { "evaluate model1a --data sample --test-images 20", "predict model1a picture.png" })
        {
            Assert.Equal(2, program.Run([.. command.Split(' '), "--weights", "run", "--threads", "1"]));
            Assert.Equal(
                $"error: {Path.Combine("run", "weights.safetensors")}: value 1 of conv2.weight is NaN, so nothing can be computed with it. Give other weights, or train again with a smaller learning rate.\n", program.Error);
            Assert.Empty(program.Output);
        }
    }

    // The checkpoint's own sum is right: nothing but the values is wrong.
    [Theory]
    [InlineData("model/conv2.weight", float.NaN, "NaN")]
    [InlineData("model/dense2.bias", float.NegativeInfinity, "infinite")]
    public void A_checkpoint_that_is_not_finite_is_not_continued(string tensor, float value, string word)
    {
        Assert.Equal(0, program.Run(["model1a", "--epochs", "1", "--output", "run", .. Small]));
        Rewrite("run/checkpoint.safetensors", tensor, value);
        var before = File.ReadAllBytes("run/weights.safetensors");

        Assert.Equal(2, program.Run("train", "model1a", "--resume", "run", "--epochs", "2"));

        Assert.Equal(
            $"error: {Path.Combine("run", "checkpoint.safetensors")}: value 1 of {tensor} is {word}, so nothing can be computed with it. Start a new run, with a smaller learning rate.\n", program.Error);
        Assert.Equal(before, File.ReadAllBytes("run/weights.safetensors"));
    }

    [Fact]
    public void Names_in_files_and_arguments_do_not_control_the_terminal()
    {
        const string Title = "\u001b]0;owned\u0007";
        File.WriteAllText($"a{Title}.png", "text");
        Assert.Equal(0, program.Run(["model1a", "--epochs", "1", "--output", $"run{Title}", .. Small]));
        Assert.Contains("run\\u001b]0;owned\\u0007", program.Output, StringComparison.Ordinal);
        Plain();

        Assert.Equal(2, program.Run("predict", "model1a", $"a{Title}.png", "--weights", $"run{Title}", "--threads", "1"));
        Assert.Contains("a\\u001b]0;owned\\u0007.png", program.Error, StringComparison.Ordinal);
        Plain();

        Assert.Equal(2, program.Run("evaluate", "model1a", "--weights", $"{Title}\u009b2J\u202e", "--data", "sample"));
        Assert.Contains("\\u009b2J\\u202e", program.Error, StringComparison.Ordinal);
        Plain();

        Assert.Equal(2, program.Run($"model{Title}"));
        Plain();

        var header = """{"\u001b]0;owned\u0007":{"dtype":"F99","shape":[1],"data_offsets":[0,4]}}"""u8.ToArray();
        var length = new byte[8];
        BinaryPrimitives.WriteInt64LittleEndian(length, header.Length);
        File.WriteAllBytes("hostile.safetensors", [.. length, .. header, 0, 0, 0, 0]);
        Assert.Equal(2, program.Run("evaluate", "model1a", "--weights", "hostile.safetensors", "--data", "sample"));
        Assert.Contains("\\u001b]0;owned\\u0007 is of the unknown type 'F99'", program.Error, StringComparison.Ordinal);
        Plain();
    }

    [LinuxTheory]
    [InlineData(20)]
    [InlineData(160)]
    public void A_line_break_in_a_name_adds_no_line_of_its_own(int width)
    {
        const string Name = "a\nerror:forged";
        using (var wrong = zeros(2))
        using (var file = File.Create("hostile.safetensors"))
        {
            Safetensors.Write(file, [KeyValuePair.Create(Name, wrong)], new Dictionary<string, string> { [Name] = Name });
        }

        Assert.Equal(0, program.RunOnTerminal(width, "weights", "hostile.safetensors"));
        OneLine(program.Output);
        Assert.Equal(1, program.RunOnTerminal(width, "weights", "hostile.safetensors", "model1a"));
        OneLine(program.Output);

        using (var bitmap = new SkiaSharp.SKBitmap(28, 28))
        using (var png = bitmap.Encode(SkiaSharp.SKEncodedImageFormat.Png, 100))
        {
            File.WriteAllBytes($"{Name}.png", png.ToArray());
        }

        File.WriteAllText($"b{Name}.png", "text");
        Assert.Equal(0, program.Run(["model1a", "--epochs", "1", "--output", "run", .. Small]));
        Assert.Equal(2, program.RunOnTerminal(width, "predict", "model1a", $"{Name}.png", $"b{Name}.png", "--weights", "run", "--threads", "1", "--no-self-check"));
        OneLine(program.Output);
        OneLine(program.Error[program.Error.IndexOf("error: b", StringComparison.Ordinal)..]);

        static void OneLine(string text)
        {
            Assert.Contains("a\\u000aerror:forged", text, StringComparison.Ordinal);
            Assert.DoesNotContain("\nerror:forged", text, StringComparison.Ordinal);
        }
    }

    [Fact]
    public void On_a_terminal_the_programs_own_colors_stay()
    {
        Assert.Equal(0, program.RunOnTerminal(["model1a", "--epochs", "1", "--output", "run\u001b[5m", .. Small]));

        Assert.DoesNotContain("\u001b[5m", program.Output, StringComparison.Ordinal);
        Assert.Contains("\u001b[", program.Output, StringComparison.Ordinal);
    }

    [Fact]
    public void A_model_with_batch_normalization_that_saw_few_steps_says_so()
    {
        const string Sentence = "after 2 steps the moving statistics of batch normalization still hold 98 % of their starting values, which makes every result but the training accuracy worse: "
            + "train for 400 steps or more, or set a \"momentum\" below 0.99 in the spec's BatchNormalization layers.";
        Assert.Equal(0, program.Run(["model3", "--epochs", "1", "--output", "run", .. Small]));
        Assert.Contains($"Note: {Sentence}\n", program.Output, StringComparison.Ordinal);

        Assert.Equal(0, program.Run("evaluate", "model3", "--weights", "run", "--data", "sample", "--test-images", "20", "--threads", "1"));
        Assert.Equal($"Note: {Sentence}\n", program.Error);
        Assert.Equal(2, program.Run("predict", "model3", "nothing.png", "--weights", "run", "--threads", "1"));
        Assert.StartsWith($"Note: {Sentence}\n", program.Error, StringComparison.Ordinal);

        Assert.Equal(0, program.Run(["model1a", "--epochs", "1", "--output", "without", .. Small]));
        Assert.DoesNotContain("moving statistics", program.Output, StringComparison.Ordinal);
    }

    private void Plain()
    {
        Assert.DoesNotContain((program.Output + program.Error).Where(character => character != '\n'), char.IsControl);
        Assert.DoesNotContain('\u202e', program.Output + program.Error);
    }

    private static void Rewrite(string path, string tensor, float first)
    {
        using var scope = NewDisposeScope();
        Dictionary<string, Tensor> tensors;
        Dictionary<string, string> metadata;
        using (var file = SafetensorsFile.Open(path))
        {
            tensors = file.Tensors.Keys.ToDictionary(name => name, file.Read);
            metadata = new(file.Metadata);
        }

        tensors[tensor].reshape(-1)[0] = first;
        if (metadata.Remove("sha256"))
        {
            metadata["sha256"] = Sum(metadata, tensors);
        }

        AtomicFile.Write(path, stream => Safetensors.Write(stream, tensors, metadata));
    }

    // As a checkpoint has it: over the metadata and the tensors, in order of their names.
    private static string Sum(Dictionary<string, string> metadata, Dictionary<string, Tensor> tensors)
    {
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        foreach (var (key, text) in metadata.OrderBy(pair => pair.Key, StringComparer.Ordinal))
        {
            hash.AppendData(Encoding.UTF8.GetBytes($"{key}={text}\n"));
        }

        foreach (var (name, tensor) in tensors.OrderBy(pair => pair.Key, StringComparer.Ordinal))
        {
            var type = tensor.dtype switch
            {
                ScalarType.Float32 => "F32",
                ScalarType.Int64 => "I64",
                _ => "U8",
            };
            hash.AppendData(Encoding.UTF8.GetBytes($"{name} {type} {string.Join('x', tensor.shape)}\n"));
            hash.AppendData(tensor.contiguous().bytes);
        }

        return Convert.ToHexStringLower(hash.GetHashAndReset());
    }
}
