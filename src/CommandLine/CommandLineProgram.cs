using System.CommandLine;
using System.Runtime.InteropServices;
using System.Text.RegularExpressions;
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
public static partial class CommandLineProgram
{
    /// <summary>Everything went well.</summary>
    public const int Success = ExitCodes.Success;

    /// <summary>Something failed that the user did not cause.</summary>
    public const int Failure = ExitCodes.Failure;

    /// <summary>The arguments or the input cannot be used.</summary>
    public const int WrongUsage = ExitCodes.WrongUsage;

    /// <summary>Stopped by Ctrl-C.</summary>
    public const int Interrupted = ExitCodes.Interrupted;

    /// <summary>Stopped by the signal to terminate.</summary>
    public const int Terminated = ExitCodes.Terminated;

    /// <summary>Stopped because the terminal was lost.</summary>
    public const int HungUp = ExitCodes.HungUp;

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
          export model3 --weights RUN            write the model for ONNX, Keras or PyTorch
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

        var console = CommandRunner.ProcessConsole();
        return Run(args, new ModelList(models, build), console, Console.Error, ChildProgram.Current, languageServer);
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
        if (Ranks.AreLaunched)
        {
            console.Profile.Width = CommandRunner.Unbroken;
        }

        var root = CommandRunner.Root(
            Description,
            [
                TrainCommand.Create(models, console, program),
                EvaluateCommand.Create(models, console, program),
                PredictCommand.Create(models, console, program),
                CompareCommand.Create(models, console),
                TableCommand.Create(models, console, program),
                ReportCommand.Create(models, console),
                .. CommandList.WithoutTorch(models.Specs, console, "To train a model, give its id. To see its layers: summary <model>"),
                DoctorCommand.Create(models, console, program),
                SelfCheckCommand.Create(models, console),
                LayerScanCommand.Create(console),
                .. languageServer is null ? Array.Empty<Command>() : [LanguageServerCommand.Create(languageServer)],
            ]);
        return CommandRunner.Run(root, () => WithCommand(root, args, models), console, error, Describe);
    }

    /// <summary>The exit code of what went wrong, and the words for it.</summary>
    internal static (int ExitCode, IReadOnlyList<string> Lines) Describe(Exception exception) => exception switch
    {
        UsageException when Ranks.IsReportedByAnother => LeftToTheOther(),
        TrainingFailedException failed => (Failure, [$"error: {SettingOption.WithOption(failed.Message, failed.Setting)}{(failed.SuspectsMachine ? " Run doctor, which checks every layer." : string.Empty)}"]),
        RankFailedException failed => (Failure, [$"error: {failed.Message} If the run has a checkpoint, train --resume continues from it{(failed.IsTimeout ? $"; {TrainOptions.RankTimeout.Name} sets how long ranks wait" : string.Empty)}."]),
        NativeLibraryException or SelfCheckFailedException => (Failure, [$"error: {exception.Message}"]),
        _ when exception is OutOfMemoryException || (exception is ExternalException && NoMemory().IsMatch(exception.Message)) =>
            (Failure, ["error: there is not enough memory. Train or evaluate in smaller batches (train: --batch-size), use a smaller network, or end other programs."]),
        CheckpointNotWrittenException lost => (Failure, [$"error: a file could not be read or written: {lost.Message} Option: {(lost.Last is null ? "--output" : $"--resume {lost.Folder}")}."]),
        _ => CommandRunner.Describe(exception),
    };

    // Torch's words, for the processor on Linux and macOS, on Windows, and for a GPU.
    [GeneratedRegex("can't allocate memory|not enough memory|out of memory", RegexOptions.IgnoreCase)]
    private static partial Regex NoMemory();

    // All processes that a launcher starts have the same arguments.
    private static (int ExitCode, IReadOnlyList<string> Lines) LeftToTheOther()
    {
        Ranks.LeaveItToTheOther();
        return (WrongUsage, []);
    }

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

        if (models.Known(first) is not null || SpecList.IsFile(first))
        {
            return ["train", .. args];
        }

        var commands = root.Subcommands.Where(command => !command.Hidden).Select(command => command.Name).ToList();
        throw new InputException(
            $"There is no command or model '{first}'{Suggestion.For(first, commands.Concat(models.Ids))} "
            + $"Commands: {string.Join(", ", commands)}. Models: {string.Join(", ", models.Ids)}. Or give the path of a spec, such as net.json.");
    }
}
