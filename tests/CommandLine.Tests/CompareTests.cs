using System.Text.Json;
using Xunit;

namespace FashionCnn.CommandLine.Tests;

public sealed class CompareTests : IDisposable
{
    private static readonly string[] Small = ["--data", "sample", "--train-images", "96", "--test-images", "200", "--threads", "1", "--epochs", "1"];

    private readonly TestProgram program = new();

    public void Dispose() => program.Dispose();

    [Fact]
    public void Runs_stand_side_by_side_in_pairs_and_by_seed()
    {
        Assert.Equal(0, program.Run(["model1a", "--seed", "1", "--output", "a", .. Small]));
        Assert.Equal(0, program.Run(["model1a", "--seed", "2", "--output", "b", .. Small]));
        Assert.Equal(0, program.Run(["separable", "--learning-rate", "0.001", .. Small]));

        Assert.Equal(0, program.Run("compare", "a", "b", "separable"));

        Assert.Matches(@"model1a a +1 +1 +(fp32|bf16) +0\.\d{4} +0\.\d{4} to 0\.\d{4} +\d\.\d{4} +\d+\.\d s +1,633,274 +6,244,608 +[\d,]+", program.Output);
        Assert.Matches(@"separable +1 +1 +(fp32|bf16) +0\.\d{4}", program.Output);
        Assert.Matches(@"model1a, 2 seeds: test accuracy 0\.\d{4} ± 0\.\d{4}, test loss \d\.\d{4} ± 0\.\d{4}", program.Output);
        Assert.Matches(@"model1a a, separable +\d+ +\d+ +\S.* +(chance alone could explain the difference|(separable|model1a a) is better by more than chance)", program.Output);
        using var json = JsonDocument.Parse(program.Read("runs/comparison/comparison.json"));
        var pairs = json.RootElement.GetProperty("pairs").EnumerateArray().ToList();
        Assert.Equal(3, pairs.Count);
        // Counted anew from the files.
        var (a, b) = (Right("a"), Right("b"));
        Assert.Equal(a.Zip(b).Count(pair => pair.First && !pair.Second), pairs[0].GetProperty("only_first").GetInt32());
        Assert.Equal(a.Zip(b).Count(pair => !pair.First && pair.Second), pairs[0].GetProperty("only_second").GetInt32());
        Assert.All(pairs, pair => Assert.True(pair.GetProperty("corrected_p_value").GetDouble() >= pair.GetProperty("p_value").GetDouble()));
        Assert.True(new FileInfo("runs/comparison/curves.png").Length > 10_000);
        Assert.Contains("separable", File.ReadAllText("runs/comparison/curves.svg"), StringComparison.Ordinal);
    }

    [Fact]
    public void What_cannot_be_compared_is_said()
    {
        Assert.Equal(0, program.Run(["model1a", "--output", "a", .. Small]));
        Assert.Equal(0, program.Run(["model1a", "--output", "b", "--test-images", "100", .. Small.Where(word => word is not ("--test-images" or "200"))]));

        Assert.Equal(0, program.Run("compare", "a", "b"));
        Assert.Contains("Note: not all runs were evaluated on the same test images; only those that share them are compared image by image.", program.Output, StringComparison.Ordinal);

        Refused("compare a", "error: compare needs at least two runs");
        Refused("compare a ./a", "error: compare needs at least two runs");
        Refused("compare a modle1a", "error: modle1a: there is no such folder or model; did you mean 'model1a'?");
        Refused("compare a model1b", "error: There is no finished run of model1b in runs/model1b. Train it first: train model1b");
        Directory.CreateDirectory("empty");
        Refused("compare a empty", "error: empty: not a run: it has no result.json.");
        var config = program.Read("b/config.json");
        File.Copy("a/config.json", "b/config.json", overwrite: true);
        Refused("compare a b", "error: b: the files do not belong together: config.json and result.json are of different runs. Continue the run, or train it again. Option: --resume.");
        File.WriteAllText("b/config.json", config);
        File.WriteAllText("b/predictions.csv", "image,label\n0,1\n");
        Refused("compare a b", "error: b/predictions.csv: the file is damaged");
    }

    private void Refused(string args, string message)
    {
        Assert.Equal(2, program.Run(args.Split(' ')));
        Assert.StartsWith(message, program.Error, StringComparison.Ordinal);
    }

    private List<bool> Right(string run) => [.. program.Read($"{run}/predictions.csv").Split('\n', StringSplitOptions.RemoveEmptyEntries).Skip(1).Select(line => line.Split(',')).Select(row => row[1] == row[2])];
}
