using System.Text.Json;
using FashionCnn.Storage;
using Xunit;
using static TorchSharp.torch;

namespace FashionCnn.CommandLine.Tests.Distribution;

/// <summary>What the folders of runs say.</summary>
internal static class RankRun
{
    /// <summary>That two runs came to the same but for rounding.</summary>
    public static void AssertSame(string expected, string actual)
    {
        // The running means over 21 steps each.
        var (first, second) = (Losses(expected), Losses(actual));
        Assert.Equal(first.Length, second.Length);
        Assert.All(first.Zip(second), pair => Assert.InRange(Math.Abs(pair.First - pair.Second), 0, 1e-5));
        using var scope = NewDisposeScope();
        using var left = SafetensorsFile.Open(Path.Combine(expected, "weights.safetensors"));
        using var right = SafetensorsFile.Open(Path.Combine(actual, "weights.safetensors"));
        Assert.Equal(left.Tensors.Keys.Order(), right.Tensors.Keys.Order());
        Assert.All(left.Tensors.Keys, name => Assert.InRange((left.Read(name) - right.Read(name)).abs().max().item<float>(), 0, 1e-4));
    }

    private static double[] Losses(string run) => [.. Json(run, "history.json").EnumerateArray().Select(epoch => epoch.GetProperty("train_loss").GetDouble())];

    public static double LossOf(string run) => Losses(run)[^1];

    public static JsonElement Json(string run, string file) => JsonDocument.Parse(File.ReadAllText(Path.Combine(run, file))).RootElement;
}
