using System.CommandLine;

namespace FashionCnn.Commands;

/// <summary>Serves an editor.</summary>
internal static class LanguageServerCommand
{
    private const string Description = """
        Serves an editor that edits specs, over the Language Server Protocol on standard input and output: diagnostics, shapes, completion and more. Editors start it themselves.
        """;

    /// <param name="serve">Serves one editor on the standard streams until it is done; gives the exit code.</param>
    public static Command Create(Func<int> serve)
    {
        var command = new Command("language-server", Description);
        command.SetAction(_ => serve());
        return command;
    }
}
