using System.Globalization;
using System.IO.Compression;
using System.Text;
using FashionCnn.Compiler;
using FashionCnn.Compiler.Infer;
using FashionCnn.Compiler.Layers;
using FashionCnn.Interchange.Keras;

namespace FashionCnn.Interchange;

/// <summary>Writes models as .keras files, as Keras 3.16 writes them. Keras itself was not there to read them.</summary>
public static class KerasExport
{
    // The version whose files these are like.
    private const string Version = "3.16.0";

    /// <summary>Refuses a model that Keras cannot have.</summary>
    /// <param name="spec">The spec, which compiles.</param>
    /// <exception cref="InputException">A layer has a setting that Keras does not know.</exception>
    public static void Check(CompiledSpec spec)
    {
        var faults = LayerListing.Of(NetworkOf(spec).Layers)
            .Where(listed => listed.Layer.Kind.ActivationKey is { } key && Activations.NotKeras.Contains(listed.Layer.Get(key)))
            .Select(listed => $"'{listed.Layer.Name}' ({listed.Layer.Kind.Type}) has the activation {listed.Layer.Get(listed.Layer.Kind.ActivationKey!)}").ToList();
        if (faults.Count > 0)
        {
            throw new InputException($"{spec.Plan!.Id} cannot be written for Keras: {string.Join(", ", faults)}, for which Keras has no name.");
        }
    }

    /// <summary>Writes a model.</summary>
    /// <param name="stream">Takes the file.</param>
    /// <param name="spec">The spec, which compiles.</param>
    /// <param name="shapes">The sizes of the tensors in the state dict, by name.</param>
    /// <param name="read">Reads the weights; it is called once for each tensor.</param>
    /// <exception cref="InputException">A layer has a setting that Keras does not know.</exception>
    public static void Write(Stream stream, CompiledSpec spec, IReadOnlyDictionary<string, IReadOnlyList<long>> shapes, ReadTensor read)
    {
        Check(spec);
        var name = spec.Plan!.Id;
        var layers = KerasNode.Of(NetworkOf(spec));
        using var archive = new ZipArchive(stream, ZipArchiveMode.Create, leaveOpen: true);
        using (var metadata = Entry("metadata.json"))
        {
            metadata.Write(Encoding.UTF8.GetBytes($$"""{"keras_version": "{{Version}}", "date_saved": "{{DateTime.Now.ToString("yyyy-MM-dd@HH:mm:ss", CultureInfo.InvariantCulture)}}"}"""));
        }

        using (var config = Entry("config.json"))
        {
            KerasConfig.Write(config, name, layers);
        }

        // HDF5 goes back to fill in what it learns later, which a zip file cannot.
        using var weights = new FileStream(Path.GetTempFileName(), FileMode.Open, FileAccess.ReadWrite, FileShare.None, 1 << 16, FileOptions.DeleteOnClose);
        KerasWeightsWriter.Write(weights, name, layers, shapes, read);
        weights.Position = 0;
        using var entry = Entry("model.weights.h5");
        weights.CopyTo(entry);

        // As Keras does it: floats hardly shrink.
        Stream Entry(string file) => archive.CreateEntry(file, CompressionLevel.NoCompression).Open();
    }

    private static NetworkPlan NetworkOf(CompiledSpec spec) => spec.IsModel ? spec.Plan!.Network! : throw new ArgumentException("The spec has errors.", nameof(spec));
}
