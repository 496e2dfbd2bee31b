using System.CommandLine;
using FashionCnn.Checks;
using FashionCnn.Models;
using Spectre.Console;

namespace FashionCnn.CommandLine;

/// <summary>
/// What runs in the process that a self-check is made in, not for people: writes each layer's name before it is computed, and at the end
/// what is wrong. Text after a tab belongs to the word before it.
/// </summary>
internal static class SelfCheckCommand
{
    public const string Name = "self-check";

    /// <summary>Before the name of a layer that is computed next.</summary>
    public const string Layer = "layer";

    /// <summary>Before a layer's name and what is wrong with it.</summary>
    public const string Fault = "fault";

    /// <summary>The last line, without which nothing is said.</summary>
    public const string Done = "done";

    private static readonly Option<string?> Precision = Required(Options.Choice("--precision", ["fp32", "bf16"], "Numeric precision."));
    private static readonly Option<long?> Threads = Required(Options.Integer("--threads", 1, 1_024, "Threads."));
    private static readonly Option<long?> TrainingBatch = Required(Options.Integer("--training-batch", 0, 100_000, "Images per training step; 0 for none."));
    private static readonly Option<long?> EvaluationBatch = Required(Options.Integer("--evaluation-batch", 1, 100_000, "Images that are evaluated at once."));
    private static readonly Option<string?> Layout = Required(Options.Choice("--layout", [MemoryLayout.ChannelsLast, MemoryLayout.ChannelsFirst], "Memory layout."));

    private static readonly Option<string> Architecture = new("--architecture") { Description = "The network's fingerprint.", Required = true };

    public static Command Create(ModelList models, IAnsiConsole console)
    {
        var argument = Options.Model(models.Ids);
        var command = new Command(Name, "Checks the layers of a model.") { argument, Precision, Threads, TrainingBatch, EvaluationBatch, Layout, Architecture };
        command.Hidden = true;
        command.SetAction(result => Run(
            Unchanged(models.Find(result.GetRequiredValue(argument), TextWriter.Null), result.GetRequiredValue(Architecture)),
            new SelfCheckSetting(result.GetValue(Precision)!, (int)result.GetValue(Threads)!, (int)result.GetValue(TrainingBatch)!, (int)result.GetValue(EvaluationBatch)!, result.GetValue(Layout)!),
            console.Profile.Out.Writer));
        return command;
    }

    /// <summary>The arguments that start it.</summary>
    public static IEnumerable<string> Arguments(ModelDescriptor model, SelfCheckSetting setting) =>
    [
        Name, model.SpecFile is { } file ? Path.GetFullPath(file) : model.Id, Precision.Name, setting.Precision, Threads.Name, $"{setting.Threads}", TrainingBatch.Name, $"{setting.TrainingBatch}", EvaluationBatch.Name, $"{setting.EvaluationBatch}",
        Layout.Name, setting.Layout, Architecture.Name, model.ArchitectureFingerprint,
    ];

    private static Option<T> Required<T>(Option<T> option)
    {
        option.Required = true;
        return option;
    }

    // A spec file may have been edited since the other process read it.
    private static ModelDescriptor Unchanged(ModelDescriptor model, string architecture) => model.ArchitectureFingerprint == architecture ? model
        : throw new InputException($"{ModelList.WordFor(model)} has changed since the program was started.");

    private static int Run(ModelDescriptor model, SelfCheckSetting setting, TextWriter output)
    {
        var verdict = SelfCheck.Run(model, setting, layer => Write(output, Layer, layer));
        foreach (var fault in verdict.Faults)
        {
            Write(output, Fault, fault.Layer, fault.Problem);
        }

        Write(output, Done);
        return CommandLineProgram.Success;
    }

    /// <summary>Writes a line at once, since the process may end with the next layer.</summary>
    public static void Write(TextWriter output, params string[] parts)
    {
        output.Write(string.Join('\t', parts) + "\n");
        output.Flush();
    }
}
