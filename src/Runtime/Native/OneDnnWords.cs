namespace FashionCnn.Native;

/// <summary>
/// What oneDNN 3.7 keeps of the processor (<c>Xbyak::util::Cpu</c>), as 32-bit words: 0 to 3 its features, 4 whether it has x2APIC, 5 and 6
/// its cores, from 7 on the sizes of ten caches, from 17 on how many cores share each, 27 the number of caches, 28 a version of AVX10, and from
/// 29 on model, family, stepping, their extensions, and family and model with these.
/// </summary>
internal static class OneDnnWords
{
    /// <summary>How many words there are.</summary>
    public const int Count = 36;

    private const int Sizes = 7;
    private const int Sharing = 17;
    private const int Levels = 27;
    private const int Identity = 29;

    private static readonly uint[] HiddenCaches = [1, 1, 1, 0, 0, 0, 0, 0, 0, 0];

    /// <summary>Whether oneDNN has looked at the processor yet.</summary>
    public static bool AreFilled(ReadOnlySpan<uint> words) => words.ContainsAnyExcept(0u);

    /// <summary>
    /// Whether these are the words of a processor that hides its caches, in exactly the form that is known: three caches of one byte, each of one
    /// core, and nothing else; and the family, model and stepping of the processor itself, so that the words are what they are taken for.
    /// </summary>
    public static bool AreOfHiddenCaches(ReadOnlySpan<uint> words, CpuId processor) =>
        IsLayout(words, processor)
        && words.Slice(Sizes, 10).SequenceEqual(HiddenCaches)
        && words.Slice(Sharing, 10).SequenceEqual(HiddenCaches);

    /// <summary>The sizes that oneDNN takes the caches for; null when the words are not what they are taken for.</summary>
    public static CacheSizes? Read(ReadOnlySpan<uint> words, CpuId processor) =>
        IsLayout(words, processor) ? new(words[Sizes], words[Sizes + 1], words[Sizes + 2], "oneDNN") : null;

    /// <summary>Sets the three sizes.</summary>
    public static void Write(Span<uint> words, CacheSizes sizes)
    {
        words[Sizes] = checked((uint)sizes.Level1);
        words[Sizes + 1] = checked((uint)sizes.Level2);
        words[Sizes + 2] = checked((uint)sizes.Level3);
    }

    /// <summary>Makes the words those of a processor that hides its caches: for tests.</summary>
    public static void Hide(Span<uint> words)
    {
        HiddenCaches.CopyTo(words[Sizes..]);
        HiddenCaches.CopyTo(words[Sharing..]);
    }

    private static bool IsLayout(ReadOnlySpan<uint> words, CpuId processor) =>
        words.Length == Count
        && words[4] <= 1
        && words[Levels] == 3
        && words[Identity..].SequenceEqual(IdentityOf(processor));

    private static ReadOnlySpan<uint> IdentityOf(CpuId processor)
    {
        var version = processor(1, 0).Eax;
        uint stepping = version & 0xF, model = (version >> 4) & 0xF, family = (version >> 8) & 0xF;
        uint extendedModel = (version >> 16) & 0xF, extendedFamily = (version >> 20) & 0xFF;
        return (uint[])
        [
            model, family, stepping, extendedModel, extendedFamily,
            family == 15 ? family + extendedFamily : family,
            family is 6 or 15 ? (extendedModel << 4) + model : model,
        ];
    }
}
