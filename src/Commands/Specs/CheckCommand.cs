using System.CommandLine;
using FashionCnn.Compiler;
using FashionCnn.Compiler.Diagnostics;
using FashionCnn.Compiler.Project;
using Spectre.Console;
using static FashionCnn.Commands.NumberText;

namespace FashionCnn.Commands;

/// <summary>Shows what a build would say about specs, without a build.</summary>
internal static class CheckCommand
{
    private const string Description = """
        Shows everything that a build would say about specs, without a build: errors, warnings and, which a build shows in editors only, suggestions. Severities that a .globalconfig sets hold here too.

        The exit code is 2 if there are errors, and 0 otherwise.
        """;

    private static readonly Option<string?> Format = Options.Choice("--format", ["text", "json", "sarif"], "Output format. Default: text.");

    public static Command Create(IAnsiConsole console)
    {
        var command = new Command("check", Description) { SpecPaths.Argument, Format };
        command.SetAction(result => Run(SpecPaths.Of(result.GetValue(SpecPaths.Argument) ?? []), result.GetValue(Format), console));
        return command;
    }

    private static int Run(IReadOnlyList<string> paths, string? format, IAnsiConsole console)
    {
        var findings = Findings([.. paths.Select(path => SpecCompiler.Compile(path, SpecFile.Read(path).Text))]);
        var writer = new PlainWriter(console.Profile.Out.Writer);
        if (format == "json")
        {
            writer.Write(CommandJson.Write<IReadOnlyList<CheckedLine>>([.. findings.Select(CheckedLine.Of)]));
        }
        else if (format == "sarif")
        {
            writer.Write(SarifLog.Write(findings));
        }
        else
        {
            // Not by way of the console, which would break lines that other programs read.
            foreach (var found in findings)
            {
                writer.WriteLine(found.ToString());
            }

            writer.WriteLine($"{Plural(paths.Count, "spec")}: {Sum(findings, Severity.Error, "error")}, {Sum(findings, Severity.Warning, "warning")}, {Sum(findings, Severity.Info, "suggestion")}");
        }

        writer.Flush();
        return findings.Any(found => found.Rule.Severity == Severity.Error) ? ExitCodes.WrongUsage : ExitCodes.Success;
    }

    /// <summary>What a build would say, with the severities that it would give.</summary>
    private static List<SpecDiagnostic> Findings(IReadOnlyList<CompiledSpec> specs)
    {
        var config = new GlobalConfig();
        var conflicts = SpecCompiler.Conflicts(specs, Environment.CurrentDirectory);
        return [.. specs.SelectMany(spec => ProjectSpecs.Findings(spec, conflicts, config))];
    }

    private static string Sum(IReadOnlyList<SpecDiagnostic> findings, Severity severity, string word) => Plural(findings.Count(found => found.Rule.Severity == severity), word);

    /// <summary>A finding in JSON; lines and columns are counted from 1.</summary>
    internal sealed record CheckedLine(string Path, int Line, int Column, int EndLine, int EndColumn, string Severity, string Id, string Title, string Message)
    {
        public static CheckedLine Of(SpecDiagnostic found) => new(
            found.Path,
            found.Lines.Start.Line + 1,
            found.Lines.Start.Character + 1,
            found.Lines.End.Line + 1,
            found.Lines.End.Character + 1,
            found.SeverityName,
            found.Rule.Id,
            found.Rule.Title,
            found.Message);
    }
}
