using FashionCnn.Models;
using Spectre.Console;

namespace FashionCnn.Runner.Tests;

/// <summary>Runs the program's commands in this process, as from a pipe, in a folder that goes with the test.</summary>
internal sealed class TestProgram : IDisposable
{
    private readonly string before = Environment.CurrentDirectory;

    public TestProgram() => Environment.CurrentDirectory = Folder;

    public string Folder { get; } = Directory.CreateTempSubdirectory("fashioncnn-").FullName;

    public string Output { get; private set; } = string.Empty;

    public string Error { get; private set; } = string.Empty;

    /// <summary>Runs a command line on the models that were generated from the specs.</summary>
    public int Run(params string[] args) => Run(ModelCatalog.All, args);

    public int Run(IReadOnlyList<ModelDescriptor> models, params string[] args)
    {
        using var output = new StringWriter();
        using var error = new StringWriter();
        var console = AnsiConsole.Create(new AnsiConsoleSettings { Ansi = AnsiSupport.No, Interactive = InteractionSupport.No, Out = new AnsiConsoleOutput(output) });
        var exitCode = CommandLine.Run(args, models, console, error);
        (Output, Error) = (output.ToString().ReplaceLineEndings("\n"), error.ToString().ReplaceLineEndings("\n"));
        return exitCode;
    }

    public string Read(string file) => File.ReadAllText(Path.Combine(Folder, file));

    public void Dispose()
    {
        Environment.CurrentDirectory = before;
        Directory.Delete(Folder, recursive: true);
    }
}
