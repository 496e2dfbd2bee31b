using System.CommandLine;
using System.Globalization;
using FashionCnn.Models;
using Spectre.Console;

namespace FashionCnn.CommandLine;

/// <summary>Lists the models.</summary>
internal static class ListCommand
{
    public static Command Create(IReadOnlyList<ModelDescriptor> models, IAnsiConsole console)
    {
        var command = new Command("list", "Lists the models.");
        command.SetAction(_ => Run(models, console));
        return command;
    }

    private static int Run(IReadOnlyList<ModelDescriptor> models, IAnsiConsole console)
    {
        var table = new Table().Border(TableBorder.Simple).AddColumns("Model", "Description", "Input", "Classes", "Parameters", "MACs per image");
        foreach (var column in table.Columns.Skip(3))
        {
            column.RightAligned();
        }

        foreach (var model in models)
        {
            table.AddRow(
                new Text(model.Id),
                new Text(model.Description),
                new Text(model.Input.ToString()),
                new Text(Count(model.Classes)),
                new Text(Count(model.TotalParameters)),
                new Text(Count(model.MultiplyAccumulates)));
        }

        console.Write(table);
        console.WriteLine("Train one with its id, see its layers with: summary <model>");
        return CommandLineProgram.Success;
    }

    internal static string Count(long value) => value.ToString("N0", CultureInfo.InvariantCulture);
}
