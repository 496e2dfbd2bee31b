using System.CommandLine;
using FashionCnn.Compiler;
using FashionCnn.Compiler.Infer;
using FashionCnn.Storage;

namespace FashionCnn.Commands;

/// <summary>The option that names weights: a file, or the folder of a run.</summary>
internal static class WeightsOption
{
    public static Option<string> Create() => new("--weights")
    {
        Description = "A safetensors file, or a run folder, whose weights.safetensors is used.",
        HelpName = "file or run",
        Required = true,
    };

    /// <summary>The file that the option's value names, which is there.</summary>
    /// <param name="model">The model's id.</param>
    /// <param name="weights">The option's value.</param>
    /// <exception cref="InputException">It is missing.</exception>
    public static string Find(string model, string weights) => RunFiles.WeightsOf(weights) is var file && File.Exists(file) ? file
        : throw new InputException($"--weights {weights}: there is no file {file}. Give a safetensors file, or the folder of a finished run, such as those in {RunsFolder.Of(model)}.");

    /// <summary>Finds the weights of a model, which they fit.</summary>
    /// <param name="spec">The model's spec.</param>
    /// <param name="weights">The option's value.</param>
    /// <returns>The file, open.</returns>
    /// <exception cref="InputException">The file is missing, damaged, of another network, or of a run that is not finished.</exception>
    public static SafetensorsFile Open(CompiledSpec spec, string weights)
    {
        var needed = WeightsCommand.ListingOf(spec);
        var path = Find(needed.Source, weights);
        if (Directory.Exists(weights))
        {
            // What a run left is checked: its weights could be those of an end before it was lengthened.
            RunFiles.CheckRun(weights);
        }

        var file = SafetensorsFile.Open(path);
        try
        {
            WeightsFile.CheckFits(file, needed, StateDict.FlattensImages(spec.Plan!.Network!));
            return file;
        }
        catch
        {
            file.Dispose();
            throw;
        }
    }
}
