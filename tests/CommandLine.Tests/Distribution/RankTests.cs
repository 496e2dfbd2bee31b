using System.Diagnostics;
using System.Text.Json;
using System.Text.RegularExpressions;
using FashionCnn.Storage;
using Xunit;
using static TorchSharp.torch;

namespace FashionCnn.CommandLine.Tests.Distribution;

/// <summary>Training in several processes, started by the launchers of Open MPI and MPICH.</summary>
public sealed class RankTests(RankTests.OneProcess one) : IClassFixture<RankTests.OneProcess>, IDisposable
{
    // The last batch of an epoch has two images: of four ranks, two have none of it.
    private static readonly string[] Budget = ["train", "net.json", "--data", "sample", "--train-images", "642", "--test-images", "50", "--threads", "1", "--no-self-check"];

    private readonly DirectoryInfo folder = Directory.CreateTempSubdirectory("fashioncnn-");

    /// <summary>The run of one process that the others are compared with, and a cache with the network's class.</summary>
    public sealed class OneProcess : IDisposable
    {
        // Augmentation, dropout, and batch normalization of images and of vectors.
        private const string Spec = """
            {
              "version": 1,
              "input": { "shape": [28, 28, 1] },
              "layers": [
                { "type": "RandomFlip", "mode": "horizontal" },
                { "type": "RandomTranslation", "height_factor": 0.1, "width_factor": 0.1 },
                { "type": "Conv2D", "filters": 8, "kernel_size": 3, "strides": 2, "activation": "relu" },
                { "type": "BatchNormalization", "momentum": 0.9 },
                { "type": "AveragePooling2D" },
                { "type": "Flatten" },
                { "type": "Dropout", "rate": 0.3 },
                { "type": "Dense", "units": 16, "use_bias": false },
                { "type": "BatchNormalization", "momentum": 0.9 },
                { "type": "Activation", "activation": "tanh" },
                { "type": "Dense", "units": 10, "activation": "softmax" }
              ],
              "training": { "optimizer": { "type": "SGD", "learning_rate": 0.01, "momentum": 0.9 }, "batch_size": 32, "epochs": 2 }
            }
            """;

        public OneProcess()
        {
            File.WriteAllText(Path.Combine(Folder, "net.json"), Spec);
            var start = new ProcessStartInfo("dotnet", [Processes.Program, .. Budget, "--output", "one"]) { WorkingDirectory = Folder, RedirectStandardOutput = true, RedirectStandardError = true };
            start.Environment["XDG_CACHE_HOME"] = Folder;
            var (exitCode, _, error) = Processes.Finish(Process.Start(start)!);
            Assert.True(exitCode == 0, error);
        }

        public string Folder { get; } = Directory.CreateTempSubdirectory("fashioncnn-").FullName;

        public string Run => Path.Combine(Folder, "one");

        public void Dispose() => Directory.Delete(Folder, recursive: true);
    }

    public void Dispose() => folder.Delete(recursive: true);

    // That all ranks have the same weights and moving statistics, bit by bit, each run checks itself after every epoch.
    [Theory]
    [OpenMpiData(1, "channels_last")]
    [OpenMpiData(2, "channels_last")]
    [OpenMpiData(4, "channels_last")]
    [OpenMpiData(2, "channels_first")]
    [MpichData(2, "channels_last")]
    [MpichData(4, "channels_last")]
    public void Ranks_train_what_one_process_trains(string launcher, int ranks, string layout)
    {
        var run = Path.Combine(folder.FullName, "run");
        var (exitCode, output, error) = Launcher.Of(launcher).Run(ranks, one.Folder, [.. Budget, "--sync-batch-norm", "--layout", layout, "--output", run]);

        Assert.True(exitCode == 0, error);
        AssertSame(one.Run, run);
        Assert.Contains(ranks == 1 ? "cpu, 1 thread, fp32" : $"cpu, {ranks} ranks, each 1 thread, fp32\n", output.ReplaceLineEndings("\n"), StringComparison.Ordinal);
        Assert.Equal(ranks > 1, output.Contains($"{ranks} ranks on 1 machine, connected by ", StringComparison.Ordinal));
        var config = Json(run, "config.json");
        Assert.Equal((ranks, "fp32", true), (config.GetProperty("ranks").GetInt32(), config.GetProperty("reduce").GetString(), config.GetProperty("sync_batch_norm").GetBoolean()));
        // What MPICH is built on in Debian warns of variables that it reads too late.
        Assert.DoesNotContain("UCX", output + error, StringComparison.Ordinal);
        // One rank wrote.
        Assert.Single(Regex.Matches(output, "Run folder: "));
    }

    [Theory]
    [OpenMpiData]
    [MpichData]
    public void Gradients_in_bf16_and_statistics_of_each_rank_train_nearly_the_same(string launcher)
    {
        var run = Path.Combine(folder.FullName, "run");
        var (exitCode, _, error) = Launcher.Of(launcher).Run(2, one.Folder, [.. Budget, "--reduce", "bf16", "--output", run]);

        Assert.True(exitCode == 0, error);
        var (expected, actual) = (LossOf(one.Run), LossOf(run));
        Assert.InRange(actual, 0.9 * expected, 1.1 * expected);
        Assert.NotEqual(expected, actual);
        Assert.Equal("bf16", Json(run, "config.json").GetProperty("reduce").GetString());
    }

    [Theory]
    [OpenMpiData]
    [MpichData]
    public void A_rank_that_is_killed_ends_the_job_and_three_continue_what_two_began(string launcher)
    {
        var run = Path.Combine(folder.FullName, "run");
        var job = Begin(launcher, 2, run, "--sync-batch-norm", "--checkpoint-minutes", "1e-9");
        var killed = RankOf(job, 1);
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
        var job = Begin(launcher, 3, Path.Combine(folder.FullName, "run"), ["--epochs", "500", "--rank-timeout", "0.05", .. options]);
        var stopped = RankOf(job, 1);
        Signal(stopped, "STOP");
        var (exitCode, _, error) = job.End();

        Assert.Equal(1, exitCode);
        Assert.Contains(
            $"error: Rank 1 (process {stopped} on {Environment.MachineName}) did not answer for 3 s: stopped, cut off from the network, or busy for longer than that. If the run has a checkpoint, train --resume continues from it; --rank-timeout sets how long ranks wait.",
            error, StringComparison.Ordinal);
        Assert.Single(Regex.Matches(error, "error: "));
    }

    // It has waited for less than the others when they ask who is there.
    [Theory]
    [OpenMpiData]
    [MpichData]
    public void A_rank_that_came_late_is_not_named(string launcher)
    {
        var job = Begin(launcher, 3, Path.Combine(folder.FullName, "run"), "--epochs", "500", "--rank-timeout", "0.1");
        var (late, stopped) = (RankOf(job, 1), RankOf(job, 2));
        Signal(stopped, "STOP");
        Signal(late, "STOP");
        Thread.Sleep(TimeSpan.FromSeconds(4.5));
        Signal(late, "CONT");
        var (exitCode, _, error) = job.End();

        Assert.Equal(1, exitCode);
        Assert.StartsWith($"error: Rank 2 (process {stopped} on {Environment.MachineName}) did not answer for 6 s: ", error, StringComparison.Ordinal);
    }

    [Theory]
    [OpenMpiData]
    [MpichData]
    public void A_rank_with_other_training_settings_is_named(string launcher)
    {
        string[] args = [.. Budget, "--output", Path.Combine(folder.FullName, "run")];

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

    [NetworkNamespaceFact]
    public void Ranks_on_two_machines_train_what_one_process_trains()
    {
        // Each namespace has a network and a name of its own; the launcher's remote shell goes from one into the other.
        var name = $"fcnn{Environment.ProcessId}";
        var agent = Path.Combine(folder.FullName, "agent");
        File.WriteAllText(agent, $"#!/bin/sh\nshift\nexec ip netns exec {name}b unshare -u sh -c \"hostname {name}b; $*\"\n");
        if (!OperatingSystem.IsWindows())
        {
            File.SetUnixFileMode(agent, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
        }

        var run = Path.Combine(folder.FullName, "run");
        var net = "10.217.93";
        var launcher = Launcher.OpenMpi!;
        var script = $"""
            trap 'ip netns del {name}a; ip netns del {name}b' EXIT
            ip netns add {name}a && ip netns add {name}b && ip -n {name}a link add va type veth peer name vb netns {name}b || exit
            for n in a b; do ip -n {name}$n link set lo up; ip -n {name}$n link set v$n up; done
            ip -n {name}a addr add {net}.1/24 dev va && ip -n {name}b addr add {net}.2/24 dev vb || exit
            ip netns exec {name}a unshare -u sh -c "hostname {name}a; exec {launcher.File} {string.Join(' ', launcher.Arguments)} --mca plm_rsh_agent {agent} \
                --mca oob_tcp_if_include {net}.0/24 --mca btl_tcp_if_include {net}.0/24 --host {net}.1:1,{net}.2:1 -np 2 dotnet {Processes.Program} {string.Join(' ', Budget)} --sync-batch-norm --output {run}"
            """;
        var start = new ProcessStartInfo("sh", ["-c", script]) { WorkingDirectory = one.Folder, RedirectStandardOutput = true, RedirectStandardError = true };
        start.Environment["XDG_CACHE_HOME"] = one.Folder;
        start.Environment["FASHIONCNN_MPI_LIBRARY"] = launcher.Library;
        var (exitCode, output, error) = Processes.Finish(Process.Start(start)!);

        Assert.True(exitCode == 0, output + error);
        Assert.Contains("2 ranks on 2 machines, connected by Open MPI", output, StringComparison.Ordinal);
        Assert.Matches($@"  {name}a: rank 0 \(process \d+\)\r?\n  {name}b: rank 1 \(process \d+\)", output);
        AssertSame(one.Run, run);
    }

    [Theory]
    [OpenMpiData]
    [MpichData]
    public void A_signal_to_the_launcher_stops_all_ranks_after_the_step(string launcher)
    {
        var run = Path.Combine(folder.FullName, "run");
        var job = Begin(launcher, 2, run, "--epochs", "500");
        Signal(job.Process.Id, "TERM");
        var (_, output, error) = job.End();

        // The exit code is the launcher's own: MPICH's has been seen to end with 0.
        Assert.DoesNotContain("error: ", error, StringComparison.Ordinal);
        Assert.Single(Regex.Matches(output, "Stopping after the current step"));
        // Open MPI leaves a second; the checkpoint is written first.
        Assert.True(File.Exists(Path.Combine(run, "checkpoint.safetensors")));
    }

    [Theory]
    [OpenMpiData]
    [MpichData]
    public void What_is_wrong_for_all_ranks_is_said_once(string launcher)
    {
        var (exitCode, output, error) = Launcher.Of(launcher).Run(2, one.Folder, [.. Budget, "--data", "nowhere", "--output", Path.Combine(folder.FullName, "run")]);
        Assert.NotEqual(0, exitCode);
        Assert.Single(Regex.Matches(output + error, "error: "));

        (exitCode, output, error) = Launcher.Of(launcher).Run(2, one.Folder, "train", "net.json", "--epoch", "3");
        Assert.NotEqual(0, exitCode);
        Assert.Single(Regex.Matches(output + error, "error: "));

        File.WriteAllText(Path.Combine(folder.FullName, "wrong.json"), """{ "version": 1, "input": { "shape": [28, 28, 1] }, "layers": [ { "type": "Dense", "units": 0 } ] }""");
        (exitCode, output, error) = Launcher.Of(launcher).Run(2, one.Folder, "train", Path.Combine(folder.FullName, "wrong.json"));
        Assert.Equal(2, exitCode);
        Assert.Single(Regex.Matches(output + error, "error FCNN"));

        (exitCode, output, error) = Launcher.Of(launcher).Run(2, one.Folder, [.. Budget, "--mixup", "0.2", "--output", Path.Combine(folder.FullName, "mixed")]);
        Assert.Equal(2, exitCode);
        Assert.StartsWith("error: mixup and cutmix mix an image with any other one of its batch, of which each of 2 ranks has a part only.", Assert.Single(Regex.Matches(output + error, "error: [^\r\n]*")).Value, StringComparison.Ordinal);

        (exitCode, output, error) = Launcher.Of(launcher).Run(2, one.Folder, "train", "net.json", "--tune");
        Assert.NotEqual(0, exitCode);
        Assert.Equal(
            "error: --tune measures one process, and there are 2 ranks. Omit it; --layout and --threads set what one process has found.",
            Assert.Single(Regex.Matches(output + error, "error: [^\r\n]*")).Value);
    }

    [Theory]
    [OpenMpiData]
    [MpichData]
    public void The_table_is_refused_once(string launcher)
    {
        var (exitCode, _, error) = Launcher.Of(launcher).Run(2, folder.FullName, ["table", "model1a", "--data", "sample", "--train-images", "64", "--epochs", "1"]);

        Assert.NotEqual(0, exitCode);
        Assert.Single(error.Split('\n'), line => line.StartsWith("error: table trains one model after the other in one process. Start it without the launcher", StringComparison.Ordinal));
        Assert.Empty(folder.GetFileSystemInfos());
    }

    [BothTheory]
    [InlineData("openmpi", "libmpich.so.12", "MPICH ")]
    [InlineData("mpich", "libmpi.so.40", "Open MPI v")]
    public void The_other_MPI_is_one_message(string launcher, string library, string name)
    {
        var (exitCode, output, error) = (Launcher.Of(launcher) with { Library = library }).Run(2, one.Folder, [.. Budget, "--output", Path.Combine(folder.FullName, "run")]);

        Assert.Equal(2, exitCode);
        var message = Assert.Single(Regex.Matches(output + error, "error: [^\n]*")).Value;
        Assert.Contains($" as number 1 of 2, but the MPI library that was found, {name}", message, StringComparison.Ordinal);
        Assert.Contains(", sees only this one. Start it with the launcher of that library, or name the library that belongs to the launcher in FASHIONCNN_MPI_LIBRARY.", message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("nowhere.so", "FASHIONCNN_MPI_LIBRARY names nowhere.so, which cannot be loaded.")]
    [InlineData("libm.so.6", "no MPI library fits: libm.so.6 is not an MPI library of standard 3.0 or later. Open MPI 3 to 5 and MPICH 3.1 to 4, or libraries with its binary interface, do.")]
    public void Without_an_MPI_that_fits_a_process_that_is_one_of_several_says_so_once(string library, string message)
    {
        var (exitCode, _, error) = Alone(library, rank: 0);
        Assert.Equal((2, $"error: This process was started by mpirun of Open MPI as number 1 of 2, but {message}\n"), (exitCode, error));

        (exitCode, _, error) = Alone(library, rank: 1);
        Assert.Equal((2, string.Empty), (exitCode, error));
    }

    private (int ExitCode, string Output, string Error) Alone(string library, int rank)
    {
        var start = new ProcessStartInfo("dotnet", [Processes.Program, .. Budget, "--output", Path.Combine(folder.FullName, "run")]) { WorkingDirectory = one.Folder, RedirectStandardOutput = true, RedirectStandardError = true };
        start.Environment["FASHIONCNN_MPI_LIBRARY"] = library;
        start.Environment["OMPI_COMM_WORLD_RANK"] = start.Environment["OMPI_COMM_WORLD_LOCAL_RANK"] = $"{rank}";
        start.Environment["OMPI_COMM_WORLD_SIZE"] = "2";
        return Processes.Finish(Process.Start(start)!);
    }

    /// <summary>Starts a job, and waits until it trains.</summary>
    private Job Begin(string launcher, int ranks, string run, params string[] args)
    {
        var process = Launcher.Of(launcher).Start(ranks, one.Folder, [.. Budget, "--output", run, .. args]);
        var error = process.StandardError.ReadToEndAsync();
        var begin = new System.Text.StringBuilder();
        while (process.StandardOutput.ReadLine() is { } line && !begin.AppendLine(line).ToString().Contains("Run folder: ", StringComparison.Ordinal))
        {
        }

        Assert.True(SpinWait.SpinUntil(() => process.HasExited || File.Exists(Path.Combine(run, "checkpoint.safetensors")), 60_000) && !process.HasExited, "the job has not begun");
        return new Job(process, begin.ToString(), error);
    }

    private static int RankOf(Job job, int rank) =>
        int.Parse(Regex.Match(job.Begin, @"\(processes ([0-9, ]+)\)").Groups[1].Value.Split(", ")[rank], System.Globalization.CultureInfo.InvariantCulture);

    private static void Signal(int process, string signal)
    {
        using var kill = Process.Start("kill", [$"-{signal}", $"{process}"]);
        kill.WaitForExit();
    }

    private static void AssertSame(string expected, string actual)
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

    private static double LossOf(string run) => Losses(run)[^1];

    private static JsonElement Json(string run, string file) => JsonDocument.Parse(File.ReadAllText(Path.Combine(run, file))).RootElement;

    private sealed record Job(Process Process, string Begin, Task<string> Error)
    {
        public (int ExitCode, string Output, string Error) End()
        {
            using (Process)
            {
                var output = Begin + Process.StandardOutput.ReadToEnd();
                if (!Process.WaitForExit(60_000))
                {
                    Process.Kill(entireProcessTree: true);
                    Assert.Fail($"The job did not end: {output}");
                }

                return (Process.ExitCode, output, Error.Result);
            }
        }
    }
}
