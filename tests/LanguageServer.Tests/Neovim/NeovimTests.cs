using System.Diagnostics;
using System.Text.RegularExpressions;
using Xunit;

namespace FashionCnn.LanguageServer.Tests.Neovim;

/// <summary>A test in a headless Neovim; skipped, with the reason, where there is none.</summary>
internal sealed class NeovimFactAttribute : FactAttribute
{
    public NeovimFactAttribute() => Skip = Executable is null ? "There is no nvim on the path (package neovim)." : null;

    public static string? Executable { get; } =
        (Environment.GetEnvironmentVariable("PATH") ?? string.Empty).Split(Path.PathSeparator).Select(folder => Path.Combine(folder, "nvim")).FirstOrDefault(File.Exists);
}

/// <summary>The configuration of docs/editors.md in a real editor.</summary>
public sealed class NeovimTests
{
    private const string Spec = """
        {
          "version": 1,
          "input": { "shape": [28, 28, 1] },
          "blocks": {
            "convs": {
              "parameters": ["filters"],
              "layers": [{ "type": "Conv2D", "filters": "$filters", "kernel_size": 3 }]
            }
          },
          "layers": [
            { "block": "convs", "filters": 8 },
            { "block": "convs", "filters": 16 },
            { "type": "Flaten" },
            { "type": "Dense", "units": 10, "activation": "softmax" }
          ]
        }

        """;

    [NeovimFact]
    public async Task Diagnostics_fix_definition_rename_and_completion_work_as_the_page_says()
    {
        var folder = Directory.CreateTempSubdirectory();
        try
        {
            var specs = folder.CreateSubdirectory("specs");
            var spec = Path.Combine(specs.FullName, "net.json");
            await File.WriteAllTextAsync(spec, Spec);
            var config = Path.Combine(folder.FullName, "init.lua");
            await File.WriteAllTextAsync(config, Config());
            var results = Path.Combine(folder.FullName, "results.txt");
            var start = new ProcessStartInfo(NeovimFactAttribute.Executable!, ["--headless", "--clean", "-n", "-i", "NONE", "-S", Path.Combine(Repository.Root, "tests", "LanguageServer.Tests", "Neovim", "neovim.lua")])
            {
                WorkingDirectory = folder.FullName,
                RedirectStandardError = true,
                RedirectStandardOutput = true,
                RedirectStandardInput = true,
            };
            start.Environment["NEOVIM_RESULTS"] = results;
            start.Environment["NEOVIM_CONFIG"] = config;
            start.Environment["NEOVIM_SPEC"] = spec;
            start.Environment["XDG_STATE_HOME"] = start.Environment["XDG_DATA_HOME"] = start.Environment["XDG_CACHE_HOME"] = folder.FullName;

            using var neovim = Process.Start(start)!;
            var error = neovim.StandardError.ReadToEndAsync();
            var output = neovim.StandardOutput.ReadToEndAsync();
            using var patience = new CancellationTokenSource(TimeSpan.FromMinutes(2));
            try
            {
                await neovim.WaitForExitAsync(patience.Token);
            }
            finally
            {
                if (!neovim.HasExited)
                {
                    neovim.Kill(entireProcessTree: true);
                }
            }

            var seen = File.Exists(results) ? await File.ReadAllTextAsync(results) : string.Empty;
            Assert.True(seen.EndsWith("end: reached\n", StringComparison.Ordinal), $"{seen}\n{await error}\n{await output}");
            var lines = seen.Split('\n', StringSplitOptions.RemoveEmptyEntries).Select(line => line.Split(": ", 2)).ToDictionary(parts => parts[0], parts => parts[1]);
            Assert.Equal("1", lines["diagnostics"]);
            Assert.Equal("13,15 FCNN1010 layers[2]: there is no layer type 'Flaten'; did you mean 'Flatten'?", lines["diagnostic"]);
            Assert.Equal("Change to 'Flatten'", lines["offered"]);
            Assert.Equal("{ \"type\": \"Flatten\" },", lines["fixed"]);
            Assert.Equal("\"convs\": {", lines["definition"]);
            Assert.Equal("{ \"block\": \"pair\", \"filters\": 8 },", lines["renamed"]);
            Assert.Equal("\"pair\": {", lines["renamed definition"]);
            Assert.Contains("MaxPooling2D", lines["completed"], StringComparison.Ordinal);
            Assert.Equal("{ \"type\": \"MaxPooling2D\"", lines["word"]);
        }
        finally
        {
            folder.Delete(recursive: true);
        }
    }

    /// <summary>The page's configuration for this version, with the server of the tests.</summary>
    private static string Config()
    {
        var page = File.ReadAllText(Path.Combine(Repository.Root, "docs", "editors.md"));
        var code = Regex.Match(page, "## Neovim 0.7.*?```lua\n(.*?)```", RegexOptions.Singleline).Groups[1].Value;
        var server = Regex.Match(code, "^local server = .*$", RegexOptions.Multiline).Value;
        Assert.NotEmpty(server);
        return code.Replace(server, $"local server = {{ \"dotnet\", [[{typeof(NeovimTests).Assembly.Location}]], \"language-server\" }}", StringComparison.Ordinal);
    }
}
