using static TorchSharp.torch;

namespace FashionCnn.Data;

/// <summary>
/// A set of images from which batches are made. Those that are held are on the device, one byte per value: converting a batch when it is
/// needed costs less than keeping four times the memory. Pictures on disk are decoded ahead of the batch that is computed.
/// </summary>
internal sealed class Batches : IDisposable
{
    private readonly Tensor? pixels;
    private readonly PictureDecoder? decoder;
    private readonly ImageSet images;
    private readonly Device device;
    private readonly Tensor labels;

    /// <summary>Copies the images to the device, if they are held.</summary>
    public Batches(ImageSet images, Device device)
    {
        using var scope = NewDisposeScope();
        this.images = images;
        this.device = device;
        var (height, width, channels) = images.Shape;
        pixels = images.IsHeld ? tensor(images.Pixels, uint8, device).reshape(images.Count, height, width, channels).DetachFromDisposeScope() : null;
        decoder = images.IsHeld ? null : new PictureDecoder(images);
        labels = tensor(images.Labels, int32, device).to(int64).DetachFromDisposeScope();
        Count = images.Count;
    }

    /// <summary>How many images there are.</summary>
    public int Count { get; }

    /// <summary>
    /// The first image and the size of each batch of an epoch. A last batch of a single image is joined to the one before,
    /// because the variance over one value is undefined; where all batches are of one image, it is not.
    /// </summary>
    public static IReadOnlyList<(int Start, int Size)> Split(int count, int batchSize)
    {
        var batches = new List<(int Start, int Size)>();
        for (var start = 0; start < count; start += batchSize)
        {
            batches.Add((start, Math.Min(batchSize, count - start)));
        }

        if (batchSize > 1 && batches is [.., var before, (_, 1)])
        {
            batches.RemoveAt(batches.Count - 1);
            batches[^1] = (before.Start, before.Size + 1);
        }

        return batches;
    }

    /// <summary>Begins a pass over the images. One pass at a time.</summary>
    /// <param name="order">The order of the images; null for their own.</param>
    /// <param name="parts">The batches, as places in that order.</param>
    /// <param name="from">The first batch that is asked for.</param>
    /// <param name="type">A type of float.</param>
    public BatchPass Begin(long[]? order, IReadOnlyList<(int Start, int Size)> parts, int from, ScalarType type) =>
        new(this, order is null ? null : tensor(order, device: device), parts, from, type, decoder?.Begin(order, parts, from));

    /// <summary>The images and labels of a run of places: N x channels x height x width, from 0 to 1 in a type of float, and N.</summary>
    public (Tensor Images, Tensor Labels) Slice(int start, int size, ScalarType type)
    {
        using var pass = Begin(order: null, [(start, size)], from: 0, type);
        return pass.Next();
    }

    /// <summary>The images and labels at some places of an order.</summary>
    internal (Tensor Images, Tensor Labels) Gather(Tensor? order, (int Start, int Size) part, ScalarType type, byte[]? decoded)
    {
        using var indices = order?.narrow(0, part.Start, part.Size);
        using var bytes = decoded is not null ? Decoded(decoded, part.Size) : indices is null ? pixels!.narrow(0, part.Start, part.Size) : pixels!.index_select(0, indices);
        return (Values(bytes, type), indices is null ? labels.narrow(0, part.Start, part.Size) : labels.index_select(0, indices));
    }

    // Torch's shapes have the channels first; in memory they stay innermost.
    private static Tensor Values(Tensor bytes, ScalarType type) => bytes.to(type).div_(255).permute(0, 3, 1, 2);

    private Tensor Decoded(byte[] bytes, int size)
    {
        using var flat = tensor(bytes, uint8, device);
        return flat.reshape(size, images.Shape.Height, images.Shape.Width, images.Shape.Channels);
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        pixels?.Dispose();
        labels.Dispose();
        decoder?.Dispose();
    }
}

/// <summary>A pass over images, batch by batch.</summary>
internal sealed class BatchPass : IDisposable
{
    private readonly Batches batches;
    private readonly Tensor? order;
    private readonly IReadOnlyList<(int Start, int Size)> parts;
    private readonly ScalarType type;
    private readonly PictureDecoder.Pass? decoded;
    private int next;

    internal BatchPass(Batches batches, Tensor? order, IReadOnlyList<(int Start, int Size)> parts, int from, ScalarType type, PictureDecoder.Pass? decoded)
    {
        this.batches = batches;
        this.order = order?.DetachFromDisposeScope();
        this.parts = parts;
        this.type = type;
        this.decoded = decoded;
        next = from;
    }

    /// <summary>The next batch: N x channels x height x width, from 0 to 1, and N labels. They belong to the caller's scope.</summary>
    /// <exception cref="InputException">A picture can no longer be read as it was.</exception>
    public (Tensor Images, Tensor Labels) Next() => batches.Gather(order, parts[next++], type, decoded?.Next());

    /// <inheritdoc/>
    public void Dispose()
    {
        order?.Dispose();
        decoded?.Dispose();
    }
}
