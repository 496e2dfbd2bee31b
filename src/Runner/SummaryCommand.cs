using System.CommandLine;
using FashionCnn.Models;
using Spectre.Console;
using static FashionCnn.Runner.ListCommand;

namespace FashionCnn.Runner;

/// <summary>Shows a model's layers.</summary>
internal static class SummaryCommand
{
    public static Command Create(IReadOnlyList<ModelDescriptor> models, IAnsiConsole console)
    {
        var argument = Options.Model(models.Select(model => model.Id));
        var command = new Command("summary", "Shows a model's layers with their output shapes, parameters and multiply-accumulates (MACs).") { argument };
        command.SetAction(result => Run(CommandLine.FindModel(models, result.GetRequiredValue(argument)), console));
        return command;
    }

    private static int Run(ModelDescriptor model, IAnsiConsole console)
    {
        console.WriteLine($"{model.Id}: {model.Description}");
        var table = new Table().Border(TableBorder.Simple).AddColumns("Layer", "Kind", "Output shape", "Parameters", "MACs per image");
        table.Columns[3].RightAligned();
        table.Columns[4].RightAligned();
        table.AddRow(new Text("input"), Text.Empty, new Text(model.Input.ToString()), Text.Empty, Text.Empty);
        foreach (var layer in model.Layers)
        {
            table.AddRow(
                new Text(layer.Name),
                new Text(layer.Settings.Length == 0 ? layer.Kind : $"{layer.Kind} {layer.Settings}"),
                new Text(layer.OutputShape),
                new Text(Count(layer.Parameters)),
                new Text(Count(layer.MultiplyAccumulates)));
        }

        console.Write(table);
        console.WriteLine($"Total parameters:      {Count(model.TotalParameters),14}");
        console.WriteLine($"  trainable:           {Count(model.TrainableParameters),14}");
        console.WriteLine($"  not trainable:       {Count(model.TotalParameters - model.TrainableParameters),14}");
        console.WriteLine($"MACs per image:        {Count(model.MultiplyAccumulates),14}");
        foreach (var note in model.Notes)
        {
            console.WriteLine($"Note {note}");
        }

        return CommandLine.Success;
    }
}
