using System.Diagnostics;
using System.Runtime.InteropServices;
using System.Text;
using FashionCnn.Tests;
using Xunit;

namespace FashionCnn.Packages.Tests;

/// <summary>The tool, installed from a folder without any other feed.</summary>
[Collection(nameof(Feed))]
public sealed class ToolTests(Feed feed)
{
    private static readonly string[] Conversation =
    [
        """{"jsonrpc":"2.0","id":1,"method":"initialize","params":{"processId":null,"rootUri":null,"capabilities":{}}}""",
        """{"jsonrpc":"2.0","method":"initialized","params":{}}""",
        """{"jsonrpc":"2.0","id":2,"method":"shutdown"}""",
        """{"jsonrpc":"2.0","method":"exit"}""",
    ];

    // What the user has installed is left alone, and what starts the tool finds the .NET that runs the tests.
    private Dictionary<string, string> Variables => new(feed.Variables)
    {
        ["DOTNET_CLI_HOME"] = Path.Combine(feed.Folder, "home"),
        ["DOTNET_NOLOGO"] = "1",
        ["DOTNET_ROOT"] = Path.GetFullPath(Path.Combine(RuntimeEnvironment.GetRuntimeDirectory(), "..", "..", "..")),
    };

    private string Program => Path.Combine(feed.Folder, "tools", OperatingSystem.IsWindows() ? "fcnn.exe" : "fcnn");

    [PackagesFact]
    public async Task The_installed_tool_does_all_that_needs_no_Torch()
    {
        var project = new Consumer(feed, "Toolbox");
        Succeeds(DotNet.Run(feed.Folder, Variables, "tool", "install", "FashionCnn.Tool", "--version", feed.Version, "--tool-path", "tools", "--source", Path.GetDirectoryName(feed.Packages["FashionCnn.Tool"])!));

        Assert.StartsWith("1 spec: 0 errors, 0 warnings, ", Runs(project, "check")[^1], StringComparison.Ordinal);
        Assert.Contains("1 spec: 0 would change, 1 in the layout", Runs(project, "format", "--check"));
        Assert.Contains(Runs(project, "summary", "first_net"), line => line.StartsWith("Total parameters:", StringComparison.Ordinal));
        Assert.StartsWith("FCNN2003: ", Runs(project, "explain", "FCNN2003")[0], StringComparison.Ordinal);
        Assert.Contains("Wrote net.json and net.safetensors.", Runs(project, "import", Path.Combine(Feed.Root, "tests", "Interchange.Tests", "Fixtures", "sequential_bn.keras"), "--pixels", "0..1", "--output", "net.json"));
        Assert.Contains("Wrote net.onnx.", Runs(project, "export", "net.json", "--weights", "net.safetensors"));
        Assert.Contains("Wrote net.keras.", Runs(project, "export", "net.json", "--weights", "net.safetensors", "--format", "keras"));
        Assert.All(["net.onnx", "net.keras"], file => Assert.InRange(new FileInfo(project.PathOf(file)).Length, new FileInfo(project.PathOf("net.safetensors")).Length / 2, 10_000_000));

        var (exitCode, lines) = DotNet.RunProgram(Program, project.PathOf("."), Variables, "train", "first_net");
        Assert.Equal((2, "error: train needs Torch, which fcnn does without: run 'dotnet run -- train ...' in the folder of a project; 'dotnet new fashioncnn' makes one."), (exitCode, Assert.Single(lines)));
        Assert.Contains("language-server", string.Join('\n', Runs(project, "--help")), StringComparison.Ordinal);
        Assert.Matches("""^Content-Length: \d+\r\n\r\n\{.*"hoverProvider":true.*\}Content-Length: \d+\r\n\r\n\{.*"id":2.*\}$""", await Talk(project.PathOf(".")));
    }

    [PackagesFact]
    public void A_project_from_the_template_restores_the_tool_of_its_version()
    {
        var project = new Consumer(feed, "Restored");

        Succeeds(DotNet.Run(project.PathOf("."), Variables, "tool", "restore", "--configfile", Path.Combine(feed.Folder, "nuget.config")));

        Assert.StartsWith("1 spec: 0 errors, 0 warnings, ", Succeeds(DotNet.Run(project.PathOf("."), Variables, "fcnn", "check"))[^1], StringComparison.Ordinal);
        Assert.Contains($"\"version\": \"{feed.Version}\"", File.ReadAllText(project.PathOf(".config/dotnet-tools.json")), StringComparison.Ordinal);
    }

    private IReadOnlyList<string> Runs(Consumer project, params string[] arguments) => Succeeds(DotNet.RunProgram(Program, project.PathOf("."), Variables, arguments));

    private static IReadOnlyList<string> Succeeds((int ExitCode, IReadOnlyList<string> Lines) result)
    {
        Assert.True(result.ExitCode == 0, string.Join('\n', result.Lines));
        return result.Lines;
    }

    private async Task<string> Talk(string folder)
    {
        var start = new ProcessStartInfo(Program, ["language-server"]) { WorkingDirectory = folder, RedirectStandardInput = true, RedirectStandardOutput = true };
        foreach (var (name, value) in Variables)
        {
            start.Environment[name] = value;
        }

        using var process = Process.Start(start)!;
        var output = process.StandardOutput.ReadToEndAsync();
        foreach (var message in Conversation)
        {
            await process.StandardInput.BaseStream.WriteAsync(Encoding.UTF8.GetBytes($"Content-Length: {message.Length}\r\n\r\n{message}"));
        }

        await process.StandardInput.BaseStream.FlushAsync();
        using var patience = new CancellationTokenSource(TimeSpan.FromMinutes(1));
        await process.WaitForExitAsync(patience.Token);
        Assert.Equal(0, process.ExitCode);
        return await output;
    }
}
