using System.CommandLine;
using FashionCnn.Commands;
using FashionCnn.Compiler.Keys;
using FashionCnn.LanguageServer;
using Spectre.Console;

namespace FashionCnn.Tool;

/// <summary>The tool: every command that needs no Torch, for the specs of the project in whose folder it runs.</summary>
internal static class ToolProgram
{
    private const string Name = "fcnn";

    private const string Description = """
        Works on convolutional networks that are described by JSON specs, without Torch and without a build.

        Examples:
          check                     say what a build would say about the specs
          format                    lay out the specs' text
          summary net.json --watch  layers, shapes and counts, at every save
          summary net --format svg  draw a network
          import mobilenet.keras    make a spec and weights of a Keras model
          export net --weights RUN  write the model for ONNX, Keras or PyTorch
          weights FILE net          check whether a file fits a model
          explain FCNN2003          explain a compiler message

        net is the file net.json in the folder specs; other specs are named by path.
        To train, evaluate and predict, make a project with 'dotnet new fashioncnn'
        and run 'dotnet run -- --help' in it.
        """;

    /// <summary>Runs a command line on the console of the process.</summary>
    /// <returns>The exit code.</returns>
    public static int Run(IReadOnlyList<string> args)
    {
        var console = CommandRunner.ProcessConsole();
        return Run(args, console, Console.Error);
    }

    /// <summary>Runs a command line.</summary>
    /// <param name="args">The arguments.</param>
    /// <param name="console">Takes what the commands say.</param>
    /// <param name="error">Takes what went wrong, one message.</param>
    /// <returns>The exit code.</returns>
    internal static int Run(IReadOnlyList<string> args, IAnsiConsole console, TextWriter error)
    {
        var specs = SpecList.OfProject();
        var root = CommandRunner.Root(Description, [.. CommandList.WithoutTorch(specs, console, "To see a model's layers: summary <model>"), LanguageServerCommand.Create(LanguageServerProgram.Run)]);
        return CommandRunner.Run(root, () => WithCommand(root, args, specs), console, error, CommandRunner.Describe);
    }

    private static string[] WithCommand(RootCommand root, IReadOnlyList<string> args, SpecList specs)
    {
        if (args.Count == 0)
        {
            return ["--help"];
        }

        var first = args[0];
        var commands = root.Subcommands.Select(command => command.Name).ToList();
        return first.StartsWith('-') || commands.Contains(first) ? [.. args]
            : throw new InputException(
                CommandList.WithTorch.Contains(first) ? $"{first} needs Torch, which {Name} does without: run 'dotnet run -- {first} ...' in the folder of a project; 'dotnet new fashioncnn' makes one."
                : SpecList.IsFile(first) || specs.Has(first) ? $"{first} is a model, and a command is missing before it, as in '{Name} summary {first}'. Commands: {string.Join(", ", commands)}."
                : $"There is no command '{first}'{Suggestion.For(first, commands.Concat(CommandList.WithTorch))} Commands: {string.Join(", ", commands)}.");
    }
}
