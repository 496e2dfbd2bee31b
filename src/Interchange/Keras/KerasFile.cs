using System.IO.Compression;
using System.Text.Json;
using FashionCnn.Storage;

namespace FashionCnn.Interchange.Keras;

/// <summary>A file with a Keras model: what describes it, and its weights if it has any.</summary>
internal sealed class KerasFile : IDisposable
{
    // The description of the largest known model takes 2 MB.
    private const int MaxDescription = 64 << 20;
    private const int MaxDepth = 256;

    private static readonly byte[] Hdf5Start = [0x89, (byte)'H', (byte)'D', (byte)'F', 0x0d, 0x0a, 0x1a, 0x0a];

    private readonly JsonDocument document;

    private KerasFile(string path, JsonDocument document, KerasWeights? weights)
    {
        Path = path;
        this.document = document;
        Weights = weights;
    }

    /// <summary>The text of the spec that the file was exported from; null when it has none.</summary>
    public string? Spec { get; private init; }

    /// <summary>The file.</summary>
    public string Path { get; }

    /// <summary>The model as <c>to_json</c> writes it.</summary>
    public JsonElement Model => document.RootElement;

    /// <summary>Keras 2 wrote it, as far as the file says; what it calls <c>hard_sigmoid</c> is another function than in Keras 3.</summary>
    public bool IsOfKeras2 => (Model.FindText("keras_version") ?? (Weights is { IsLegacy: true } ? Weights.KerasVersion : null))?.StartsWith("2.", StringComparison.Ordinal) == true;

    /// <summary>The weights; null when the file has none.</summary>
    public KerasWeights? Weights { get; }

    /// <summary>Opens a .keras file, a legacy .h5 file or the JSON of a model, by what it contains.</summary>
    /// <exception cref="InputException">It cannot be read or is damaged; the message names it.</exception>
    public static KerasFile Open(string path) => Reading(path, () =>
    {
        if (Directory.Exists(path) || FileKind.IsSpecial(path))
        {
            throw new InputException($"{path}: this is no file. Give a .keras file, an .h5 file or the JSON of a Keras model.");
        }

        var stream = new FileStream(path, FileMode.Open, FileAccess.Read, FileShare.Read | FileShare.Delete, 1 << 16);
        try
        {
            Span<byte> start = stackalloc byte[8];
            start = start[..stream.ReadAtLeast(start, 8, throwOnEndOfStream: false)];
            stream.Position = 0;
            return start.SequenceEqual(Hdf5Start) ? OfHdf5(path, stream)
                : start.StartsWith("PK"u8) ? OfArchive(path, stream)
                : OfJson(path, stream);
        }
        catch
        {
            stream.Dispose();
            throw;
        }
    });

    /// <summary>Reads on, with one sentence for whatever is wrong with the file.</summary>
    public static T Reading<T>(string path, Func<T> read)
    {
        try
        {
            return read();
        }
        catch (Exception exception) when (exception is InputException or TemporaryFolderException)
        {
            throw;
        }
        catch (InvalidDataException exception)
        {
            throw new InputException($"{path}: no model of Keras, or a damaged one: {exception.Message}", exception);
        }
        catch (Exception exception) when (exception is FileNotFoundException or DirectoryNotFoundException)
        {
            throw new InputException($"{path}: there is no such file. Give a .keras file, an .h5 file or the JSON of a Keras model.", exception);
        }
        catch (UnauthorizedAccessException exception)
        {
            throw new InputException($"{path}: the file cannot be read: {exception.Message}", exception);
        }
        catch (IOException exception) when (exception is not EndOfStreamException)
        {
            throw new InputException($"{path}: the file cannot be read: {exception.Message}", exception);
        }
        catch (Exception exception)
        {
            // What reads zip and HDF5 throws anything at a damaged file.
            throw new InputException($"{path}: the file is damaged, or cannot be read ({exception.GetType().Name}).", exception);
        }
    }

    public void Dispose()
    {
        document.Dispose();
        Weights?.Dispose();
    }

    private static KerasFile OfJson(string path, FileStream stream)
    {
        using (stream)
        {
            return new KerasFile(path, Parse(stream, stream.Length), null);
        }
    }

    private static KerasFile OfArchive(string path, FileStream stream)
    {
        var archive = new ZipArchive(stream, ZipArchiveMode.Read);
        var config = archive.GetEntry("config.json") ?? throw new InvalidDataException("the archive has no config.json.");
        using var text = config.Open();
        var document = Parse(text, config.Length);
        var spec = SpecOf(archive);
        var weights = archive.GetEntry("model.weights.h5");
        if (weights is null)
        {
            archive.Dispose();
        }

        return new KerasFile(path, document, weights is null ? null : KerasWeights.OfArchive(archive, weights)) { Spec = spec };
    }

    private static string? SpecOf(ZipArchive archive)
    {
        if (archive.GetEntry("metadata.json") is not { } entry)
        {
            return null;
        }

        using var text = entry.Open();
        try
        {
            using var metadata = Parse(text, entry.Length);
            return EmbeddedSpec.TextOf(metadata.RootElement);
        }
        catch (InvalidDataException)
        {
            // Nothing else is read there, so a model does without it.
            return null;
        }
    }

    private static KerasFile OfHdf5(string path, FileStream stream)
    {
        var weights = KerasWeights.OfLegacy(stream);
        try
        {
            return new KerasFile(path, Parse(weights.Description(MaxDescription)), weights);
        }
        catch
        {
            weights.Dispose();
            throw;
        }
    }

    private static JsonDocument Parse(Stream stream, long length)
    {
        if (length > MaxDescription)
        {
            throw new InvalidDataException($"its description of the model takes more than {MaxDescription >> 20} MB.");
        }

        // An archive may announce less than it unpacks to.
        var text = new byte[length];
        stream.ReadExactly(text);
        return stream.ReadByte() >= 0 ? throw new InvalidDataException("its description of the model is longer than the archive says.") : Parse(text);
    }

    private static JsonDocument Parse(ReadOnlyMemory<byte> text)
    {
        try
        {
            return JsonDocument.Parse(text, new JsonDocumentOptions { MaxDepth = MaxDepth });
        }
        catch (JsonException exception)
        {
            throw new InvalidDataException("its description of the model is not JSON.", exception);
        }
    }
}
