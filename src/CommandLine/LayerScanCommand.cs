using System.CommandLine;
using System.Globalization;
using FashionCnn.Checks;
using Spectre.Console;

namespace FashionCnn.CommandLine;

/// <summary>What runs in the process that random layers are checked in, not for people; it writes what <see cref="SelfCheckCommand"/> does.</summary>
internal static class LayerScanCommand
{
    public const string Name = "layer-scan";

    // The same layers each time, so that two machines can be compared.
    private const int Seed = 1;

    private static readonly Option<long?> From = Options.Integer("--from", 0, 1_000_000, "The first layer.");
    private static readonly Option<long?> To = Options.Integer("--to", 0, 1_000_000, "The layer after the last one.");

    public static Command Create(IAnsiConsole console)
    {
        var command = new Command(Name, "Checks random layers.") { From, To };
        command.Hidden = true;
        command.SetAction(result => Run((int)result.GetValue(From)!, (int)result.GetValue(To)!, console.Profile.Out.Writer));
        return command;
    }

    /// <summary>Checks layers in processes of their own; one that ends its process is a fault, and the others are checked in the next.</summary>
    public static async Task<SelfCheckOutcome> Run(ChildProgram program, int layers, CancellationToken cancellation)
    {
        var faults = new List<LayerFault>();
        for (var from = 0; from < layers;)
        {
            var outcome = await SelfCheckProcess.Run(program, [Name, From.Name, $"{from}", To.Name, $"{layers}"], cancellation).ConfigureAwait(false);
            if (outcome.Verdict is null)
            {
                return outcome;
            }

            faults.AddRange(outcome.Verdict.Faults);
            from = outcome.EndedAt is { } last ? int.Parse(last[..last.IndexOf(' ', StringComparison.Ordinal)], CultureInfo.InvariantCulture) + 1 : layers;
        }

        return new SelfCheckOutcome(new SelfCheckVerdict(faults));
    }

    private static int Run(int from, int to, TextWriter output)
    {
        foreach (var (layer, place) in RandomLayers.Draw(Seed).Take(to).Select((layer, place) => (layer, place)).Skip(from))
        {
            var name = $"{place} {layer}";
            SelfCheckCommand.Write(output, SelfCheckCommand.Layer, name);
            foreach (var fault in SelfCheck.Run(layer.Model, new SelfCheckSetting(layer.Precision, layer.Threads, layer.BatchSize, layer.BatchSize), imageGradients: place % 2 == 0).Faults)
            {
                SelfCheckCommand.Write(output, SelfCheckCommand.Fault, name, fault.Problem);
            }
        }

        SelfCheckCommand.Write(output, SelfCheckCommand.Done);
        return CommandLineProgram.Success;
    }
}
