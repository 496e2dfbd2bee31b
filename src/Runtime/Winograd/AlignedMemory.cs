using System.Runtime.InteropServices;

namespace FashionCnn.Winograd;

/// <summary>Room for float32 values, where vectors begin with a line of the cache.</summary>
internal sealed unsafe class AlignedMemory : IDisposable
{
    private const int CacheLine = 64;

    /// <summary>Room with unknown values.</summary>
    /// <param name="length">How many.</param>
    public AlignedMemory(long length) => Start = (float*)NativeMemory.AlignedAlloc((nuint)(length * sizeof(float)), CacheLine);

    /// <summary>The first value.</summary>
    public float* Start { get; private set; }

    /// <summary>Room filled with zeros.</summary>
    public static AlignedMemory OfZeros(long length)
    {
        var memory = new AlignedMemory(length);
        NativeMemory.Clear(memory.Start, (nuint)(length * sizeof(float)));
        return memory;
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        NativeMemory.AlignedFree(Start);
        Start = null;
    }
}
