using System.CommandLine;
using Spectre.Console;

namespace FashionCnn.Commands;

/// <summary>Which commands there are in every program, and which need one that has Torch.</summary>
internal static class CommandList
{
    /// <summary>The names of the commands that need Torch.</summary>
    public static IReadOnlyList<string> WithTorch { get; } = ["train", "evaluate", "predict", "compare", "table", "report", "doctor"];

    /// <summary>The commands that need no Torch.</summary>
    /// <param name="specs">The specs that they know by name.</param>
    /// <param name="console">Takes what they say.</param>
    /// <param name="advice">What stands beneath the list of models.</param>
    public static IEnumerable<Command> WithoutTorch(SpecList specs, IAnsiConsole console, string advice) =>
    [
        SummaryCommand.Create(specs, console),
        WeightsCommand.Create(specs, console),
        ImportCommand.Create(console),
        ExportCommand.Create(specs, console),
        ListCommand.Create(specs, console, advice),
        CheckCommand.Create(console),
        FormatCommand.Create(console),
        ExplainCommand.Create(console),
    ];
}
