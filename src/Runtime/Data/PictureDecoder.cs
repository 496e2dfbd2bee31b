using System.Collections.Concurrent;

namespace FashionCnn.Data;

/// <summary>
/// Decodes the pictures of batches ahead of the one that is computed, on threads of its own. The batches come in their order, so that
/// how fast which thread was changes nothing; so many are decoded ahead that no thread has to wait, and no more.
/// </summary>
internal sealed class PictureDecoder : IDisposable
{
    /// <summary>What the threads are called.</summary>
    public const string ThreadName = "picture-decoder";

    private const long MaxAheadBytes = 512L << 20;

    private readonly ImageSet images;
    private readonly BlockingCollection<Part> queue = [];

    /// <summary>Starts the threads, which wait for a pass.</summary>
    public PictureDecoder(ImageSet images)
    {
        this.images = images;
        for (var i = 0; i < Threads; i++)
        {
            new Thread(Work) { IsBackground = true, Name = ThreadName }.Start();
        }
    }

    private static int Threads => Environment.ProcessorCount;

    /// <summary>How many batches are decoded ahead: one that each thread is at, and one that is ready when it is done, if they are not too large.</summary>
    /// <param name="threads">How many threads decode.</param>
    /// <param name="batchBytes">The bytes of the largest batch.</param>
    internal static int Ahead(int threads, long batchBytes) => (int)Math.Clamp(MaxAheadBytes / Math.Max(1, batchBytes), 2, 2 * threads);

    /// <summary>Begins to decode the batches of a pass.</summary>
    public Pass Begin(long[]? order, IReadOnlyList<(int Start, int Size)> parts, int from) => new(this, order, parts, from);

    /// <summary>Ends the threads, when they have done what they are at.</summary>
    public void Dispose() => queue.CompleteAdding();

    private void Work()
    {
        foreach (var part in queue.GetConsumingEnumerable())
        {
            part.Decode(images);
        }
    }

    /// <summary>A pass over the pictures; those that were decoded ahead when it ends are dropped.</summary>
    internal sealed class Pass : IDisposable
    {
        private readonly PictureDecoder decoder;
        private readonly long[]? order;
        private readonly IReadOnlyList<(int Start, int Size)> parts;
        private readonly Queue<Part> ahead = new();
        private readonly int most;
        private int next;

        public Pass(PictureDecoder decoder, long[]? order, IReadOnlyList<(int Start, int Size)> parts, int from)
        {
            this.decoder = decoder;
            this.order = order;
            this.parts = parts;
            next = from;
            var bytes = parts.Select(part => (long)part.Size * decoder.images.Shape.Count).DefaultIfEmpty().Max();
            if (bytes > Array.MaxLength)
            {
                throw new InputException($"A batch of {parts.Max(part => part.Size)} pictures of {decoder.images.Shape} takes {bytes >> 20} MiB, more than the 2 GiB that one may take. Use a smaller batch size.") { Setting = "batch_size" };
            }

            most = Ahead(Threads, bytes);
            Fill();
        }

        /// <summary>The bytes of the next batch's pictures, one picture after the other.</summary>
        public byte[] Next()
        {
            var bytes = ahead.Dequeue().Take();
            Fill();
            return bytes;
        }

        public void Dispose()
        {
            foreach (var part in ahead)
            {
                part.Drop();
            }
        }

        private void Fill()
        {
            while (ahead.Count < most && next < parts.Count)
            {
                var part = new Part(order, parts[next++]);
                ahead.Enqueue(part);
                decoder.queue.Add(part);
            }
        }
    }

    /// <summary>The pictures of one batch.</summary>
    private sealed class Part(long[]? order, (int Start, int Size) places)
    {
        private readonly TaskCompletionSource<byte[]> done = new(TaskCreationOptions.RunContinuationsAsynchronously);
        private volatile bool isDropped;

        public void Drop() => isDropped = true;

        public byte[] Take() => done.Task.GetAwaiter().GetResult();

        public void Decode(ImageSet images)
        {
            if (isDropped)
            {
                return;
            }

            try
            {
                var size = images.Shape.Count;
                var bytes = new byte[places.Size * size];
                for (var i = 0; i < places.Size && !isDropped; i++)
                {
                    images.Image((int)(order is null ? places.Start + i : order[places.Start + i])).CopyTo(bytes, i * size);
                }

                done.SetResult(bytes);
            }
            catch (Exception exception)
            {
                // It is thrown where the batch is taken.
                done.SetException(exception);
            }
        }
    }
}
