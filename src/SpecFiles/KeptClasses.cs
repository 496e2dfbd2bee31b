using System.Security.Cryptography;
using System.Text;
using FashionCnn.Models;
using FashionCnn.Storage;
using TorchSharp;

namespace FashionCnn.SpecFiles;

/// <summary>
/// Compiled classes in the user's cache, so that Roslyn, which takes longer to start than everything else, is loaded only when a spec has
/// changed. What cannot be read or is damaged is compiled anew; what cannot be written is compiled anew the next time.
/// </summary>
internal static class KeptClasses
{
    // Each is a few dozen KB.
    private const int Most = 200;

    private static string Folder => UserCache.Folder("classes");

    /// <summary>The assembly of a source, kept from before; null when there is none.</summary>
    public static byte[]? Read(string source)
    {
        try
        {
            var bytes = File.ReadAllBytes(PathOf(source));
            return bytes.Length > SHA256.HashSizeInBytes && SHA256.HashData(bytes.AsSpan(SHA256.HashSizeInBytes)).AsSpan().SequenceEqual(bytes.AsSpan(0, SHA256.HashSizeInBytes))
                ? bytes[SHA256.HashSizeInBytes..]
                : null;
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            return null;
        }
    }

    /// <summary>Keeps the assembly of a source, and deletes the oldest ones of many.</summary>
    public static void Write(string source, byte[] assembly)
    {
        try
        {
            Directory.CreateDirectory(Folder);
            AtomicFile.Write(PathOf(source), file =>
            {
                file.Write(SHA256.HashData(assembly));
                file.Write(assembly);
            });
            foreach (var old in new DirectoryInfo(Folder).GetFiles().OrderByDescending(file => file.LastWriteTimeUtc).Skip(Most))
            {
                old.Delete();
            }
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            // The next process compiles it again.
        }
    }

    // A class fits only the build of the runtime that it was compiled against.
    private static string PathOf(string source) => Path.Combine(
        Folder,
        Convert.ToHexString(SHA256.HashData(Encoding.UTF8.GetBytes($"{typeof(ImageClassifier).Module.ModuleVersionId} {typeof(torch).Module.ModuleVersionId} {typeof(KeptClasses).Module.ModuleVersionId}\n{source}"))));
}
