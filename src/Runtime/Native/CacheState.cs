namespace FashionCnn.Native;

/// <summary>What was done about a processor that hides the sizes of its caches.</summary>
internal enum CacheAction
{
    /// <summary>Nothing: Torch's kernels know the caches, or do without.</summary>
    NotNeeded,

    /// <summary>oneDNN was given the true sizes.</summary>
    Mended,

    /// <summary>Nothing: <c>FASHIONCNN_MEND_CACHES=0</c>.</summary>
    SwitchedOff,

    /// <summary>oneDNN was kept from the instruction sets whose kernels depend on the caches.</summary>
    Limited,

    /// <summary>Nothing could be done: results may be wrong.</summary>
    NotPossible,
}

/// <summary>What oneDNN, which computes Torch's convolutions, takes the processor's caches for, and what was done about it.</summary>
/// <param name="Action">What was done.</param>
/// <param name="Reason">Why, as a clause: for a limit, why the sizes were not corrected.</param>
/// <param name="Seen">The sizes that oneDNN reads from the processor; null where it falls back to usual ones.</param>
/// <param name="True">The processor's sizes; null when it does not say them anywhere.</param>
internal sealed record CacheState(CacheAction Action, string Reason, CacheSizes? Seen, CacheSizes? True)
{
    /// <summary>What was done in a word or two, as <c>config.json</c> has it.</summary>
    public string Word => Action switch
    {
        CacheAction.NotNeeded => "not needed",
        CacheAction.Mended => "mended",
        CacheAction.SwitchedOff => "switched off",
        CacheAction.Limited => "limited to SSE4.1",
        _ => $"not possible: {Reason}",
    };

    /// <summary>The same in a sentence.</summary>
    public string Sentence => Action switch
    {
        CacheAction.NotNeeded => $"Nothing to correct: {Reason}.",
        CacheAction.Mended => $"The processor hides the sizes of its caches, which oneDNN took for 1 byte each. It was given the true ones: {True} ({True!.Source}).",
        CacheAction.SwitchedOff => "The processor hides the sizes of its caches, and the correction is switched off (FASHIONCNN_MEND_CACHES=0). Convolutions may be wrong.",
        CacheAction.Limited => $"The processor hides the sizes of its caches, and they cannot be corrected: {Reason}. Convolutions are limited to SSE4.1 instructions: correct, but slow.",
        _ => $"The processor hides the sizes of its caches, and they cannot be corrected: {Reason}. Convolutions may be wrong.",
    };
}
