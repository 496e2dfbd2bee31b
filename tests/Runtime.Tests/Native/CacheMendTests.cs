using FashionCnn.Native;
using Xunit;

namespace FashionCnn.Runtime.Tests.Native;

/// <summary>
/// What is decided and written, on recorded processors and a small library. A limit that is set here means nothing any more: Torch has been loaded.
/// </summary>
public sealed class CacheMendTests : IDisposable
{
    private readonly string before = NativeEnvironment.Get(CacheMend.Limit) ?? string.Empty;

    public CacheMendTests() => NativeEnvironment.Set(CacheMend.Limit, string.Empty);

    public void Dispose() => NativeEnvironment.Set(CacheMend.Limit, before);

    [X86LinuxFact]
    public void Hidden_caches_get_their_sizes()
    {
        using var library = new SyntheticLibrary(RecordedProcessors.HiddenWords());

        var state = Run(library, RecordedProcessors.HiddenMilan);

        Assert.Equal("mended", state.Word);
        Assert.Equal(
            "The processor hides the sizes of its caches, which oneDNN took for 1 byte each. It was given the true ones: 32 KiB, 512 KiB, 32 MiB (leaves 0x80000005 and 0x80000006).",
            state.Sentence);
        var expected = RecordedProcessors.HiddenWords();
        (expected[7], expected[8], expected[9]) = (32 << 10, 512 << 10, 32 << 20);
        Assert.Equal(expected, library.Words);
        Assert.Empty(NativeEnvironment.Get(CacheMend.Limit)!);
    }

    [X86LinuxFact]
    public void A_processor_that_shows_its_caches_is_left_alone_and_its_library_not_even_opened()
    {
        foreach (var processor in new[] { RecordedProcessors.Milan, RecordedProcessors.KabyLake, RecordedProcessors.HalfHiddenMilan, null })
        {
            using var library = new SyntheticLibrary(RecordedProcessors.HiddenWords());

            Assert.Equal("not needed", Run(library, processor, loaded: () => throw new InvalidOperationException()).Word);
            Assert.Equal(new uint[OneDnnWords.Count], library.Words);
        }
    }

    [X86LinuxFact]
    public void Switched_off_nothing_is_done()
    {
        using var library = new SyntheticLibrary(RecordedProcessors.HiddenWords());

        Assert.Equal("switched off", Run(library, RecordedProcessors.HiddenMilan, isSwitchedOff: true).Word);
        Assert.Equal(new uint[OneDnnWords.Count], library.Words);
        Assert.Empty(NativeEnvironment.Get(CacheMend.Limit)!);
    }

    [X86LinuxFact]
    public void Words_that_are_partly_different_stay_as_they_are_and_oneDNN_is_limited()
    {
        foreach (var (index, value) in new (int, uint)[] { (7, 32768), (9, 33554432), (10, 1), (18, 2), (27, 2), (27, 4), (30, 6), (4, 7) })
        {
            var words = RecordedProcessors.HiddenWords();
            words[index] = value;
            using var library = new SyntheticLibrary(words);
            NativeEnvironment.Set(CacheMend.Limit, string.Empty);

            var state = Run(library, RecordedProcessors.HiddenMilan);

            Assert.Equal("limited to SSE4.1", state.Word);
            Assert.Contains("oneDNN's memory does not look as expected", state.Sentence, StringComparison.Ordinal);
            Assert.Equal(words, library.Words);
            Assert.Equal("SSE41", NativeEnvironment.Get(CacheMend.Limit));
        }
    }

    public static TheoryData<string> Files => ["stripped", "no variable", "no function", "two variables", "another size", "truncated", "empty", "missing"];

    [X86LinuxTheory]
    [MemberData(nameof(Files))]
    public void Without_the_symbols_oneDNN_is_limited_before_Torch_is_loaded(string fault)
    {
        const string variable = "_ZZN4dnnl4impl3cpu3x643cpuEvE4cpu_";
        const string function = "_ZN4dnnl4impl3cpu3x643cpuEv";
        var words = RecordedProcessors.HiddenWords();
        using var library = fault switch
        {
            "stripped" => new SyntheticLibrary(words, isStripped: true),
            "no variable" => new SyntheticLibrary(words, names: [function, variable + "_"]),
            "no function" => new SyntheticLibrary(words, names: [function + "E", variable]),
            "two variables" => new SyntheticLibrary(words, names: [function, variable, variable]),
            "another size" => new SyntheticLibrary(words, size: 140),
            "truncated" => new SyntheticLibrary(words, length: 0x2010),
            "empty" => new SyntheticLibrary(words, length: 0),
            _ => new SyntheticLibrary(words),
        };
        if (fault == "missing")
        {
            File.Delete(library.Path);
        }

        var mend = new CacheMend(RecordedProcessors.HiddenMilan, isSwitchedOff: false, () => null, () => false);
        mend.Prepare(library.Path);

        Assert.Equal("limited to SSE4.1", mend.State?.Word);
        Assert.Contains($"{library.Path} has no symbol table, or is not the build", mend.State!.Sentence, StringComparison.Ordinal);
        Assert.Equal("SSE41", NativeEnvironment.Get(CacheMend.Limit));
        Assert.Equal(new uint[OneDnnWords.Count], library.Words);
    }

    [X86LinuxFact]
    public void However_it_is_cut_off_a_file_is_read_without_an_error()
    {
        using var whole = new SyntheticLibrary(RecordedProcessors.HiddenWords());
        var content = File.ReadAllBytes(whole.Path);
        Assert.NotNull(OneDnnMemory.FindIn(new MemoryStream(content)));

        for (var length = 0; length < content.Length; length += length is > 100 and < 8000 ? 997 : 1)
        {
            Assert.Null(OneDnnMemory.FindIn(new MemoryStream(content[..length])));
        }

        // Any byte of the header, the sections or the symbols may be damaged: something or nothing is found, and nothing is thrown.
        for (var i = 0; i < content.Length; i += i is > 100 and < 8190 ? 997 : 1)
        {
            var damaged = (byte[])content.Clone();
            damaged[i] ^= 0xFF;
            _ = OneDnnMemory.FindIn(new MemoryStream(damaged));
        }
    }

    [X86LinuxFact]
    public void A_library_in_memory_that_is_not_the_files_is_not_touched()
    {
        // A header, and the function that would be called.
        foreach (var offset in new[] { 0x41, 0x100, 0x118 })
        {
            using var library = new SyntheticLibrary(RecordedProcessors.HiddenWords());
            library.Change(offset);
            NativeEnvironment.Set(CacheMend.Limit, string.Empty);

            Assert.Contains("the library in memory is not the one in the file", Run(library, RecordedProcessors.HiddenMilan).Sentence, StringComparison.Ordinal);
            Assert.Equal(new uint[OneDnnWords.Count], library.Words);
        }
    }

    [X86LinuxFact]
    public void Memory_that_cannot_be_written_is_not_touched()
    {
        using var library = new SyntheticLibrary(RecordedProcessors.HiddenWords());

        Assert.Equal("limited to SSE4.1", Run(library, RecordedProcessors.HiddenMilan, loaded: () => library.Find("r-xp")).Word);
        Assert.Equal(new uint[OneDnnWords.Count], library.Words);
    }

    [X86LinuxFact]
    public void Torch_may_have_been_loaded_before_as_long_as_it_has_made_no_kernel()
    {
        using var fresh = new SyntheticLibrary(RecordedProcessors.HiddenWords());
        Assert.Equal("mended", Run(fresh, RecordedProcessors.HiddenMilan, wasLoaded: true).Word);

        using var used = new SyntheticLibrary(RecordedProcessors.HiddenWords(), isFilled: true);
        var message = Assert.Throws<NativeLibraryException>(() => Run(used, RecordedProcessors.HiddenMilan, wasLoaded: true)).Message;
        Assert.Contains("Call FashionCnn.Native.NativeTorch.EnsureLoaded() before anything else of TorchSharp, or set ONEDNN_MAX_CPU_ISA=SSE41", message, StringComparison.Ordinal);
        Assert.Equal(RecordedProcessors.HiddenWords(), used.Words);
    }

    [X86LinuxFact]
    public void A_limit_that_comes_too_late_is_an_error_with_the_remedy()
    {
        using var library = new SyntheticLibrary(RecordedProcessors.HiddenWords(), isStripped: true);

        var message = Assert.Throws<NativeLibraryException>(() => Run(library, RecordedProcessors.HiddenMilan, wasLoaded: true)).Message;

        Assert.StartsWith("This processor hides the sizes of its caches, so that Torch's convolutions would be wrong, and Torch was used before that could be corrected. Call ", message, StringComparison.Ordinal);
        Assert.Empty(NativeEnvironment.Get(CacheMend.Limit)!);
    }

    [X86LinuxTheory]
    [InlineData("sse41", "limited to SSE4.1")]
    [InlineData("AVX2", "not possible: Torch's library has no symbol table on this system, and ONEDNN_MAX_CPU_ISA is AVX2")]
    public void A_limit_that_was_set_before_stays(string limit, string word)
    {
        NativeEnvironment.Set(CacheMend.Limit, limit);
        var mend = new CacheMend(RecordedProcessors.HiddenMilan, isSwitchedOff: false, () => null, () => true);
        mend.Prepare(library: null);

        Assert.Equal(word, mend.State?.Word);
        Assert.Equal(limit, NativeEnvironment.Get(CacheMend.Limit));
    }

    [X86LinuxFact]
    public void Without_true_sizes_oneDNN_is_limited()
    {
        using var library = new SyntheticLibrary(RecordedProcessors.HiddenWords());

        var state = Run(library, RecordedProcessors.SilentMilan);

        Assert.Equal(
            "The processor hides the sizes of its caches, and they cannot be corrected: the processor does not report them in any other way. Convolutions are limited to SSE4.1 instructions: correct, but slow.",
            state.Sentence);
        Assert.Equal(new uint[OneDnnWords.Count], library.Words);
    }

    private static CacheState Run(SyntheticLibrary library, CpuId? processor, bool isSwitchedOff = false, bool wasLoaded = false, Func<LoadedLibrary?>? loaded = null)
    {
        var isLoaded = wasLoaded;
        var mend = new CacheMend(processor, isSwitchedOff, () => isLoaded ? (loaded ?? (() => library.Find()))() : null, () => isLoaded);
        mend.Prepare(library.Path);
        isLoaded = true;
        mend.Apply();
        return mend.State!;
    }
}
