namespace FashionCnn.Native;

/// <summary>
/// Gives oneDNN the true sizes of the caches on a processor that hides them. Some virtual machines answer the question that oneDNN asks with zeros;
/// it takes the caches for 1 byte each, and its convolutions then return garbage or kill the process. Where the sizes cannot be corrected, oneDNN is
/// limited to the instructions whose kernels do not depend on them.
/// </summary>
/// <param name="processor">The processor; null where it is no x86.</param>
/// <param name="isSwitchedOff">Do nothing.</param>
/// <param name="find">Finds the library that oneDNN is part of in memory; null where it is not loaded, or the system does not say so.</param>
/// <param name="isLoaded">Whether it is loaded at all.</param>
internal sealed class CacheMend(CpuId? processor, bool isSwitchedOff, Func<LoadedLibrary?> find, Func<bool> isLoaded)
{
    /// <summary>Set to 0, it leaves oneDNN unchanged: for comparison.</summary>
    public const string Switch = "FASHIONCNN_MEND_CACHES";

    // oneDNN reads it when it makes its first kernel. AVX, AVX2 and AVX-512 kernels are wrong without sizes.
    internal const string Limit = "ONEDNN_MAX_CPU_ISA";
    internal const string Limited = "SSE41";

    private readonly CacheSizes? seen = processor is null ? null : CacheSizes.AsOneDnnReads(processor);
    private readonly CacheSizes? sizes = processor is null ? null : CacheSizes.Of(processor);
    private OneDnnMemory? memory;
    private bool wasLoaded;

    /// <summary>What was done; null before <see cref="Prepare"/>, and between it and <see cref="Apply"/> when the sizes are to be corrected.</summary>
    public CacheState? State { get; private set; }

    /// <summary>
    /// Before Torch is loaded: decides from the processor and the library's file what to do, and sets the limit if that is it.
    /// </summary>
    /// <param name="library">The library that will be loaded; null where it has no symbol table to look into, as on Windows.</param>
    /// <exception cref="NativeLibraryException">The limit is needed, and comes too late: Torch is loaded.</exception>
    public void Prepare(string? library)
    {
        if (State is not null || memory is not null)
        {
            return;
        }

        if (seen is not { Level1: 1, Level2: 1, Level3: 1 })
        {
            State = Done(CacheAction.NotNeeded, processor is null ? "this is not an x86 processor" : "the processor does not hide its caches from oneDNN");
        }
        else if (isSwitchedOff)
        {
            State = Done(CacheAction.SwitchedOff, $"{Switch} is 0");
        }
        else
        {
            wasLoaded = isLoaded();
            Plan(find()?.Path ?? library);
        }
    }

    /// <summary>After Torch has been loaded and before it makes a kernel: corrects the sizes, if that is what was decided.</summary>
    /// <exception cref="NativeLibraryException">Kernels may have been made with the wrong sizes.</exception>
    public void Apply()
    {
        if (State is not null || memory is null)
        {
            return;
        }

        if (find() is not { } library || !memory.TryOpen(library, out var wasFilled, out var words))
        {
            SetLimit("the library in memory is not the one in the file", wasLoaded);
        }
        else if (!OneDnnWords.AreOfHiddenCaches(words, processor!))
        {
            SetLimit("oneDNN's memory does not look as expected", wasLoaded || wasFilled);
        }
        else if (wasFilled)
        {
            throw TooLate();
        }
        else
        {
            OneDnnWords.Write(words, sizes!);
            if (OneDnnWords.Read(words, processor!) is { } read && read with { Source = sizes!.Source } == sizes)
            {
                State = Done(CacheAction.Mended, "oneDNN has the true sizes");
            }
            else
            {
                SetLimit("what was written into oneDNN's memory was not found there again", wasLoaded);
            }
        }
    }

    private void Plan(string? library)
    {
        if (sizes is null)
        {
            SetLimit("the processor does not report them in any other way", wasLoaded);
        }
        else if (library is null)
        {
            SetLimit("Torch's library has no symbol table on this system", wasLoaded);
        }
        else
        {
            memory = OneDnnMemory.FindIn(library);
            if (memory is null)
            {
                SetLimit($"{library} has no symbol table, or is not the build for which this is known", wasLoaded);
            }
        }
    }

    private void SetLimit(string reason, bool isLate)
    {
        if (NativeEnvironment.Get(Limit) is { Length: > 0 } given)
        {
            // Whoever set it decides.
            State = given.Equals(Limited, StringComparison.OrdinalIgnoreCase) ? Done(CacheAction.Limited, reason) : Done(CacheAction.NotPossible, $"{reason}, and {Limit} is {given}");
        }
        else if (isLate)
        {
            throw TooLate();
        }
        else
        {
            NativeEnvironment.Set(Limit, Limited);
            State = Done(CacheAction.Limited, reason);
        }
    }

    private CacheState Done(CacheAction action, string reason) => new(action, reason, seen, sizes);

    private static NativeLibraryException TooLate() => new(
        "This processor hides the sizes of its caches, so that Torch's convolutions would be wrong, and Torch was used before that could be corrected. "
        + $"Call FashionCnn.Native.NativeTorch.EnsureLoaded() before anything else of TorchSharp, or set {Limit}={Limited} in the environment of the process (correct, but slow).");
}
