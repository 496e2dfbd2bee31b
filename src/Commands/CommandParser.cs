using System.CommandLine;
using FashionCnn.Compiler.Keys;
using Spectre.Console;

namespace FashionCnn.Commands;

/// <summary>The arguments cannot be used; the lines say why, and where to read more.</summary>
internal sealed class UsageException(IReadOnlyList<string> lines) : InputException(string.Join('\n', lines))
{
    public IReadOnlyList<string> Lines => lines;
}

/// <summary>Parses arguments and runs the command that they name, or says in one sentence what is wrong with them.</summary>
internal static class CommandParser
{
    /// <summary>Runs the command.</summary>
    /// <param name="root">The program with its commands.</param>
    /// <param name="args">The arguments.</param>
    /// <param name="console">Takes what the command says.</param>
    /// <param name="error">Takes its warnings.</param>
    /// <returns>The exit code.</returns>
    /// <exception cref="UsageException">The arguments are wrong.</exception>
    public static int Invoke(RootCommand root, string[] args, IAnsiConsole console, TextWriter error)
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

        if (result.Action is null || result.Errors.Count > 0 || Misspelled(result, args) is not null || Empty(result) is not null)
        {
            throw new UsageException(
            [
                $"error: {Misspelled(result, args) ?? Repeated(result) ?? TooMany(result) ?? Missing(result) ?? Empty(result) ?? string.Join(" ", result.Errors.Select(fault => fault.Message))}",
                $"See: {result.CommandResult.Command.Name} --help",
            ]);
        }

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
