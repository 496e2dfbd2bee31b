using System.IO.Compression;
using System.Text;

namespace FashionCnn.Storage;

/// <summary>Recognizes files of weights that are not safetensors, so that messages can name what they are.</summary>
internal static class ForeignFormat
{
    private static readonly (byte[] Start, string Name)[] Starts =
    [
        ([0x89, .. "HDF"u8, 0x0d, 0x0a, 0x1a, 0x0a], "an HDF5 file (.h5), as Keras writes it"),
        ([.. "GGUF"u8], "a GGUF file"),
        ([0x80, 0x02], "a pickle file, as older versions of PyTorch write it"),
        ([0x93, .. "NUMPY"u8], "a NumPy array (.npy)"),
        ([0x1f, 0x8b], "a gzip file"),
        ([.. "version https://git-lfs"u8], "a Git LFS pointer, which stands for a file that was not downloaded"),
        ([.. "<!DOCTYPE"u8], "a web page"),
        ([.. "<html"u8], "a web page"),
        // Not the bracket alone, which is also the length of a short header.
        ([.. "{\n"u8], "a JSON file"),
        ([.. "{\r"u8], "a JSON file"),
        ([.. "{ "u8], "a JSON file"),
        ([.. "{\""u8], "a JSON file"),
    ];

    /// <summary>What the file is, with its article; null when that is not known.</summary>
    public static string? Of(Stream stream)
    {
        Span<byte> start = stackalloc byte[32];
        stream.Position = 0;
        start = start[..stream.ReadAtLeast(start, start.Length, throwOnEndOfStream: false)];
        if (start.Length > 8 && start[8] == '{')
        {
            // A length and a JSON header: as it should be, whatever the length's bytes look like.
            return null;
        }

        if (start.StartsWith("PK\x03\x04"u8))
        {
            return Archive(stream);
        }

        foreach (var (bytes, name) in Starts)
        {
            if (start.StartsWith(bytes))
            {
                return name;
            }
        }

        return null;
    }

    private static string Archive(Stream stream)
    {
        try
        {
            stream.Position = 0;
            using var archive = new ZipArchive(stream, ZipArchiveMode.Read, leaveOpen: true, Encoding.UTF8);
            var names = archive.Entries.Select(entry => entry.FullName).ToList();
            return names.Contains("model.weights.h5") ? "a Keras model (.keras)"
                : names.Exists(name => name.EndsWith("/data.pkl", StringComparison.Ordinal)) ? "a PyTorch file (.pt, .pth)"
                : names.Count > 0 && names.TrueForAll(name => name.EndsWith(".npy", StringComparison.Ordinal)) ? "a NumPy archive (.npz)"
                : "a ZIP archive";
        }
        catch (InvalidDataException)
        {
            return "a ZIP archive, cut off or damaged";
        }
    }
}
