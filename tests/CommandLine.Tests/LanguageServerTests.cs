using System.Diagnostics;
using System.Text;
using Xunit;

namespace FashionCnn.CommandLine.Tests;

/// <summary>The command that editors start.</summary>
public sealed class LanguageServerTests
{
    private static readonly string[] Goodbye =
    [
        """{"jsonrpc":"2.0","id":1,"method":"initialize","params":{"processId":null,"rootUri":null,"capabilities":{}}}""",
        """{"jsonrpc":"2.0","method":"initialized","params":{}}""",
        """{"jsonrpc":"2.0","id":2,"method":"shutdown"}""",
        """{"jsonrpc":"2.0","method":"exit"}""",
    ];

    [Fact]
    public async Task It_speaks_on_the_standard_streams_until_it_is_told_to_exit()
    {
        var (exitCode, output, error) = await Talk(Goodbye, closes: false);

        Assert.Equal((0, string.Empty), (exitCode, error));
        // Nothing else is written there.
        Assert.Matches("""^Content-Length: \d+\r\n\r\n\{.*"hoverProvider":true.*\}Content-Length: \d+\r\n\r\n\{.*"id":2.*\}$""", output);
    }

    [Fact]
    public async Task When_its_input_ends_it_ends() => Assert.Equal(1, (await Talk(Goodbye[..2], closes: true)).ExitCode);

    [Fact]
    public void A_program_that_carries_no_server_has_no_such_command()
    {
        using var program = new TestProgram();

        Assert.Equal(2, program.Run("language-server"));
        Assert.StartsWith("error: There is no command or model 'language-server'", program.Error, StringComparison.Ordinal);
    }

    private static async Task<(int ExitCode, string Output, string Error)> Talk(IEnumerable<string> messages, bool closes)
    {
        using var process = Process.Start(new ProcessStartInfo("dotnet", [Processes.Program, "language-server"]) { RedirectStandardInput = true, RedirectStandardOutput = true, RedirectStandardError = true })!;
        var output = process.StandardOutput.ReadToEndAsync();
        var error = process.StandardError.ReadToEndAsync();
        foreach (var message in messages)
        {
            await process.StandardInput.BaseStream.WriteAsync(Encoding.UTF8.GetBytes($"Content-Length: {message.Length}\r\n\r\n{message}"));
        }

        await process.StandardInput.BaseStream.FlushAsync();
        if (closes)
        {
            process.StandardInput.Close();
        }

        using var patience = new CancellationTokenSource(TimeSpan.FromMinutes(5));
        await process.WaitForExitAsync(patience.Token);
        return (process.ExitCode, await output, await error);
    }
}
