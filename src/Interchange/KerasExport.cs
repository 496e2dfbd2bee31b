using System.IO.Compression;
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
        if (Refusal(spec) is { } reason)
        {
            throw new InputException($"{spec.Plan!.Id} cannot be written for Keras{reason}");
        }
    }

    /// <summary>Why Keras cannot have a model; null if it can.</summary>
    internal static string? Refusal(CompiledSpec spec)
    {
        var layers = LayerListing.Of(NetworkOf(spec).Layers).Select(listed => listed.Layer).ToList();
        foreach (var activation in Activations.NotKeras)
        {
            if (layers.Where(layer => layer.Kind.ActivationKey is { } key && layer.Get(key) == activation).Select(layer => $"'{layer.Name}' ({layer.Kind.Type})").ToList() is { Count: > 0 } found)
            {
                return $", which has no name for the activation {activation}: {string.Join(", ", found)}.";
            }
        }

        return layers.Find(layer => layer.Counts.Parameters > Array.MaxLength) is { } large
            ? FormattableString.Invariant($": '{large.Name}' ({large.Kind.Type}) has {large.Counts.Parameters:N0} parameters, and at most {Array.MaxLength:N0} of a layer are written.")
            : null;
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
            EmbeddedSpec.WriteMetadata(metadata, Version, DateTime.Now, spec.Text);
        }

        using (var config = Entry("config.json"))
        {
            KerasConfig.Write(config, name, layers);
        }

        // HDF5 goes back to fill in what it learns later, which a zip file cannot. Where the file is written, there is room.
        var folder = stream is FileStream { CanSeek: true, Name: var path } ? Path.GetDirectoryName(path)! : Path.GetTempPath();
        using var weights = new FileStream(Path.Combine(folder, $".{Path.GetRandomFileName()}"), FileMode.CreateNew, FileAccess.ReadWrite, FileShare.None, 1 << 16, FileOptions.DeleteOnClose);
        KerasWeightsWriter.Write(weights, name, layers, shapes, read);
        weights.Position = 0;
        using var entry = Entry("model.weights.h5");
        weights.CopyTo(entry);

        // As Keras does it: floats hardly shrink.
        Stream Entry(string file) => archive.CreateEntry(file, CompressionLevel.NoCompression).Open();
    }

    private static NetworkPlan NetworkOf(CompiledSpec spec) => spec.IsModel ? spec.Plan!.Network! : throw new ArgumentException("The spec has errors.", nameof(spec));
}
