namespace FashionCnn.Native;

/// <summary>Settings of the whole process that make computing faster and change no result.</summary>
public static class ProcessTuning
{
    /// <summary>
    /// Applies all of them. A program that does nothing but train and evaluate calls it once at its start, before Torch is loaded; a library
    /// inside a larger program leaves the process alone.
    /// </summary>
    public static void Apply()
    {
        MemoryAllocator.KeepMemory();
        ThreadWaiting.Shorten();
    }
}
