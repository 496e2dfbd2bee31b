using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using FashionCnn.Native;
using TorchSharp;
using static TorchSharp.torch;

namespace FashionCnn.Models;

/// <summary>
/// A batch of float32 images as the processor sees it when the values of each pixel lie side by side: one row of channels per pixel. The rows
/// are worked through in parts whose size depends on the images alone, so that sums do not depend on the number of threads.
/// </summary>
internal sealed class ChannelMemory : IDisposable
{
    // 256 KB: enough work for a thread to be worth waking.
    private const int PartValues = 65_536;

    private readonly Tensor rows;

    private readonly nint start;

    private unsafe ChannelMemory(Tensor rows)
    {
        this.rows = rows;
        (Rows, Channels) = (rows.shape[0], (int)rows.shape[1]);
        // A span over all of them may be too short, and one for each part takes Torch longer than their sums.
        using var first = rows.narrow(0, 0, 1);
        start = (nint)Unsafe.AsPointer(ref MemoryMarshal.GetReference(first.bytes));
    }

    /// <summary>The first value.</summary>
    public unsafe float* Start => (float*)start;

    /// <summary>The values of a pixel.</summary>
    public int Channels { get; }

    /// <summary>The pixels of all images.</summary>
    public long Rows { get; }

    /// <summary>The rows of a part; the last one may have fewer.</summary>
    public int PartRows => Math.Max(1, PartValues / Channels / ChannelRows.BlockRows) * ChannelRows.BlockRows;

    /// <summary>The number of parts.</summary>
    public int Parts => (int)((Rows + PartRows - 1) / PartRows);

    /// <summary>The images lie so: float32, in the processor's memory, the values of each pixel side by side.</summary>
    /// <param name="x">Any tensor.</param>
    public static bool Takes(Tensor x)
    {
        if (x.dim() != 4 || x.dtype != float32 || x.device_type != DeviceType.CPU)
        {
            return false;
        }

        using var pixels = x.permute(0, 2, 3, 1);
        return pixels.is_contiguous();
    }

    /// <summary>The same images so that <see cref="Takes"/> takes them: a copy unless they lie so already, as a gradient need not.</summary>
    /// <param name="x">N x channels x height x width, float32.</param>
    public static Tensor Laid(Tensor x) => Takes(x) ? x : x.permute(0, 2, 3, 1).contiguous().permute(0, 3, 1, 2);

    /// <summary>The memory of images that <see cref="Takes"/> takes.</summary>
    /// <param name="x">N x channels x height x width.</param>
    public static ChannelMemory Of(Tensor x)
    {
        using var pixels = x.permute(0, 2, 3, 1);
        return new ChannelMemory(pixels.view(-1, x.shape[1]).DetachFromDisposeScope());
    }

    /// <summary>The rows of one part.</summary>
    public int RowsOf(int part) => (int)Math.Min(PartRows, Rows - ((long)part * PartRows));

    /// <summary>The values of a part, row by row.</summary>
    public unsafe Span<float> Part(int part) => new Span<float>(Start + ((long)part * PartRows * Channels), RowsOf(part) * Channels);

    /// <summary>Does something with each part, on as many threads as Torch has.</summary>
    // Torch divides the images in the same way: what a core has just computed is in its cache.
    public void ForEachPart(Action<int> action) => new WorkShare(Math.Min(get_num_threads(), Parts)).Divide(Parts, (_, first, end) =>
    {
        for (var part = first; part < end; part++)
        {
            action(part);
        }
    });

    /// <inheritdoc/>
    public void Dispose() => rows.Dispose();
}
