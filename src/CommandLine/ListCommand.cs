using System.CommandLine;
using FashionCnn.CommandLine.Numbers;
using FashionCnn.Models;
using Spectre.Console;

namespace FashionCnn.CommandLine;

/// <summary>Lists the models.</summary>
internal static class ListCommand
{
    public static Command Create(ModelList models, IAnsiConsole console)
    {
        var command = new Command("list", "Lists the models.");
        command.SetAction(_ => Run(models, console));
        return command;
    }

    private static int Run(IReadOnlyList<ModelDescriptor> models, IAnsiConsole console)
    {
        var table = new TextTable(
            new TextColumn("Model", IsNumber: false),
            new TextColumn("Description", IsNumber: false, IsProse: true),
            new TextColumn("Input", IsNumber: false),
            new TextColumn("Classes"),
            new TextColumn("Parameters"),
            new TextColumn("MACs per image"));
        foreach (var model in models)
        {
            table.Add(model.Id, model.Description, model.Input.ToString(), NumberText.Count(model.Classes), NumberText.Count(model.TotalParameters), NumberText.Count(model.MultiplyAccumulates));
        }

        table.Write(console);
        console.WriteLine("To train a model, give its id. To see its layers: summary <model>");
        return CommandLineProgram.Success;
    }
}
