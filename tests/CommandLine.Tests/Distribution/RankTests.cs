using System.Diagnostics;
using System.Globalization;
using System.Text.RegularExpressions;
using Xunit;
using static FashionCnn.CommandLine.Tests.Distribution.RankRun;

namespace FashionCnn.CommandLine.Tests.Distribution;

/// <summary>Training in several processes, started by the launchers of Open MPI and MPICH.</summary>
[Collection(ProcessGroup.Name)]
public sealed class RankTests(OneProcess one) : IDisposable
{
    private readonly DirectoryInfo folder = Directory.CreateTempSubdirectory("fashioncnn-");

    public void Dispose() => folder.Delete(recursive: true);

    // That all ranks have the same weights and moving statistics, bit by bit, each run checks itself after every epoch.
    [Theory]
    [OpenMpiData(1, "channels_last")]
    [OpenMpiData(2, "channels_last")]
    [OpenMpiData(4, "channels_last")]
    [OpenMpiData(2, "channels_first")]
    [MpichData(1, "channels_last")]
    [MpichData(2, "channels_last")]
    [MpichData(4, "channels_last")]
    public void Ranks_train_what_one_process_trains(string launcher, int ranks, string layout)
    {
        var run = Path.Combine(folder.FullName, "run");
        var (exitCode, output, error) = Launcher.Of(launcher).Run(ranks, one.Folder, [.. OneProcess.Budget, "--sync-batch-norm", "--layout", layout, "--output", run]);

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
        var (exitCode, _, error) = Launcher.Of(launcher).Run(2, one.Folder, [.. OneProcess.Budget, "--reduce", "bf16", "--output", run]);

        Assert.True(exitCode == 0, error);
        var (expected, actual) = (LossOf(one.Run), LossOf(run));
        Assert.InRange(actual, 0.9 * expected, 1.1 * expected);
        Assert.NotEqual(expected, actual);
        Assert.Equal("bf16", Json(run, "config.json").GetProperty("reduce").GetString());
    }

    [Theory]
    [OpenMpiData]
    [MpichData]
    public async Task The_ranks_of_a_machine_check_themselves_once(string launcher)
    {
        File.Copy(Path.Combine(one.Folder, "net.json"), Path.Combine(folder.FullName, "net.json"));
        var job = Launcher.Of(launcher).Start(2, folder.FullName, [.. OneProcess.Budget.Except(["--no-self-check"]), "--epochs", "1", "--output", "run"]);
        var checks = new HashSet<int>();
        using var over = new CancellationTokenSource();
        // A check takes a second or so, in a process of its own.
        var watch = Task.Run(() =>
        {
            while (!over.Token.WaitHandle.WaitOne(50))
            {
                checks.UnionWith(SelfChecks());
            }
        });
        var (exitCode, _, error) = Processes.Finish(job);
        await over.CancelAsync();
        await watch;

        Assert.True(exitCode == 0, error);
        Assert.Single(checks);
        Assert.Equal("passed", Json(Path.Combine(folder.FullName, "run"), "config.json").GetProperty("self_check").GetString());
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
                --mca oob_tcp_if_include {net}.0/24 --mca btl_tcp_if_include {net}.0/24 --host {net}.1:1,{net}.2:1 -np 2 dotnet {Processes.Program} {string.Join(' ', OneProcess.Budget)} --sync-batch-norm --output {run}"
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

    // The processes that check the network of this test.
    private IEnumerable<int> SelfChecks()
    {
        foreach (var process in Directory.EnumerateDirectories("/proc").Select(Path.GetFileName).Where(name => name!.All(char.IsAsciiDigit)))
        {
            var words = string.Empty;
            try
            {
                words = File.ReadAllText($"/proc/{process}/cmdline");
            }
            catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
            {
                // It has just ended.
            }

            if (words.Contains("\0self-check\0", StringComparison.Ordinal) && words.Contains(folder.FullName, StringComparison.Ordinal))
            {
                yield return int.Parse(process!, CultureInfo.InvariantCulture);
            }
        }
    }
}
