using System.Text.Json;
using FashionCnn.Data;
using Xunit;

namespace FashionCnn.CommandLine.Tests;

public sealed class DoctorTests : IDisposable
{
    private readonly TestProgram program = new() { Child = FaultyModels.Program };

    public void Dispose() => program.Dispose();

    [Fact]
    public void A_machine_that_computes_correctly_is_described_and_nothing_is_wrong()
    {
        Assert.Equal(0, program.Run([FaultyModels.Sound], "doctor", "--threads", "1", "--scan", "25"));

        Assert.Matches(@"(?m)^25 random layers: correct \(\d+\.\d s\)$", program.Output);
        Assert.Matches(@"(?m)^sound +fp32  batch size +32  correct \(\d+\.\d s\)$", program.Output);
        Assert.Matches(@"(?m)^processor +\S", program.Output);
        // However slow it is, beside whatever else runs.
        Assert.Matches(@"(?m)^ +fp32 +(?!0\.0)\d+(\.\d)? +\d+\S* +\d+\S*$", program.Output);
        Assert.Matches(@"(?m)^ +\S*LibTorchSharp\S*$", program.Output);
        Assert.Contains($"runs          {Path.Combine(program.Folder, "runs")}\n", program.Output, StringComparison.Ordinal);
        Assert.EndsWith("\nNo problems found.\n", program.Output, StringComparison.Ordinal);
        // A path cannot be broken.
        Assert.All(program.Output.Split('\n').Where(line => !line.Contains('/')), line => Assert.InRange(line.Length, 0, 80));
    }

    [Fact]
    public void What_is_wrong_is_a_sentence_each_and_exit_code_1()
    {
        Assert.Equal(1, program.Run([FaultyModels.Sound, FaultyModels.Wrong], "doctor", "--threads", "1", "--format", "json"));

        using var report = JsonDocument.Parse(program.Output);
        var root = report.RootElement;
        string[] precisions = Native.ComputePrecision.ProcessorHasBf16 ? ["bf16", "fp32"] : ["fp32"];
        // What bf16 could give way to is wrong as well, and is not recommended.
        Assert.Collection(
            root.GetProperty("problems").EnumerateArray(),
            [.. precisions.Select<string, Action<JsonElement>>(precision => problem => Assert.Matches(
                $@"^wrong is computed wrongly in {precision}, conv2 \(Conv2D\): the .+ is wrong by .+\. Torch's kernels for this layer are wrong on this processor: set .+\.$", problem.GetString()))]);
        Assert.Equal(
            [("sound", 0), ("wrong", 1)],
            root.GetProperty("checks").EnumerateArray().Where(check => check.GetProperty("precision").GetString() == "fp32").Select(check => (check.GetProperty("model").GetString(), check.GetProperty("faults").GetArrayLength())));
        Assert.True(root.GetProperty("speed").GetProperty("fp32_limit").GetDouble() > 0);
        Assert.Equal(Native.ProcessorIdentity.Current?.Signature, root.GetProperty("processor").GetString());
        Assert.Equal($"{Native.ProcessorCaches.State.Seen}", root.GetProperty("caches").GetProperty("seen").GetString());
        Assert.True(root.GetProperty("machine").GetProperty("memory_bytes").GetInt64() > 1 << 28);
    }

    [Fact]
    public void Where_the_images_are_is_said_also_when_they_are_pictures()
    {
        PictureFiles.WriteFlowers("flowers", 1);
        var problems = new List<string>();
        var environment = DataEnvironment.Current with { Folder = "flowers", Cache = "cache", System = "system" };

        Assert.Equal("flowers, pictures by class", DoctorCommand.PlaceOfData(environment, problems));
        Assert.StartsWith("not on this machine; ", DoctorCommand.PlaceOfData(environment with { Folder = null }, problems), StringComparison.Ordinal);
        Assert.Empty(problems);
        Assert.Equal("not usable", DoctorCommand.PlaceOfData(environment with { Folder = "nowhere" }, problems));
        Assert.StartsWith("FASHION_MNIST_DIR nowhere: there is no such folder.", Assert.Single(problems), StringComparison.Ordinal);
    }

    [Fact]
    public void Text_is_broken_between_words_and_keeps_its_indentation()
    {
        Assert.Equal(["- one two", "  three", "  overlong-word", "  four"], LineBreaks.BetweenWords("- one two three overlong-word four", 10, "  "));
        Assert.Equal(["  one two", "three"], LineBreaks.BetweenWords("  one two three", 10));
        Assert.Equal(["  overlong-word", "1   2"], LineBreaks.BetweenWords("  overlong-word 1   2", 10));
        Assert.Equal([string.Empty], LineBreaks.BetweenWords(string.Empty, 10));
    }
}
