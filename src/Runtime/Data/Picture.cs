using System.Security.Cryptography;
using FashionCnn.Models;

namespace FashionCnn.Data;

/// <summary>One picture of a folder, as it was when the folder was opened.</summary>
/// <param name="Path">The file.</param>
/// <param name="Name">Its path within the data, with slashes.</param>
/// <param name="Sum">SHA-256 of the values that it became.</param>
internal sealed record Picture(string Path, string Name, byte[] Sum)
{
    /// <summary>Reads a picture for the first time, damage included.</summary>
    /// <exception cref="InputException">It cannot be used; the message names it.</exception>
    public static (Picture Picture, byte[] Values) Open(string path, string name, ImageShape shape)
    {
        var values = ImageFile.Read(path, shape, invert: false).Pixels;
        return (new Picture(path, name, SHA256.HashData(values)), values);
    }

    /// <summary>The same values once more.</summary>
    /// <exception cref="InputException">The file is gone, or another one.</exception>
    public byte[] Decode(ImageShape shape)
    {
        var values = ImageFile.Read(Path, shape, invert: false, isKnown: true).Pixels;
        return SHA256.HashData(values).AsSpan().SequenceEqual(Sum)
            ? values
            : throw new InputException($"{Path}: the picture was changed while it was in use. Restore it, or start a new run.");
    }
}
