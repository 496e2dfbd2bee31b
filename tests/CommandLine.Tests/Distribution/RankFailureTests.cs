using System.Diagnostics;
using System.Text.RegularExpressions;
using Xunit;
using static FashionCnn.CommandLine.Tests.Distribution.RankRun;

namespace FashionCnn.CommandLine.Tests.Distribution;

/// <summary>What becomes of a training in several processes of which one fails, or that is stopped.</summary>
[Collection(ProcessGroup.Name)]
public sealed class RankFailureTests(OneProcess one) : IDisposable
{
    private readonly DirectoryInfo folder = Directory.CreateTempSubdirectory("fashioncnn-");

    public void Dispose() => folder.Delete(recursive: true);

    [Theory]
    [OpenMpiData]
    [MpichData]
    public void A_rank_that_is_killed_ends_the_job_and_three_continue_what_two_began(string launcher)
    {
        var run = Path.Combine(folder.FullName, "run");
        var job = RankJob.Begin(launcher, 2, one, run, "--sync-batch-norm", "--checkpoint-minutes", "1e-9");
        var killed = job.RankOf(1);
        Process.GetProcessById(killed).Kill();
        var (exitCode, output, error) = job.End();

        Assert.NotEqual(0, exitCode);
        // The launcher names the rank or its process, and the job has said which rank that is.
        Assert.Contains(launcher == "openmpi" ? "process rank 1 " : $"PID {killed} ", output + error, StringComparison.Ordinal);
        Assert.Matches($@": ranks 0, 1 \(processes \d+, {killed}\)", output);

        (exitCode, output, error) = Launcher.Of(launcher).Run(3, one.Folder, "train", "net.json", "--resume", run, "--threads", "1", "--no-self-check");

        Assert.True(exitCode == 0, error);
        Assert.Contains("Changed: ranks 2 -> 3 from epoch ", output, StringComparison.Ordinal);
        AssertSame(one.Run, run);
        Assert.Equal(3, Json(run, "config.json").GetProperty("ranks").GetInt32());
    }

    [Theory]
    [OpenMpiData("")]
    [MpichData("--sync-batch-norm")]
    public void A_rank_that_does_not_answer_is_named_and_ends_the_job(string launcher, string option)
    {
        string[] options = option.Length == 0 ? [] : [option];
        var job = RankJob.Begin(launcher, 3, one, Path.Combine(folder.FullName, "run"), ["--epochs", "500", "--rank-timeout", "0.2", .. options]);
        var stopped = job.RankOf(1);
        RankJob.Signal(stopped, "STOP");
        var (exitCode, _, error) = job.End();

        Assert.Equal(1, exitCode);
        Assert.Contains(
            $"error: Rank 1 (process {stopped} on {Environment.MachineName}) did not answer for 12 s: stopped, cut off from the network, or busy for longer than that. If the run has a checkpoint, train --resume continues from it; --rank-timeout sets how long ranks wait.",
            error, StringComparison.Ordinal);
        Assert.Single(Regex.Matches(error, "error: "));
    }

    // It has waited for less than the others when they ask who is there.
    [Theory]
    [OpenMpiData]
    [MpichData]
    public void A_rank_that_came_late_is_not_named(string launcher)
    {
        var job = RankJob.Begin(launcher, 3, one, Path.Combine(folder.FullName, "run"), "--epochs", "500", "--rank-timeout", "0.2");
        var (late, stopped) = (job.RankOf(1), job.RankOf(2));
        RankJob.Signal(stopped, "STOP");
        RankJob.Signal(late, "STOP");
        Thread.Sleep(TimeSpan.FromSeconds(4.5));
        RankJob.Signal(late, "CONT");
        var (exitCode, _, error) = job.End();

        Assert.Equal(1, exitCode);
        Assert.StartsWith($"error: Rank 2 (process {stopped} on {Environment.MachineName}) did not answer for 12 s: ", error, StringComparison.Ordinal);
    }

    [Theory]
    [OpenMpiData]
    [MpichData]
    public void A_rank_with_other_training_settings_is_named(string launcher)
    {
        string[] args = [.. OneProcess.Budget, "--output", Path.Combine(folder.FullName, "run")];

        var (exitCode, output, error) = Launcher.Of(launcher).Run(1, one.Folder, [.. args, ":", "-np", "1", "dotnet", Processes.Program, .. args, "--learning-rate", "0.5"]);

        Assert.Equal(2, exitCode);
        Assert.Matches(@"^error: Rank 1 \(process \d+ on .+\) has other training settings than rank 0 \(process \d+ on .+\)\. Give all ranks the same\.$", Assert.Single(Regex.Matches(output + error, "error: [^\r\n]*")).Value);
    }

    [Theory]
    [OpenMpiData("drifting")]
    [MpichData("not_a_number")]
    public void A_rank_that_computes_something_else_is_named(string launcher, string model)
    {
        var (exitCode, output, error) = (Launcher.Of(launcher) with { Program = FaultyModels.Program.Arguments[0] }).Run(
            2, folder.FullName, "train", model, "--data", "sample", "--train-images", "64", "--test-images", "20", "--batch-size", "32", "--epochs", "1", "--threads", "1", "--no-self-check");

        Assert.Equal(1, exitCode);
        var one = $@"rank 1 \(process \d+ on {Regex.Escape(Environment.MachineName)}\)";
        Assert.Matches(
            model == "drifting"
                ? $@"^error: After epoch 1, the weights of {one} are not those of rank 0 \(process \d+ on .+\), though all made the same steps\. A machine computes wrongly, or memory or network are faulty\. If the run has a checkpoint, train --resume continues from it\."
                : $@"^error: The loss became NaN on {one} in epoch 1, step 1: training has diverged\. conv2 \(Conv2D\) gave the first values that are not finite, with initial weights\.",
            error);
        Assert.Single(Regex.Matches(output + error, "error: "));
    }

    [Theory]
    [OpenMpiData("TERM")]
    [OpenMpiData("INT")]
    [MpichData("TERM")]
    [MpichData("INT")]
    public void A_signal_to_the_launcher_stops_all_ranks_after_the_step(string launcher, string signal)
    {
        var run = Path.Combine(folder.FullName, "run");
        var job = RankJob.Begin(launcher, 2, one, run, "--epochs", "500");
        var before = File.GetLastWriteTimeUtc(Path.Combine(run, "checkpoint.safetensors"));
        RankJob.Signal(job.Process.Id, signal);
        var (_, output, error) = job.End();

        // The exit code is the launcher's own: MPICH's has been seen to end with 0.
        Assert.DoesNotContain("error: ", error, StringComparison.Ordinal);
        Assert.Single(Regex.Matches(output, "Stopping after the current step"));
        // Open MPI leaves its ranks a second, in which a busy machine need not get as far.
        if (launcher == "mpich")
        {
            Assert.InRange(File.GetLastWriteTimeUtc(Path.Combine(run, "checkpoint.safetensors")), before.AddTicks(1), DateTime.MaxValue);
        }
    }
}
