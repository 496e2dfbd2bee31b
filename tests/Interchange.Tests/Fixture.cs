using System.Collections.Concurrent;
using System.IO.Compression;
using System.Runtime.CompilerServices;
using System.Text.Json;

namespace FashionCnn.Interchange.Tests;

/// <summary>Models that Keras 3.16 wrote.</summary>
internal static class Fixture
{
    /// <summary>The 40 models of keras.applications, of which there is the architecture alone.</summary>
    public static IReadOnlyList<string> Applications { get; } =
        [.. Directory.GetFiles(Folder("architectures"), "*.counts.json.gz").Select(path => Path.GetFileName(path).Split('.')[0]).Order(StringComparer.Ordinal)];

    /// <summary>The path of a file.</summary>
    public static string At(string name) => Path.Combine(Folder(string.Empty), name);

    /// <summary>The text of an architecture.</summary>
    public static byte[] Architecture(string name) => Unpacked($"{name}.json.gz");

    /// <summary>What Keras says of its layers and their parameters.</summary>
    public static JsonDocument Counts(string name) => JsonDocument.Parse(Unpacked($"{name}.counts.json.gz"));

    private static readonly ConcurrentDictionary<string, Lazy<ImportedModel>> Imported = new();

    /// <summary>What keras.applications feeds a model, as docs/interchange.md has it.</summary>
    public static PixelRange PixelsOf(string name)
    {
        return Begins("EfficientNet", "ConvNeXt", "MobileNetV3") ? PixelRange.ZeroTo255
            : Begins("DenseNet") ? PixelRange.Torch
            : Begins("VGG") || (Begins("ResNet") && !name.EndsWith("V2", StringComparison.Ordinal)) ? PixelRange.Caffe
            : PixelRange.MinusOneToOne;

        bool Begins(params string[] families) => families.Any(family => name.StartsWith(family, StringComparison.Ordinal));
    }

    /// <summary>An architecture, imported once for all tests. Where it leaves the size of images open, they are 224 x 224.</summary>
    public static ImportedModel Application(string name) => Imported.GetOrAdd(name, _ => new Lazy<ImportedModel>(() => Import(name, PixelsOf(name)))).Value;

    /// <summary>An architecture, imported for pixels of this range.</summary>
    public static ImportedModel Import(string name, PixelRange pixels)
    {
        using var folder = new Folder();
        var path = folder.Write($"{name}.json", Architecture(name));
        return KerasImport.Read(path, new ImportOptions(name.ToLowerInvariant()) { Pixels = pixels, Input = name.StartsWith("MobileNetV3", StringComparison.Ordinal) ? (224, 224) : null });
    }

    /// <summary>Leaves an exported file with its layers alone, as one that Keras wrote.</summary>
    public static void RemoveSpec(string path)
    {
        using var archive = ZipFile.Open(path, ZipArchiveMode.Update);
        archive.GetEntry("metadata.json")!.Delete();
    }

    private static byte[] Unpacked(string file)
    {
        using var packed = new GZipStream(File.OpenRead(Path.Combine(Folder("architectures"), file)), CompressionMode.Decompress);
        using var text = new MemoryStream();
        packed.CopyTo(text);
        return text.ToArray();
    }

    private static string Folder(string name, [CallerFilePath] string path = "") => Path.Combine(Path.GetDirectoryName(path)!, "Fixtures", name);
}

/// <summary>A folder that goes with the test.</summary>
internal sealed class Folder : IDisposable
{
    public string Path { get; } = Directory.CreateTempSubdirectory("fashioncnn-").FullName;

    public string Write(string name, byte[] content)
    {
        var path = System.IO.Path.Combine(Path, name);
        File.WriteAllBytes(path, content);
        return path;
    }

    public string Write(string name, string content) => Write(name, System.Text.Encoding.UTF8.GetBytes(content));

    public void Dispose() => Directory.Delete(Path, recursive: true);
}
