using System.Diagnostics;
using System.Net;
using System.Net.Sockets;
using System.Runtime.InteropServices;
using FashionCnn.Models;
using Spectre.Console;
using Xunit;

namespace FashionCnn.CommandLine.Tests;

/// <summary>A test that needs Linux's /proc or devices; skipped, with the reason, elsewhere.</summary>
internal sealed class LinuxTheoryAttribute : TheoryAttribute
{
    public LinuxTheoryAttribute() => Skip = OperatingSystem.IsLinux() ? null : "Only Linux has /proc and these devices.";
}

/// <summary>A test that hides the distribution's data; skipped, with the reason, where this user may not.</summary>
internal sealed class HiddenDataTheoryAttribute : TheoryAttribute
{
    public HiddenDataTheoryAttribute() => Skip = new FullDiskFactAttribute().Skip;
}

/// <summary>Ctrl-C outside of training: nothing is left, and the exit code says what happened.</summary>
public sealed class InterruptionTests : IDisposable
{
    private readonly DirectoryInfo folder = Directory.CreateTempSubdirectory("fashioncnn-");

    public void Dispose() => folder.Delete(recursive: true);

    [HiddenDataTheory]
    [InlineData("table model1a --no-self-check")]
    [InlineData("train model1a --no-self-check")]
    [InlineData("evaluate model1a --weights weights.safetensors --no-self-check")]
    public void During_the_download_it_ends_the_command(string command)
    {
        SaveWeights("model1a");
        using var proxy = new TcpListener(IPAddress.Loopback, 0);
        proxy.Start();
        var start = Shell($"mkdir -p /usr/share/datasets && mount -t tmpfs tmpfs /usr/share/datasets && exec dotnet {Processes.Program} {command}", "unshare", "-rm");
        // Whoever asks it waits.
        start.Environment["HTTPS_PROXY"] = start.Environment["HTTP_PROXY"] = $"http://{proxy.LocalEndpoint}";
        start.Environment["FASHION_MNIST_DIR"] = string.Empty;
        using var process = Process.Start(start)!;
        Assert.True(proxy.AcceptSocketAsync().Wait(60_000), "nothing was downloaded");

        AssertEnds(process, $"{process.Id}");
    }

    [LinuxTheory]
    [InlineData("table model4 --data sample")]
    [InlineData("train model4 --data sample")]
    [InlineData("evaluate model4 --data sample --weights weights.safetensors")]
    [InlineData("predict model4 nowhere.png --weights weights.safetensors")]
    [InlineData("doctor --threads 1")]
    public void During_a_self_check_it_ends_the_command(string command)
    {
        SaveWeights("model4");
        // A terminal sends the signal to all processes of its group.
        using var process = Process.Start(Shell($"exec dotnet {Processes.Program} {command}", "setsid"))!;
        Assert.True(SpinWait.SpinUntil(() => IsChecking(process.Id), 60_000), "no self-check was made");

        AssertEnds(process, $"-{process.Id}");
    }

    // On the signal's own thread, what the console takes no longer would end the process.
    [LinuxTheory]
    [InlineData("SIGINT", CommandLineProgram.Interrupted)]
    [InlineData("SIGTERM", CommandLineProgram.Terminated)]
    public void A_command_has_ended_when_all_is_said(string signal, int expected)
    {
        using var registration = PosixSignalRegistration.Create(Enum.Parse<PosixSignal>(signal), context => context.Cancel = true);
        using var output = new SlowWriter();
        var console = AnsiConsole.Create(new AnsiConsoleSettings { Ansi = AnsiSupport.No, Interactive = InteractionSupport.No, Out = new AnsiConsoleOutput(output) });

        var exitCode = Interruption.Around(console, "Stopping.", interruption =>
        {
            using var kill = Process.Start("kill", [$"-{signal}", $"{Environment.ProcessId}"]);
            Assert.True(interruption.Token.WaitHandle.WaitOne(TimeSpan.FromMinutes(1)), "no signal came");
            return interruption.ExitCode;
        });

        Assert.Equal((expected, true), (exitCode, output.IsDone));
    }

    private static void AssertEnds(Process process, string target)
    {
        Process.Start("kill", ["-INT", "--", target])!.WaitForExit();
        var (exitCode, _, error) = Processes.Finish(process);

        Assert.Equal((130, string.Empty), (exitCode, string.Concat(error.Split('\n').Where(line => !line.StartsWith("Note: ", StringComparison.Ordinal)))));
    }

    private static bool IsChecking(int parent)
    {
        Thread.Sleep(50);
        return Directory.EnumerateDirectories("/proc").Any(process =>
        {
            try
            {
                return int.TryParse(Path.GetFileName(process), out _)
                    && File.ReadAllText($"{process}/stat") is var status && status[(status.LastIndexOf(')') + 1)..].Split(' ') is [_, _, var of, ..] && of == $"{parent}"
                    && File.ReadAllText($"{process}/cmdline").Contains("\0self-check\0", StringComparison.Ordinal);
            }
            catch (IOException)
            {
                // It ended meanwhile.
                return false;
            }
        });
    }

    private ProcessStartInfo Shell(string script, string program, params string[] arguments)
    {
        var start = new ProcessStartInfo(program, [.. arguments, "sh", "-c", script]) { WorkingDirectory = folder.FullName, RedirectStandardOutput = true, RedirectStandardError = true };
        start.Environment["XDG_CACHE_HOME"] = Path.Combine(folder.FullName, "cache");
        return start;
    }

    private void SaveWeights(string id)
    {
        using var model = ProjectModels.All.Single(model => model.Id == id).Create();
        ModelWeights.Save(model, Path.Combine(folder.FullName, "weights.safetensors"));
    }

    private sealed class SlowWriter : StringWriter
    {
        public bool IsDone { get; private set; }

        public override void Write(string? value)
        {
            Thread.Sleep(300);
            base.Write(value);
            IsDone = true;
        }
    }
}
