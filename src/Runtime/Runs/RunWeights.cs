using FashionCnn.Models;
using FashionCnn.Storage;

namespace FashionCnn.Runs;

/// <summary>Weights as a caller names them: a file, or the folder of a run.</summary>
internal static class RunWeights
{
    /// <summary>The file, which is there.</summary>
    /// <exception cref="InputException">It is missing, or the run is damaged.</exception>
    public static string Find(string weights)
    {
        var file = RunFiles.WeightsOf(weights);
        if (!File.Exists(file))
        {
            throw new InputException($"{weights}: there is no file {file}. Give a safetensors file, or the folder of a finished run.");
        }

        if (Directory.Exists(weights))
        {
            // What a run left is checked as a whole: its weights could be those of an end before it was lengthened.
            _ = RunFolder.Open(weights).Read();
        }

        return file;
    }

    /// <summary>The run that left the weights, beside which its configuration lies; null when they are not those of a run of this model.</summary>
    public static RunConfiguration? RunOf(ModelDescriptor descriptor, string weights)
    {
        try
        {
            var run = RunFolder.Open(Path.GetDirectoryName(Path.GetFullPath(RunFiles.WeightsOf(weights)))!).ReadConfiguration();
            return run.ArchitectureFingerprint == descriptor.ArchitectureFingerprint ? run : null;
        }
        catch (InputException)
        {
            // Weights need not lie in the folder of a run.
            return null;
        }
    }
}
