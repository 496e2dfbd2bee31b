using FashionCnn.Models;
using Spectre.Console;

namespace FashionCnn.CommandLine.Tests;

/// <summary>Runs the program's commands in this process, as from a pipe, in a folder that goes with the test.</summary>
internal sealed class TestProgram : IDisposable
{
    private readonly string before = Environment.CurrentDirectory;

    public TestProgram() => Environment.CurrentDirectory = Folder;

    public string Folder { get; } = Directory.CreateTempSubdirectory("fashioncnn-").FullName;

    /// <summary>Set, self-checks are made, in processes of it.</summary>
    public ChildProgram? Child { get; init; }

    public string Output { get; private set; } = string.Empty;

    public string Error { get; private set; } = string.Empty;

    /// <summary>Runs a command line on the models that were generated from the specs.</summary>
    public int Run(params string[] args) => Run(ProjectModels.All, args);

    public int Run(IReadOnlyList<ModelDescriptor> models, params string[] args)
    {
        using var output = new StringWriter();
        return Run(models, args, output, new AnsiConsoleSettings { Ansi = AnsiSupport.No, Interactive = InteractionSupport.No, Out = new AnsiConsoleOutput(output) });
    }

    /// <summary>Runs a command line of the tool.</summary>
    public int RunTool(params string[] args)
    {
        using var output = new StringWriter();
        return Run(output, new AnsiConsoleSettings { Ansi = AnsiSupport.No, Interactive = InteractionSupport.No, Out = new AnsiConsoleOutput(output) }, (console, error) => Tool.ToolProgram.Run(args, console, error));
    }

    /// <summary>Runs a command line as on a terminal.</summary>
    public int RunOnTerminal(params string[] args) => RunOnTerminal(160, args);

    /// <summary>Runs a command line as on a terminal of a width.</summary>
    public int RunOnTerminal(int width, params string[] args)
    {
        using var output = new StringWriter();
        return Run(ProjectModels.All, args, output, new AnsiConsoleSettings { Ansi = AnsiSupport.Yes, Interactive = InteractionSupport.Yes, Out = new Terminal(output, width) });
    }

    /// <summary>Runs a command line; when it writes a text for the first time, something happens before it goes on.</summary>
    public int RunUntil(string text, Action happens, params string[] args)
    {
        using var output = new WatchedWriter(text, happens);
        return Run(ProjectModels.All, args, output, new AnsiConsoleSettings { Ansi = AnsiSupport.No, Interactive = InteractionSupport.No, Out = new AnsiConsoleOutput(output) });
    }

    private int Run(IReadOnlyList<ModelDescriptor> models, string[] args, StringWriter output, AnsiConsoleSettings settings) =>
        Run(output, settings, (console, error) => CommandLineProgram.Run(args, new ModelList(models, FashionCnn.SpecFiles.SpecClass.Build), console, error, Child));

    private int Run(StringWriter output, AnsiConsoleSettings settings, Func<IAnsiConsole, TextWriter, int> program)
    {
        using var error = new StringWriter();
        var exitCode = program(AnsiConsole.Create(settings), error);
        (Output, Error) = (output.ToString().ReplaceLineEndings("\n"), error.ToString().ReplaceLineEndings("\n"));
        return exitCode;
    }

    public string Read(string file) => File.ReadAllText(Path.Combine(Folder, file));

    private sealed class WatchedWriter(string text, Action happens) : StringWriter
    {
        private bool hasHappened;

        public override void Write(string? value)
        {
            base.Write(value);
            if (!hasHappened && value?.Contains(text, StringComparison.Ordinal) == true)
            {
                hasHappened = true;
                happens();
            }
        }
    }

    private sealed class Terminal(TextWriter writer, int width) : IAnsiConsoleOutput
    {
        public TextWriter Writer => writer;

        public bool IsTerminal => true;

        public int Width => width;

        public int Height => 40;

        public void SetEncoding(System.Text.Encoding encoding)
        {
        }
    }

    public void Dispose()
    {
        Environment.CurrentDirectory = before;
        Directory.Delete(Folder, recursive: true);
    }
}
