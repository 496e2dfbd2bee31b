using System.Runtime.CompilerServices;

namespace FashionCnn.Interchange.Keras;

/// <summary>Reads a stream no more often than an honest file needs: whoever follows places in a damaged one may go round in circles.</summary>
/// <param name="inner">The file, which can be read from any place.</param>
internal sealed class BoundedStream(Stream inner) : Stream
{
    // Of each tensor and each layer, what describes it takes some eighty reads, and some hundreds of bytes at least.
    private long reads = 1_000_000 + (inner.Length / 4);
    private long bytes = (4 * inner.Length) + (64 << 20);

    // What was read last, without a gap.
    private long start;
    private long end;

    public override bool CanRead => true;

    public override bool CanSeek => true;

    public override bool CanWrite => false;

    public override long Length => inner.Length;

    public override long Position { get => inner.Position; set => inner.Position = value; }

    public override int Read(byte[] buffer, int offset, int count) => Read(buffer.AsSpan(offset, count));

    public override int Read(Span<byte> buffer)
    {
        // Whoever follows places in a damaged file may also go deeper at each of them.
        if (!RuntimeHelpers.TryEnsureSufficientExecutionStack())
        {
            throw new InvalidDataException("its parts lie too deep in each other.");
        }

        reads--;
        bytes -= buffer.Length;
        if (reads < 0 || bytes < 0)
        {
            throw new InvalidDataException("its parts refer to each other in circles.");
        }

        start = inner.Position == end ? start : inner.Position;
        var count = inner.Read(buffer);
        end = inner.Position;
        return count;
    }

    /// <summary>What was read last ends with these bytes.</summary>
    public bool EndedWith(ReadOnlySpan<byte> wanted)
    {
        if (end - start < wanted.Length)
        {
            return false;
        }

        inner.Position = end - wanted.Length;
        Span<byte> again = stackalloc byte[4096];
        for (var at = 0; at < wanted.Length; at += again.Length)
        {
            var part = again[..Math.Min(again.Length, wanted.Length - at)];
            inner.ReadExactly(part);
            if (!part.SequenceEqual(wanted.Slice(at, part.Length)))
            {
                return false;
            }
        }

        return true;
    }

    public override long Seek(long offset, SeekOrigin origin) => inner.Seek(offset, origin);

    public override void Flush() => inner.Flush();

    public override void SetLength(long value) => throw new NotSupportedException();

    public override void Write(byte[] buffer, int offset, int count) => throw new NotSupportedException();

    protected override void Dispose(bool disposing)
    {
        if (disposing)
        {
            inner.Dispose();
        }

        base.Dispose(disposing);
    }
}
