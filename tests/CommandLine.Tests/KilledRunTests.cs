using System.Diagnostics;
using System.Text.RegularExpressions;
using Xunit;

namespace FashionCnn.CommandLine.Tests;

/// <summary>The augmented model has augmentation, batch normalization, dropout, AdamW, a schedule and held-out images.</summary>
[Collection(ProcessGroup.Name)]
public sealed class KilledRunTests(KilledRunTests.WholeRun whole) : IClassFixture<KilledRunTests.WholeRun>, IDisposable
{
    private const int Kills = 20;

    // 116 steps, each of a few images.
    private static readonly string[] Budget = ["augmented", "--epochs", "4", "--batch-size", "16", "--data", "sample", "--train-images", "500", "--test-images", "50", "--threads", "1"];

    private readonly string folder = Directory.CreateTempSubdirectory("fashioncnn-").FullName;

    public void Dispose() => Directory.Delete(folder, recursive: true);

    /// <summary>The run that nothing happened to.</summary>
    public sealed class WholeRun : IDisposable
    {
        public WholeRun() => Assert.Equal(0, Processes.Run(Folder, [.. Budget, "--output", "."]).ExitCode);

        public string Folder { get; } = Directory.CreateTempSubdirectory("fashioncnn-").FullName;

        public void Dispose() => Directory.Delete(Folder, recursive: true);
    }

    [Fact]
    public void A_run_that_was_killed_twenty_times_ends_as_the_one_that_never_was()
    {
        var random = new Random(1);

        for (var kill = 0; kill < Kills; kill++)
        {
            // A checkpoint after every step.
            string[] args = kill == 0 ? [.. Budget, "--output", "killed"] : ["train", "augmented", "--resume", "killed"];
            using var process = Processes.Start(folder, [.. args, "--checkpoint-minutes", "1e-9"]);
            // Until it has got on, so that every kill comes somewhere else, some in the middle of writing.
            WaitForCheckpoint(process);
            var since = Stopwatch.StartNew();
            WaitForCheckpoint(process);
            // A step that waited for a busy machine says nothing about how long the next one takes.
            Thread.Sleep((int)(Math.Min(200, since.ElapsedMilliseconds) * random.NextDouble()));
            if (process.HasExited)
            {
                Assert.Fail($"Before kill {kill} it ended: {process.StandardError.ReadToEnd()}");
            }

            process.Kill();
            process.WaitForExit();
        }

        var (exitCode, output, error) = Processes.Run(folder, "train", "augmented", "--resume", "killed");

        Assert.True(exitCode == 0, error);
        // Each time at least two steps of 29 an epoch.
        Assert.Matches("(?m)^Continuing killed from (the end of )?epoch [234][ ,.]", output);
        Assert.All(["weights.safetensors", "best.safetensors", "last.safetensors"], file => AssertAsWhole("killed", file));
        Assert.Equal(WithoutTimes(Path.Combine(whole.Folder, "history.json")), WithoutTimes(In("killed/history.json")));
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

    private void WaitForCheckpoint(Process process)
    {
        var last = Written();
        // Between two files of that name there is none, which counts as written long ago.
        while (Written() <= last && !process.HasExited)
        {
            Thread.Sleep(1);
        }

        DateTime Written() => File.GetLastWriteTimeUtc(In("killed/checkpoint.safetensors"));
    }

    private void AssertAsWhole(string run, string file) => Assert.Equal(File.ReadAllBytes(Path.Combine(whole.Folder, file)), File.ReadAllBytes(In($"{run}/{file}")));

    private static string WithoutTimes(string path) => Regex.Replace(File.ReadAllText(path), "\"(train|test)_seconds\": [0-9.eE+-]+", string.Empty);

    private string In(string path) => Path.Combine(folder, path);
}
