using System.Text.RegularExpressions;
using Xunit;

namespace FashionCnn.CommandLine.Tests;

/// <summary>The augmented model has augmentation, batch normalization, dropout, AdamW, a schedule and held-out images.</summary>
[Collection(ProcessGroup.Name)]
public sealed class KilledRunTests : IDisposable
{
    private const int Kills = 20;

    // 116 steps, each of a few images.
    private static readonly string[] Budget = ["augmented", "--epochs", "4", "--batch-size", "32", "--data", "sample", "--train-images", "1000", "--test-images", "50", "--threads", "1"];

    private readonly string folder = Directory.CreateTempSubdirectory("fashioncnn-").FullName;

    // The run that nothing happened to.
    public KilledRunTests() => Assert.Equal(0, Processes.Run(folder, [.. Budget, "--output", "whole"]).ExitCode);

    public void Dispose() => Directory.Delete(folder, recursive: true);

    [Fact]
    public void A_run_that_was_killed_twenty_times_ends_as_the_one_that_never_was()
    {
        var random = new Random(1);

        for (var kill = 0; kill < Kills; kill++)
        {
            // A checkpoint after every step: many a kill comes in the middle of writing.
            string[] args = kill == 0 ? [.. Budget, "--output", "killed"] : ["train", "augmented", "--resume", "killed"];
            using var process = Processes.Start(folder, [.. args, "--checkpoint-minutes", "1e-9"]);
            // Until training has begun, and at the first time until there is something to resume.
            while (process.StandardOutput.ReadLine() is { } line && !line.StartsWith("Run folder:", StringComparison.Ordinal))
            {
            }

            while (!File.Exists(In("killed/checkpoint.safetensors")) && !process.HasExited)
            {
                Thread.Sleep(5);
            }

            Thread.Sleep(random.Next(150));
            if (process.HasExited)
            {
                Assert.Fail($"Before kill {kill} it ended: {process.StandardError.ReadToEnd()}");
            }

            process.Kill();
            process.WaitForExit();
        }

        var (exitCode, output, error) = Processes.Run(folder, "train", "augmented", "--resume", "killed");

        Assert.True(exitCode == 0, error);
        Assert.Contains("Continuing killed from ", output, StringComparison.Ordinal);
        Assert.All(["weights.safetensors", "best.safetensors", "last.safetensors"], file => AssertAsWhole("killed", file));
        Assert.Equal(WithoutTimes("whole/history.json"), WithoutTimes("killed/history.json"));
        Assert.Empty(Directory.GetFiles(In("killed"), "*.tmp"));
        Assert.False(File.Exists(In("killed/checkpoint-next.safetensors")));
    }

    [FullDiskFact]
    public void A_full_disk_ends_the_run_with_a_message_and_the_last_checkpoint_whole()
    {
        // Room for two checkpoints of 1.1 MB, not for a third beside them.
        var (exitCode, output, error) = FullDiskFactAttribute.RunOnSmallDisk(
            folder, "3m", $"dotnet '{Processes.Program}' {string.Join(' ', Budget)} --checkpoint-minutes 1e-9 --output disk/run; code=$?; cp -r disk/run kept; exit $code");

        Assert.True(exitCode == 1, output + error);
        Assert.Matches(@"^error: a file could not be read or written: the checkpoint cannot be written to disk/run: No space left on device[^\n]*\. The last good one, of (the end of )?epoch [12](, step \d+)?, is whole; make room and continue the run\. Option: --resume disk/run\.\n$", error);
        Assert.Empty(Directory.GetFiles(In("kept"), "*.tmp"));
        Assert.Equal(0, Processes.Run(folder, "train", "augmented", "--resume", "kept").ExitCode);
        AssertAsWhole("kept", "weights.safetensors");
    }

    private void AssertAsWhole(string run, string file) => Assert.Equal(File.ReadAllBytes(In($"whole/{file}")), File.ReadAllBytes(In($"{run}/{file}")));

    private string WithoutTimes(string file) => Regex.Replace(File.ReadAllText(In(file)), "\"(train|test)_seconds\": [0-9.eE+-]+", string.Empty);

    private string In(string path) => Path.Combine(folder, path);
}
