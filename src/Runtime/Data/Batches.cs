using static TorchSharp.torch;

namespace FashionCnn.Data;

/// <summary>
/// A set of images on the device, one byte per pixel, from which batches are gathered: converting a batch when it is needed costs
/// less than keeping four times the memory.
/// </summary>
public sealed class Batches : IDisposable
{
    private readonly Tensor pixels;
    private readonly Tensor labels;

    /// <summary>Copies the images to the device.</summary>
    public Batches(ImageSet images, Device device)
    {
        using var scope = NewDisposeScope();
        var (height, width, channels) = images.Shape;
        pixels = tensor(images.Pixels, uint8, device).reshape(images.Count, height, width, channels).DetachFromDisposeScope();
        labels = tensor(images.Labels, uint8, device).to(int64).DetachFromDisposeScope();
        Count = images.Count;
    }

    /// <summary>How many images there are.</summary>
    public int Count { get; }

    /// <summary>
    /// The first image and the size of each batch of an epoch. A last batch of a single image is joined to the one before,
    /// because the variance over one value is undefined.
    /// </summary>
    public static IReadOnlyList<(int Start, int Size)> Split(int count, int batchSize)
    {
        var batches = new List<(int Start, int Size)>();
        for (var start = 0; start < count; start += batchSize)
        {
            batches.Add((start, Math.Min(batchSize, count - start)));
        }

        if (batches is [.., var before, (_, 1)])
        {
            batches.RemoveAt(batches.Count - 1);
            batches[^1] = (before.Start, before.Size + 1);
        }

        return batches;
    }

    /// <summary>The images and labels at the given places: N x channels x height x width, from 0 to 1 in a type of float, and N.</summary>
    public (Tensor Images, Tensor Labels) Gather(Tensor indices, ScalarType type)
    {
        using var bytes = pixels.index_select(0, indices);
        return (Values(bytes, type), labels.index_select(0, indices));
    }

    /// <summary>The images and labels of a run of places.</summary>
    public (Tensor Images, Tensor Labels) Slice(int start, int size, ScalarType type)
    {
        using var bytes = pixels.narrow(0, start, size);
        return (Values(bytes, type), labels.narrow(0, start, size));
    }

    // Torch's shapes have the channels first; in memory they stay innermost.
    private static Tensor Values(Tensor bytes, ScalarType type) => bytes.to(type).div_(255).permute(0, 3, 1, 2);

    /// <inheritdoc/>
    public void Dispose()
    {
        pixels.Dispose();
        labels.Dispose();
    }
}
