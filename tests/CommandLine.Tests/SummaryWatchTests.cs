using System.Diagnostics;
using Xunit;

namespace FashionCnn.CommandLine.Tests;

/// <summary>A table that follows the file.</summary>
public sealed class SummaryWatchTests : IDisposable
{
    private readonly TestProgram program = new();

    public void Dispose() => program.Dispose();

    [Fact]
    public async Task The_table_is_shown_at_every_save_with_errors_and_with_what_has_changed()
    {
        Write(filters: "8");
        using var process = Processes.Start(program.Folder, "summary", "net.json", "--watch");
        try
        {
            Assert.Contains("conv1", await Until(process, "MACs per image:"), StringComparison.Ordinal);

            Write(filters: "16");
            var changed = await Until(process, "  flatten1 5408 -> 10816");
            Assert.Contains("Change: +54,160 parameters, +102,752 MACs per image", changed, StringComparison.Ordinal);
            Assert.Contains("  conv1 26x26x8 -> 26x26x16", changed, StringComparison.Ordinal);

            Write(filters: "0");
            var wrong = await Until(process, "Before: ");
            Assert.Contains("net.json(4,", wrong, StringComparison.Ordinal);
            Assert.Contains("error FCNN1", wrong, StringComparison.Ordinal);

            File.Delete("net.json");
            // Several looks find no file.
            await Task.Delay(1000);
            Write(filters: "16");
            Assert.DoesNotContain("error", await Until(process, "Change: same parameters, same MACs per image"), StringComparison.Ordinal);
        }
        finally
        {
            process.Kill();
            await process.WaitForExitAsync();
        }
    }

    [Theory]
    [InlineData("model1a --watch", "error: --watch: model1a is compiled into the program and does not change. Give the path of a spec.")]
    [InlineData("net.json --watch --format svg", "error: --watch shows a table; omit --format.")]
    [InlineData("net.json --watch", "error: net.json: there is no such spec.")]
    public void Wrong_usage_is_one_message(string args, string message)
    {
        Assert.Equal(2, program.Run(["summary", .. args.Split(' ')]));

        Assert.StartsWith(message, program.Error, StringComparison.Ordinal);
    }

    private static void Write(string filters) => File.WriteAllText("net.json", $$"""
        { "version": 1,
          "input": { "shape": [28, 28, 1] },
          "layers": [
            { "type": "Conv2D", "filters": {{filters}}, "kernel_size": 3 },
            { "type": "Flatten" },
            { "type": "Dense", "units": 10 }
          ]
        }
        """);

    private static async Task<string> Until(Process process, string wanted)
    {
        var read = string.Empty;
        using var patience = new CancellationTokenSource(TimeSpan.FromMinutes(5));
        while (await process.StandardOutput.ReadLineAsync(patience.Token) is { } line)
        {
            read += $"{line}\n";
            if (line.StartsWith(wanted, StringComparison.Ordinal))
            {
                return read;
            }
        }

        throw new InvalidOperationException($"The program ended: {read}{await process.StandardError.ReadToEndAsync(patience.Token)}");
    }
}
