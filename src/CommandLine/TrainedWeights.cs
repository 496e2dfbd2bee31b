using System.CommandLine;
using FashionCnn.Models;
using FashionCnn.Runs;
using FashionCnn.Storage;

namespace FashionCnn.CommandLine;

/// <summary>The weights that an option names, a file or the folder of a run, in a model.</summary>
internal static class TrainedWeights
{
    /// <summary>The option of a new run.</summary>
    public static Option<string?> ToStartWith() => new("--weights")
    {
        Description = "Start with these weights instead of fresh ones: a safetensors file, or a run folder, whose weights.safetensors is used. What fits by name and shape is taken.",
        HelpName = "file or run",
    };

    /// <summary>The file that the option's value names, which is there.</summary>
    /// <exception cref="InputException">It is missing, or the run is damaged.</exception>
    public static string Find(ModelDescriptor descriptor, string weights)
    {
        var file = WeightsOption.Find(descriptor.Id, weights);
        if (Directory.Exists(weights))
        {
            // What a run left is checked as a whole: its weights could be those of an end before it was lengthened.
            _ = RunFolder.Open(weights).Read();
        }

        return file;
    }

    /// <summary>The class names that a run or the file of weights has; null when neither has them.</summary>
    /// <param name="descriptor">The model.</param>
    /// <param name="weights">The option's value.</param>
    /// <param name="run">The run that left the weights; null for none.</param>
    public static IReadOnlyList<string>? ClassNames(ModelDescriptor descriptor, string weights, RunConfiguration? run) =>
        run is { HasClassNames: true } && run.ClassNames.Count == descriptor.Classes ? run.ClassNames : WeightsFile.ClassNames(RunFiles.WeightsOf(weights), descriptor.Classes);

    /// <summary>Creates a model with the weights, and says whether its moving statistics have seen too few steps.</summary>
    /// <exception cref="InputException">They are missing, damaged or of another network.</exception>
    public static (ImageClassifier Model, MovingStatistics? Unsettled) Load(ModelDescriptor descriptor, string weights)
    {
        var file = Find(descriptor, weights);
        var model = descriptor.Create();
        try
        {
            return (model, MovingStatistics.Unsettled(model, ModelWeights.Load(model, file)));
        }
        catch
        {
            model.Dispose();
            throw;
        }
    }
}
