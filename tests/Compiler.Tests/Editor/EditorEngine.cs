using System.Diagnostics;
using System.Text.RegularExpressions;

namespace FashionCnn.Compiler.Tests.Editor;

/// <summary>The npm package of VS Code's JSON editor, installed in the tests' obj folder when it is first asked for.</summary>
internal static partial class EditorEngine
{
    private static readonly string Source = Path.Combine(Repository.Root, "tests", "Compiler.Tests", "Editor");
    private static readonly string Installed = Path.Combine(Repository.Root, "tests", "Compiler.Tests", "obj", "editor");
    private static readonly Lazy<string?> Missing = new(Install);

    /// <summary>Why nothing can be asked on this machine; null when it can. An installation that fails for any other reason than the network is no such reason.</summary>
    public static string? WhyMissing => Missing.Value;

    /// <summary>The engine's answers to editor.mjs's questions, as JSON.</summary>
    public static string Ask(string question)
    {
        var (exitCode, output, errors) = Run(Find("node")!, Source, question, "editor.mjs", Installed);
        return exitCode == 0 ? output : throw new InvalidOperationException($"editor.mjs: {errors}");
    }

    /// <summary>Whether npm says that it could not reach its registry, and not that something is wrong with what was asked of it.</summary>
    internal static bool IsUnreachable(string errors) => NetworkFault().IsMatch(errors);

    private static string? Install()
    {
        if (Find("node") is null || Find("npm") is not { } npm)
        {
            return "There is no node and npm in PATH.";
        }

        Directory.CreateDirectory(Installed);
        var wanted = File.ReadAllText(Path.Combine(Source, "package.json"));
        var stamp = Path.Combine(Installed, "installed.json");
        if (File.Exists(stamp) && File.ReadAllText(stamp) == wanted)
        {
            return null;
        }

        File.WriteAllText(Path.Combine(Installed, "package.json"), wanted);
        var (exitCode, _, errors) = Run(npm, Installed, string.Empty, "install", "--no-package-lock", "--no-audit", "--no-fund", "--fetch-retries=1", "--fetch-timeout=60000");
        if (exitCode != 0)
        {
            return IsUnreachable(errors) ? $"npm could not download vscode-json-languageservice: {NetworkFault().Match(errors).Value}." : null;
        }

        File.WriteAllText(stamp, wanted);
        return null;
    }

    private static (int ExitCode, string Output, string Errors) Run(string program, string folder, string input, params string[] arguments)
    {
        using var process = Process.Start(new ProcessStartInfo(program, arguments) { WorkingDirectory = folder, RedirectStandardInput = true, RedirectStandardOutput = true, RedirectStandardError = true })!;
        var output = process.StandardOutput.ReadToEndAsync();
        var errors = process.StandardError.ReadToEndAsync();
        process.StandardInput.Write(input);
        process.StandardInput.Close();
        if (!process.WaitForExit(TimeSpan.FromMinutes(10)))
        {
            process.Kill(entireProcessTree: true);
            return (-1, string.Empty, $"{program} takes longer than ten minutes.");
        }

        return (process.ExitCode, output.GetAwaiter().GetResult(), errors.GetAwaiter().GetResult());
    }

    private static string? Find(string program) => (Environment.GetEnvironmentVariable("PATH") ?? string.Empty).Split(Path.PathSeparator)
        .Select(folder => Path.Combine(folder, OperatingSystem.IsWindows() ? $"{program}{(program == "npm" ? ".cmd" : ".exe")}" : program)).FirstOrDefault(File.Exists);

    [GeneratedRegex(@"\b(ENOTFOUND|EAI_AGAIN|ECONNREFUSED|ECONNRESET|ENETUNREACH|EHOSTUNREACH|ETIMEDOUT|ERR_SOCKET_TIMEOUT|ENOTCACHED|E403|E50\d|longer than ten minutes)\b")]
    private static partial Regex NetworkFault();
}
