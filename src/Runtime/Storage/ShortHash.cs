namespace FashionCnn.Storage;

/// <summary>
/// FNV-1a with 64 bits, to tell things apart that nobody forges. It starts at once: the first SHA-256 of a process loads a cryptographic
/// library, which takes longer than reading the verdict of a self-check may.
/// </summary>
internal static class ShortHash
{
    /// <summary>The hash as 16 hexadecimal digits.</summary>
    public static string Of(ReadOnlySpan<byte> bytes)
    {
        var hash = 0xcbf29ce484222325;
        foreach (var value in bytes)
        {
            hash = (hash ^ value) * 0x100000001b3;
        }

        return hash.ToString("x16", System.Globalization.CultureInfo.InvariantCulture);
    }
}
