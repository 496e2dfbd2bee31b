using System.CommandLine;
using System.CommandLine.Help;
using Spectre.Console;

namespace FashionCnn.Commands;

/// <summary>Runs a command line on a console, from its arguments to the exit code.</summary>
internal static class CommandRunner
{
    /// <summary>The width in which nothing is broken.</summary>
    public const int Unbroken = 10_000;

    private const int LeastWidth = 20;
    private const int HelpWidth = 80;

    /// <summary>The console of the process, whatever becomes of its streams.</summary>
    public static IAnsiConsole ProcessConsole()
    {
        Console.SetOut(LastingWriter.Output());
        Console.SetError(LastingWriter.Error());
        return AnsiConsole.Console;
    }

    /// <summary>A program with its commands.</summary>
    /// <param name="description">What it does, and examples.</param>
    /// <param name="commands">The commands, in the order of its help.</param>
    public static RootCommand Root(string description, IEnumerable<Command> commands)
    {
        var root = new RootCommand(description);
        foreach (var command in commands)
        {
            root.Subcommands.Add(command);
        }

        return root;
    }

    /// <summary>Runs a command line.</summary>
    /// <param name="root">The program with its commands.</param>
    /// <param name="args">Gives the arguments, with a command before them, or says why there is none.</param>
    /// <param name="console">Takes what the commands say.</param>
    /// <param name="error">Takes what went wrong, one message.</param>
    /// <param name="describe">The exit code of what went wrong, and the words for it.</param>
    /// <returns>The exit code.</returns>
    public static int Run(RootCommand root, Func<string[]> args, IAnsiConsole console, TextWriter error, Func<Exception, (int ExitCode, IReadOnlyList<string> Lines)> describe)
    {
        if (!console.Profile.Out.IsTerminal)
        {
            // A file or a pipe has no width; 80 would break tables and messages.
            console.Profile.Width = Unbroken;
        }
        else if (console.Profile.Width < LeastWidth)
        {
            // In so little room, live displays and line breaking never finish; the terminal wraps lines itself.
            console.Profile.Width = Unbroken;
            console.Profile.Capabilities.Interactive = false;
        }

        error = new PlainWriter(error);
        console.Pipeline.Attach(new PlainText());
        foreach (var help in root.Options.OfType<HelpOption>().Select(option => option.Action).OfType<HelpAction>())
        {
            help.MaxWidth = console.Profile.Width == Unbroken && console.Profile.Out.IsTerminal ? Unbroken : Math.Min(HelpWidth, console.Profile.Width);
        }

        try
        {
            return CommandParser.Invoke(root, args(), console, error);
        }
        catch (Exception exception)
        {
            var (exitCode, lines) = describe(exception);
            foreach (var line in lines)
            {
                error.WriteLine(line);
            }

            return exitCode;
        }
    }

    /// <summary>The exit code of what went wrong in any command, and the words for it.</summary>
    public static (int ExitCode, IReadOnlyList<string> Lines) Describe(Exception exception) => exception switch
    {
        UsageException usage => (ExitCodes.WrongUsage, usage.Lines),
        SpecErrorsException errors => (ExitCodes.WrongUsage, errors.Lines),
        InputException input => (ExitCodes.WrongUsage, [$"error: {SettingOption.WithOption(input.Message, input.Setting)}"]),
        OutputLostException => (ExitCodes.Failure, [$"error: {exception.Message}"]),
        IOException or UnauthorizedAccessException => (ExitCodes.Failure, [$"error: a file could not be read or written: {exception.Message.ReplaceLineEndings(" ")}"]),
        _ => (ExitCodes.Failure, [$"error: this is a bug in the program: {exception.GetType().Name}: {exception.Message.ReplaceLineEndings(" ")}. Please report it with the command that led to it."]),
    };
}
