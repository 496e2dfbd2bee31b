using System.CommandLine;
using System.Globalization;
using FashionCnn.CommandLine.Study;
using FashionCnn.Models;
using FashionCnn.Native;
using FashionCnn.Training;
using FashionCnn.Tuning;
using Spectre.Console;

namespace FashionCnn.CommandLine;

/// <summary>Measures how fast models are trained while the machine does nothing else.</summary>
internal static class SpeedStep
{
    /// <summary>Measures models one after the other.</summary>
    /// <param name="program">How to start the process of a self-check.</param>
    /// <param name="options">The command's options.</param>
    /// <param name="models">The models.</param>
    /// <param name="before">What was measured before.</param>
    /// <param name="duration">How long to measure each one.</param>
    /// <param name="console">Takes what was measured.</param>
    /// <param name="cancellation">Ends it.</param>
    /// <returns>What was measured before and now, by model. What was measured beside other work is left out.</returns>
    public static IReadOnlyDictionary<string, MeasuredSpeed> Measure(
        ChildProgram? program, ParseResult options, IReadOnlyList<ModelDescriptor> models, IReadOnlyDictionary<string, MeasuredSpeed> before, TimeSpan duration, IAnsiConsole console, CancellationToken cancellation)
    {
        var speeds = new SortedDictionary<string, MeasuredSpeed>(before.ToDictionary(), StringComparer.Ordinal);
        foreach (var model in models)
        {
            var settings = TrainOptions.Apply(options, model, ComputeDevice.Resolve(options.GetValue(TrainOptions.Device) ?? "auto"));
            using var check = SelfCheckStep.Start(program, options, model, TrainOptions.CheckOf(settings), settings.Device);
            var (chosen, _) = check.Finish(TrainOptions.Freedom(options), console.WriteLine, cancellation);
            var speed = Take(model, settings with { Precision = chosen.Precision, Layout = chosen.Layout }, duration, cancellation);
            var other = speed.OtherWork is { } cores ? string.Create(CultureInfo.InvariantCulture, $"; other work kept {cores:0.00} cores busy") : string.Empty;
            console.WriteLine($"{model.Id}: {NumberText.Count(speed.ImagesPerSecond)} images/s in training ({speed.Precision}, {speed.Layout}, {NumberText.Plural(speed.Threads, "thread")}{other})");
            if (speed.IsAlone)
            {
                speeds[model.Id] = speed;
            }
            else
            {
                console.WriteLine($"Warning: the speed of {model.Id} is not kept, because the machine was not idle. Measure again when nothing else runs.");
            }
        }

        return speeds;
    }

    /// <summary>Measures a model in the settings of a run.</summary>
    public static MeasuredSpeed Take(ModelDescriptor model, RunSettings settings, TimeSpan duration, CancellationToken cancellation)
    {
        var machine = Machine.Read();
        var others = new OtherWork();
        var speed = Tuner.MeasureTraining(model, settings, duration, cancellation);
        return new MeasuredSpeed(
            speed,
            settings.Training.BatchSize,
            settings.Precision,
            settings.Layout,
            settings.Threads,
            settings.Device,
            machine.Processor,
            machine.Cores,
            machine.System,
            machine.Libtorch,
            DateTime.UtcNow.ToString("yyyy-MM-dd", CultureInfo.InvariantCulture),
            others.Cores() is { } cores ? Math.Round(cores, 3) : null);
    }
}
