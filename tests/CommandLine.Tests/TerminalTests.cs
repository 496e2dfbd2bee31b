using System.Text.RegularExpressions;
using Xunit;

namespace FashionCnn.CommandLine.Tests;

/// <summary>A test on a terminal of its own, which Python makes; skipped, with the reason, where there is no Python or no such terminal.</summary>
internal sealed class TerminalTheoryAttribute : TheoryAttribute
{
    public TerminalTheoryAttribute() => Skip =
        OperatingSystem.IsWindows() ? "Python makes no terminals on Windows."
        : !(Environment.GetEnvironmentVariable("PATH") ?? string.Empty).Split(Path.PathSeparator).Any(folder => File.Exists(Path.Combine(folder, "python3"))) ? "There is no python3 in PATH."
        : null;
}

/// <summary>Terminals of any width.</summary>
public sealed partial class TerminalTests : IDisposable
{
    private const string Small = "--data sample --train-images 96 --test-images 50 --threads 1 --no-self-check";

    // Starts the arguments on a terminal of some columns. With "interrupt", types Ctrl-C once an epoch's line is there; with "narrow", makes the
    // terminal narrow then. Ends with the exit code, or with "endless" after five minutes.
    private const string OnTerminal = """
        import fcntl, os, pty, select, signal, struct, sys, termios, time
        columns, what, arguments = int(sys.argv[1]), sys.argv[2], sys.argv[3:]
        process, terminal = pty.fork()
        if process == 0:
            fcntl.ioctl(0, termios.TIOCSWINSZ, struct.pack("HHHH", 24, columns, 0, 0))
            os.execvp(arguments[0], arguments)
        seen, done, end = b"", False, time.time() + 300
        while time.time() < end:
            if select.select([terminal], [], [], 0.2)[0]:
                try:
                    part = os.read(terminal, 65536)
                except OSError:
                    part = b""
                if not part:
                    _, status = os.waitpid(process, 0)
                    sys.stdout.buffer.write(seen)
                    print("\nended", os.waitstatus_to_exitcode(status))
                    sys.exit(0)
                seen += part
            if not done and b"epoch 1/" in seen:
                done = True
                if what == "interrupt":
                    os.write(terminal, b"\x03")
                if what == "narrow":
                    fcntl.ioctl(terminal, termios.TIOCSWINSZ, struct.pack("HHHH", 24, 8, 0, 0))
        os.kill(process, signal.SIGKILL)
        print("\nendless")
        """;

    private readonly TestProgram program = new();

    public void Dispose() => program.Dispose();

    [TerminalTheory]
    [InlineData(1, $"train model1a --epochs 2 {Small}", 0)]
    [InlineData(8, $"train model1a --epochs 2 {Small}", 0)]
    [InlineData(20, $"train model1a --epochs 2 {Small}", 0)]
    [InlineData(10, $"table model1a --epochs 1 {Small}", 0)]
    [InlineData(2, "train --help", 0)]
    public void Every_command_ends_however_narrow_the_terminal_is(int columns, string command, int exitCode) =>
        Assert.EndsWith($"\nended {exitCode}\n", Terminal(columns, "wait", command), StringComparison.Ordinal);

    [TerminalTheory]
    [InlineData(8, "interrupt")]
    [InlineData(100, "interrupt")]
    public void Ctrl_C_works_while_the_display_is_drawn(int columns, string what)
    {
        var output = Terminal(columns, what, $"train model1a --epochs 100000 --output out {Small}");

        Assert.EndsWith("\nended 130\n", output, StringComparison.Ordinal);
        Assert.True(File.Exists("out/result.json"));
        // Nothing is drawn where there is no room for it.
        Assert.Equal(columns >= 20, output.Contains("\u001b[?25l", StringComparison.Ordinal));
    }

    [TerminalTheory]
    [InlineData("narrow")]
    public void A_terminal_that_becomes_narrow_is_harmless(string what) =>
        Assert.EndsWith("\nended 0\n", Terminal(100, what, $"train model1a --epochs 4 {Small}"), StringComparison.Ordinal);

    [Fact]
    public void Help_ends_at_every_width_and_needs_no_more_than_80_columns()
    {
        foreach (var command in new[] { string.Empty, "train", "evaluate", "predict", "compare", "table", "report", "summary", "weights", "list", "doctor" })
        {
            string[] help = command.Length == 0 ? ["--help"] : [command, "--help"];
            for (var width = 1; width < 30; width++)
            {
                Assert.Equal(0, program.RunOnTerminal(width, help));
            }

            Assert.Equal(0, program.Run(help));
            Assert.All(program.Output.Split('\n'), line => Assert.InRange(line.Length, 0, 80));
        }
    }

    [Theory]
    [InlineData(20)]
    [InlineData(40)]
    [InlineData(60)]
    [InlineData(80)]
    [InlineData(160)]
    public void Tables_split_neither_numbers_nor_names(int width)
    {
        Run("model1a", "--data", "sample", "--train-images", "96", "--test-images", "50", "--threads", "1", "--epochs", "1", "--output", "first-run");
        Run("model1a", "--data", "sample", "--train-images", "96", "--test-images", "50", "--threads", "1", "--epochs", "1", "--output", "second-run", "--seed", "2");

        Assert.Equal(0, program.RunOnTerminal(width, "compare", "first-run", "second-run"));
        AssertWhole(["first-run", "second-run", "1,633,274", .. Numbers("comparison.json")]);
        Assert.Equal(0, program.RunOnTerminal(width, "summary", "model3"));
        AssertWhole(["batch_norm1", "6,423,552", "28x28x64", "28,901,376", "6,694,346"]);
        Assert.Equal(0, program.RunOnTerminal(width, "list"));
        AssertWhole([.. ProjectModels.All.Select(model => model.Id), "1,633,274", "6,694,346"]);
        Assert.Equal(0, program.RunOnTerminal(width, "weights", "model3"));
        AssertWhole(["batch_norm4.running_mean", "128x128x3x3"]);
        Assert.Equal(0, program.RunOnTerminal(width, "evaluate", "model1a", "--weights", "first-run", "--data", "sample", "--test-images", "50", "--threads", "1", "--precision", "fp32"));
        AssertWhole(["T-shirt/top", "Sneaker", "Precision"]);

        string[] Numbers(string file) => [.. Decimals().Matches(program.Read($"runs/comparison/{file}")).Select(match => match.Groups[1].Value).Select(text => double.Parse(text, System.Globalization.CultureInfo.InvariantCulture).ToString("0.0000", System.Globalization.CultureInfo.InvariantCulture)).Distinct()];

        void AssertWhole(string[] words)
        {
            var shown = Escapes().Replace(program.Output, string.Empty);
            Assert.All(words, word => Assert.Contains(word, shown, StringComparison.Ordinal));
            Assert.DoesNotContain("…", shown, StringComparison.Ordinal);
        }
    }

    [Theory]
    [InlineData(20)]
    [InlineData(40)]
    public void A_sentence_is_broken_between_words_only(int width)
    {
        const string Long = "a-folder-with-a-name-that-is-longer-than-every-line-here";
        Run("model1a", "--data", "sample", "--train-images", "96", "--test-images", "50", "--threads", "1", "--epochs", "1", "--output", Long);

        Assert.Equal(1, program.RunOnTerminal(width, "weights", Long, "model1b"));
        AssertLines($"{Long}/weights.safetensors", "conv2.weight:", "128x64x3x3");
        Assert.Equal(0, program.RunOnTerminal(width, "report", Long));
        AssertLines($"{Long}/report.html.");
        Assert.Equal(0, program.RunOnTerminal(width, "explain", "FCNN2003"));
        AssertLines("\"dilation_rate\":", "28x28x8");
        Assert.Equal(0, program.RunOnTerminal(width, "summary", "model1a"));
        AssertLines("1,633,274");

        void AssertLines(params string[] words)
        {
            var shown = Escapes().Replace(program.Output, string.Empty);
            Assert.All(words, word => Assert.Contains(word, shown, StringComparison.Ordinal));
            Assert.All(shown.Split('\n'), line => Assert.True(line.Length <= width || !line.Trim().Contains(' ', StringComparison.Ordinal), line));
        }
    }

    [GeneratedRegex("\u001b\\[[0-9;?]*[A-Za-z]")]
    private static partial Regex Escapes();

    [GeneratedRegex("\"test_(?:loss|accuracy)\": ([0-9.]+)")]
    private static partial Regex Decimals();

    private void Run(params string[] args) => Assert.Equal(0, program.Run(args));

    private string Terminal(int columns, string what, string command)
    {
        var (exitCode, output, error) = Processes.Finish(Processes.Start("python3", program.Folder, ["-c", OnTerminal, $"{columns}", what, "dotnet", Processes.Program, .. command.Split(' ')]));
        Assert.True(exitCode == 0, error);
        return output;
    }
}
