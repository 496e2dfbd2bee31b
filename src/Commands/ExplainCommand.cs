using System.CommandLine;
using FashionCnn.Compiler.Diagnostics;
using FashionCnn.Compiler.Keys;
using Spectre.Console;

namespace FashionCnn.Commands;

/// <summary>Explains a message of the compiler.</summary>
internal static class ExplainCommand
{
    public static Command Create(IAnsiConsole console)
    {
        var id = new Argument<string>("id") { Description = "The diagnostic's id, such as FCNN2003." };
        var command = new Command("explain", "Explains a diagnostic of the compiler: what it means, an example, and what to do.") { id };
        command.SetAction(result => Run(result.GetRequiredValue(id), console));
        return command;
    }

    private static int Run(string written, IAnsiConsole console)
    {
        // 2003 and fcnn2003 are clear enough.
        var id = written.Trim().ToUpperInvariant();
        id = id.Length == 4 && id.All(char.IsAsciiDigit) ? $"FCNN{id}" : id;
        if (Explanations.Of(id) is not { } text)
        {
            throw new InputException($"There is no diagnostic '{written}'{Suggestion.For(id, Explanations.Ids)} Diagnostics: {string.Join(", ", Explanations.Ids)}.");
        }

        console.WriteLine($"{id}: {text}");
        return ExitCodes.Success;
    }
}
