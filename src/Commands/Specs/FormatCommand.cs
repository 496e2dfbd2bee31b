using System.CommandLine;
using System.Text;
using FashionCnn.Compiler;
using FashionCnn.Compiler.Show;
using FashionCnn.Storage;
using Spectre.Console;
using static FashionCnn.Commands.NumberText;

namespace FashionCnn.Commands;

/// <summary>Lays out the text of specs.</summary>
internal static class FormatCommand
{
    private const string Description = """
        Lays out the text of specs: indentation, spaces and lines. Keys, values and comments stay as they are, in their order. A file that is not JSON is left alone, and the exit code is 2.
        """;

    private static readonly Option<bool> Check = new("--check") { Description = "Writes nothing; the exit code is 1 if a file would change." };

    public static Command Create(IAnsiConsole console)
    {
        var command = new Command("format", Description) { SpecPaths.Argument, Check };
        command.SetAction(result => Run(SpecPaths.Of(result.GetValue(SpecPaths.Argument) ?? []), result.GetValue(Check), console, result.InvocationConfiguration.Error));
        return command;
    }

    private static int Run(IReadOnlyList<string> paths, bool isCheck, IAnsiConsole console, TextWriter error)
    {
        var (changed, faulty) = (0, 0);
        foreach (var path in paths)
        {
            var (text, hasByteOrderMark) = SpecFile.Read(path);
            if (SpecLayout.Print(text) is not { } laidOut)
            {
                faulty++;
                error.WriteLine(SpecCompiler.Compile(path, text).Diagnostics[0].ToString());
                continue;
            }

            if (laidOut == text)
            {
                continue;
            }

            changed++;
            if (!isCheck)
            {
                var encoding = new UTF8Encoding(hasByteOrderMark);
                AtomicFile.Write(path, stream => stream.Write([.. encoding.Preamble, .. encoding.GetBytes(laidOut)]));
            }

            console.WriteLine(isCheck ? $"{path} would change." : $"Formatted {path}.");
        }

        var kept = paths.Count - changed - faulty;
        console.WriteLine($"{Plural(paths.Count, "spec")}: {Count(changed)} {(isCheck ? "would change" : "changed")}, {Count(kept)} in the layout{(faulty == 0 ? string.Empty : $", {Count(faulty)} not JSON and left alone")}");
        return faulty > 0 ? ExitCodes.WrongUsage : isCheck && changed > 0 ? ExitCodes.Failure : ExitCodes.Success;
    }
}
