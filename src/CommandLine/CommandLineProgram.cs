using System.CommandLine;
using System.CommandLine.Help;
using FashionCnn.Checks;
using FashionCnn.Compiler;
using FashionCnn.Compiler.Keys;
using FashionCnn.Distribution;
using FashionCnn.Models;
using FashionCnn.Native;
using FashionCnn.Training;
using Spectre.Console;

namespace FashionCnn.CommandLine;

/// <summary>The commands of the program, for any list of models.</summary>
public static class CommandLineProgram
{
    /// <summary>Everything went well.</summary>
    public const int Success = 0;

    /// <summary>Something failed that the user did not cause.</summary>
    public const int Failure = 1;

    /// <summary>The arguments or the input cannot be used.</summary>
    public const int WrongUsage = 2;

    /// <summary>Stopped by Ctrl-C.</summary>
    public const int Interrupted = 130;

    /// <summary>Stopped by the signal to terminate.</summary>
    public const int Terminated = 143;

    /// <summary>Stopped because the terminal was lost.</summary>
    public const int HungUp = 129;

    private const int LeastWidth = 20;
    private const int HelpWidth = 80;
    /// <summary>The width in which nothing is broken.</summary>
    internal const int Unbroken = 10_000;

    private const string Description = """
        Trains convolutional networks that are described by JSON specs and compiled to typed classes.

        Examples:
          model3                                 train Model 3 as its spec says
          train model3 --epochs 2 --data sample  take a quick look
          train model3 --resume                  continue the latest run
          evaluate model3 --weights RUN          accuracy, classes, confusion matrix
          predict model3 --weights RUN shoe.jpg  classify an image
          compare model1a model3                 compare their latest runs
          table                                  reproduce the study's table
          report RUN...                          write an HTML report
          summary model3                         layers, shapes and counts
          weights FILE model3                    check whether a file fits a model
          import mobilenet.keras                 make a spec and weights of a Keras model
          export model3 --weights RUN            write the model for ONNX or Keras
          list                                   list all models
          check                                  check the specs without a build
          format                                 lay out the specs' text
          explain FCNN2003                       explain a compiler message
          doctor                                 check this machine

        A run's settings, history, curves, weights and results are written to runs/<model>/<start time>-<seed>/.
        """;

    /// <summary>Runs a command line on the console of the process.</summary>
    /// <param name="args">The arguments; a model in place of a command means to train it.</param>
    /// <param name="models">The models to choose from.</param>
    /// <param name="build">Makes the class of a spec file, so that the path of one can stand where an id does; null to have only <paramref name="models"/>.</param>
    /// <param name="languageServer">Serves an editor on the standard streams and gives the exit code: the command <c>language-server</c>; null for a program without it.</param>
    /// <returns>The exit code.</returns>
    public static int Run(IReadOnlyList<string> args, IReadOnlyList<ModelDescriptor> models, Func<CompiledSpec, ModelDescriptor>? build = null, Func<int>? languageServer = null)
    {
        ProcessTuning.Apply();
        if (Ranks.AreLaunched)
        {
            // Open MPI gives each process a terminal of its own, behind which is a pipe: .NET and the displays would send it their control sequences.
            Environment.SetEnvironmentVariable("TERM", "dumb");
        }

        Console.SetOut(LastingWriter.Output());
        Console.SetError(LastingWriter.Error());
        return Run(args, new ModelList(models, build), AnsiConsole.Console, Console.Error, ChildProgram.Current, languageServer);
    }

    /// <summary>Runs a command line within another program, which is not started once more for self-checks.</summary>
    /// <param name="args">The arguments; a model in place of a command means to train it.</param>
    /// <param name="models">The models to choose from.</param>
    /// <param name="console">Takes what the commands say.</param>
    /// <param name="error">Takes what went wrong, one message.</param>
    /// <param name="build">Makes the class of a spec file; null to have only <paramref name="models"/>.</param>
    /// <returns>The exit code.</returns>
    public static int Run(IReadOnlyList<string> args, IReadOnlyList<ModelDescriptor> models, IAnsiConsole console, TextWriter error, Func<CompiledSpec, ModelDescriptor>? build = null) =>
        Run(args, new ModelList(models, build), console, error, program: null);

    /// <summary>Runs a command line; without a way to start the program once more, no self-checks are made.</summary>
    internal static int Run(IReadOnlyList<string> args, ModelList models, IAnsiConsole console, TextWriter error, ChildProgram? program, Func<int>? languageServer = null)
    {
        if (!console.Profile.Out.IsTerminal || Ranks.AreLaunched)
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
        var root = new RootCommand(Description)
        {
            TrainCommand.Create(models, console, program),
            EvaluateCommand.Create(models, console, program),
            PredictCommand.Create(models, console, program),
            CompareCommand.Create(models, console),
            TableCommand.Create(models, console, program),
            ReportCommand.Create(models, console),
            SummaryCommand.Create(models, console),
            WeightsCommand.Create(models, console),
            ImportCommand.Create(console),
            ExportCommand.Create(models, console),
            ListCommand.Create(models, console),
            CheckCommand.Create(console),
            FormatCommand.Create(console),
            ExplainCommand.Create(console),
            DoctorCommand.Create(models, console, program),
            SelfCheckCommand.Create(models, console),
            LayerScanCommand.Create(console),
        };
        if (languageServer is not null)
        {
            root.Subcommands.Add(LanguageServerCommand.Create(languageServer));
        }

        foreach (var help in root.Options.OfType<HelpOption>().Select(option => option.Action).OfType<HelpAction>())
        {
            help.MaxWidth = console.Profile.Width == Unbroken && console.Profile.Out.IsTerminal ? Unbroken : Math.Min(HelpWidth, console.Profile.Width);
        }

        try
        {
            return Invoke(root, WithCommand(root, args, models), console, error);
        }
        catch (Exception exception)
        {
            var (exitCode, lines) = Describe(exception);
            foreach (var line in lines)
            {
                error.WriteLine(line);
            }

            return exitCode;
        }
    }

    /// <summary>The exit code of what went wrong, and the words for it.</summary>
    internal static (int ExitCode, IReadOnlyList<string> Lines) Describe(Exception exception) => exception switch
    {
        SpecErrorsException errors => (WrongUsage, errors.Lines),
        InputException input => (WrongUsage, [$"error: {SettingOption.WithOption(input.Message, input.Setting)}"]),
        TrainingFailedException failed => (Failure, [$"error: {SettingOption.WithOption(failed.Message, failed.Setting)}{(failed.SuspectsMachine ? " Run doctor, which checks every layer." : string.Empty)}"]),
        RankFailedException failed => (Failure, [$"error: {failed.Message} If the run has a checkpoint, train --resume continues from it{(failed.IsTimeout ? $"; {TrainOptions.RankTimeout.Name} sets how long ranks wait" : string.Empty)}."]),
        NativeLibraryException or SelfCheckFailedException or OutputLostException => (Failure, [$"error: {exception.Message}"]),
        CheckpointNotWrittenException lost => (Failure, [$"error: a file could not be read or written: {lost.Message} Option: {(lost.Last is null ? "--output" : $"--resume {lost.Folder}")}."]),
        IOException or UnauthorizedAccessException => (Failure, [$"error: a file could not be read or written: {exception.Message.ReplaceLineEndings(" ")}"]),
        _ => (Failure, [$"error: this is a bug in the program: {exception.GetType().Name}: {exception.Message.ReplaceLineEndings(" ")}. Please report it with the command that led to it."]),
    };

    private static string[] WithCommand(RootCommand root, IReadOnlyList<string> args, ModelList models)
    {
        if (args.Count == 0)
        {
            return ["--help"];
        }

        var first = args[0];
        if (first.StartsWith('-') || root.Subcommands.Any(command => command.Name == first))
        {
            return [.. args];
        }

        if (models.Known(first) is not null || ModelList.IsFile(first))
        {
            return ["train", .. args];
        }

        var commands = root.Subcommands.Where(command => !command.Hidden).Select(command => command.Name).ToList();
        throw new InputException(
            $"There is no command or model '{first}'{Suggestion.For(first, commands.Concat(models.Ids))} "
            + $"Commands: {string.Join(", ", commands)}. Models: {string.Join(", ", models.Ids)}. Or give the path of a spec, such as net.json.");
    }

    private static int Invoke(RootCommand root, string[] args, IAnsiConsole console, TextWriter error)
    {
        // No response files: @name is a name like any other.
        var result = root.Parse(args, new ParserConfiguration { ResponseFileTokenReplacer = null });
        if (result.CommandResult.Command == root)
        {
            // Beside each other, commands need no more than what they do in a line; each one's own help says all of it.
            foreach (var command in root.Subcommands)
            {
                command.Description = FirstClause(command.Description!);
            }
        }

        if (result.Action is not null && result.Errors.Count == 0 && Misspelled(result, args) is null && Empty(result) is null)
        {
            // Report a closed standard output before hours of work.
            console.Profile.Out.Writer.Flush();
            return result.Invoke(new InvocationConfiguration
            {
                EnableDefaultExceptionHandler = false,
                ProcessTerminationTimeout = null,
                Output = console.Profile.Out.Writer,
                Error = error,
            });
        }

        // All processes that a launcher starts have the same arguments.
        if (Ranks.IsReportedByAnother)
        {
            Ranks.LeaveItToTheOther();
            return WrongUsage;
        }

        error.WriteLine($"error: {Misspelled(result, args) ?? Repeated(result) ?? TooMany(result) ?? Missing(result) ?? Empty(result) ?? string.Join(" ", result.Errors.Select(fault => fault.Message))}");
        error.WriteLine($"See: {result.CommandResult.Command.Name} --help");
        return WrongUsage;
    }

    // The parser takes for a value whatever is no option of the command.
    private static string? Misspelled(ParseResult result, string[] args)
    {
        var command = result.CommandResult.Command;
        // What follows -- is taken literally.
        var literal = Array.IndexOf(args, "--") is >= 0 and var end ? args.Length - end - 1 : 0;
        var tokens = result.CommandResult.Tokens.Select(token => token.Value).Concat(result.UnmatchedTokens).ToList();
        var values = command.Options.SelectMany(option => result.GetResult(option) is { Implicit: false } given && option.ValueType == typeof(string) ? given.Tokens.Select(token => token.Value) : []);
        if (tokens.Take(tokens.Count - literal).Where(token => token is ['-', _, ..]).Concat(values.Where(value => value.StartsWith("--", StringComparison.Ordinal))).FirstOrDefault() is not { } wrong)
        {
            return null;
        }

        var options = command.Options.Select(option => option.Name).Append("--help").Distinct().ToList();
        return $"{command.Name} has no option '{wrong}'{Suggestion.For(wrong, options)} Options: {string.Join(", ", options)}.";
    }

    // The parser's own words for an option that is given twice speak of arguments.
    private static string? Repeated(ParseResult result) =>
        result.CommandResult.Command.Options.FirstOrDefault(option => option.Arity.MaximumNumberOfValues == 1 && result.GetResult(option) is { Implicit: false, Tokens.Count: > 1 }) is { } option
            ? $"{option.Name} is given {result.GetResult(option)!.Tokens.Count} times; give it once."
            : null;

    private static string? TooMany(ParseResult result) =>
        result.UnmatchedTokens is [var token, ..] ? $"{result.CommandResult.Command.Name}: unexpected argument '{token}'." : null;

    private static string? Empty(ParseResult result)
    {
        var command = result.CommandResult.Command;
        return command.Arguments.FirstOrDefault(argument => result.GetResult(argument) is { } given && given.Tokens.Any(IsBlank)) is { } argument ? $"<{argument.Name}> is empty: {argument.Description}"
            : command.Options.FirstOrDefault(option => result.GetResult(option) is { Implicit: false } given && given.Tokens.Any(IsBlank)) is { } option ? $"{option.Name} is empty: give <{option.HelpName}>. {option.Description}"
            : null;

        static bool IsBlank(System.CommandLine.Parsing.Token token) => string.IsNullOrWhiteSpace(token.Value);
    }

    // The parser names the command or option that lacks something, but not what it lacks.
    private static string? Missing(ParseResult result)
    {
        var command = result.CommandResult.Command;
        if (command.Arguments.FirstOrDefault(argument => argument.Arity.MinimumNumberOfValues > 0 && result.GetResult(argument) is not { Tokens.Count: > 0 }) is { } argument)
        {
            return $"{command.Name} needs <{argument.Name}>: {argument.Description}";
        }

        if (command.Options.FirstOrDefault(option => option.Required && result.GetResult(option) is not { Implicit: false }) is { } required)
        {
            return $"{command.Name} needs {required.Name} <{required.HelpName}>: {required.Description}";
        }

        return command.Options.FirstOrDefault(option => option.Arity.MinimumNumberOfValues > 0 && result.GetResult(option) is { Implicit: false, Tokens.Count: 0 }) is { } option
            ? $"{option.Name} needs <{option.HelpName}>: {option.Description}"
            : null;
    }

    private static string FirstClause(string text)
    {
        var end = text.AsSpan().IndexOfAny(".:");
        return end < 0 ? text : $"{text[..end].ReplaceLineEndings(" ")}.";
    }
}
