using System.CommandLine;
using Spectre.Console;

namespace FashionCnn.Commands;

/// <summary>Lists the models.</summary>
internal static class ListCommand
{
    /// <param name="specs">Those of the models.</param>
    /// <param name="console">Takes the list.</param>
    /// <param name="advice">What stands beneath it.</param>
    public static Command Create(SpecList specs, IAnsiConsole console, string advice)
    {
        var command = new Command("list", "Lists the models.");
        command.SetAction(result => Run(specs, advice, console, result.InvocationConfiguration.Error));
        return command;
    }

    private static int Run(SpecList specs, string advice, IAnsiConsole console, TextWriter error)
    {
        if (!specs.All.Any() && specs.Advice is { } where)
        {
            throw new InputException($"There are no models here. {where}");
        }

        var faults = new List<string>();
        var table = new TextTable(
            new TextColumn("Model", IsNumber: false),
            new TextColumn("Description", IsNumber: false, IsProse: true),
            new TextColumn("Input", IsNumber: false),
            new TextColumn("Classes"),
            new TextColumn("Parameters"),
            new TextColumn("MACs per image"));
        foreach (var spec in specs.All)
        {
            try
            {
                var model = spec.Compile(error).Summary();
                table.Add(
                    spec.Id, model.Description, NumberText.Shape(model.InputShape), NumberText.Count(model.Classes), NumberText.Count(model.Parameters), NumberText.Count(model.MultiplyAccumulates));
            }
            catch (InputException exception)
            {
                // The others are models all the same.
                faults.AddRange(CommandRunner.Describe(exception).Lines);
            }
        }

        table.Write(console);
        console.WriteLine(advice);
        faults.ForEach(error.WriteLine);
        return faults.Count == 0 ? ExitCodes.Success : ExitCodes.WrongUsage;
    }
}
