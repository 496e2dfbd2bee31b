using FashionCnn.Compiler;
using FashionCnn.Interchange.Keras;

namespace FashionCnn.Interchange;

/// <summary>What a layer of the imported model became.</summary>
/// <param name="Source">Its name in the file, with those of the models around it.</param>
/// <param name="Class">Its class there.</param>
/// <param name="Layers">The names of its layers in the spec; none if it is in another one, or does nothing.</param>
/// <param name="Fate">For a layer without any, what became of it.</param>
public sealed record LayerOrigin(string Source, string Class, IReadOnlyList<string> Layers, string? Fate);

/// <summary>A model that became a spec.</summary>
public sealed class ImportedModel : IDisposable
{
    private readonly KerasFile file;
    private readonly WeightsPlan? weights;

    internal ImportedModel(KerasFile file, CompiledSpec spec, IReadOnlyList<LayerOrigin> map, PixelRange pixels, IReadOnlyList<string> notes, WeightsPlan? weights)
    {
        this.file = file;
        this.weights = weights;
        Spec = spec;
        Map = map;
        Pixels = pixels;
        Notes = notes;
    }

    /// <summary>The spec, which compiles.</summary>
    public CompiledSpec Spec { get; }

    /// <summary>Every layer of the file and what it became.</summary>
    public IReadOnlyList<LayerOrigin> Map { get; }

    /// <summary>What the model was fed for pixels.</summary>
    public PixelRange Pixels { get; }

    /// <summary>What was left out and changes no output, sentences.</summary>
    public IReadOnlyList<string> Notes { get; }

    /// <summary>The file has weights.</summary>
    public bool HasWeights => weights is not null;

    /// <summary>The parameters that the file has; null without weights.</summary>
    public long? SourceParameters => weights?.Values;

    /// <summary>Writes the weights as safetensors.</summary>
    /// <param name="stream">Takes the file.</param>
    /// <param name="metadata">Texts beside those that say which network it is.</param>
    /// <exception cref="InputException">A tensor cannot be read.</exception>
    public void WriteWeights(Stream stream, IReadOnlyDictionary<string, string> metadata) =>
        (weights ?? throw new InvalidOperationException("The file has no weights.")).Write(stream, Spec, metadata, file.Path);

    /// <inheritdoc/>
    public void Dispose() => file.Dispose();
}
