using System.Buffers.Binary;
using System.Numerics;
using FashionCnn.Training;
using Google.Protobuf;
using Tensorboard;

namespace FashionCnn.Runs;

/// <summary>Writes each epoch's numbers as a TensorBoard event file, in the run's folder <c>tensorboard</c>.</summary>
// Torch's writer gives its first record a time in ticks, and cannot continue a file.
internal sealed class TensorBoardLog : IDisposable
{
    private const string FolderName = "tensorboard";
    private const string Pattern = "events.out.tfevents.*";

    private readonly RunFolder run;
    private FileStream? stream;
    private HashSet<(long Epoch, string Tag)> there = [];

    /// <summary>Writes nothing yet.</summary>
    public TensorBoardLog(RunFolder run) => this.run = run;

    /// <summary>Whether a run has event files.</summary>
    public static bool IsIn(RunFolder run) => Directory.Exists(run.File(FolderName));

    /// <summary>Adds the numbers that the run's event file lacks.</summary>
    public void Add(IReadOnlyList<EpochRecord> history)
    {
        Open();
        foreach (var epoch in history)
        {
            Write(epoch);
        }

        stream!.Flush();
    }

    /// <summary>Opens the run's event file; makes it when there is none.</summary>
    public void Open()
    {
        if (stream is not null)
        {
            return;
        }

        var folder = Directory.CreateDirectory(run.File(FolderName)).FullName;
        var files = Directory.GetFiles(folder, Pattern);
        there = files.SelectMany(file => Read(file).Values).ToHashSet();
        var path = files.Order(StringComparer.Ordinal).LastOrDefault() ?? Path.Combine(folder, $"events.out.tfevents.{DateTimeOffset.UtcNow.ToUnixTimeSeconds()}.fashioncnn");
        stream = new FileStream(path, FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.ReadWrite);
        // A killed program may have left half a record.
        stream.SetLength(Read(stream).End);
        stream.Position = stream.Length;
        if (stream.Length == 0)
        {
            Write(new Event { FileVersion = "brain.Event:2" });
        }
    }

    private void Write(EpochRecord epoch)
    {
        var summary = new Summary();
        Add("loss/train", epoch.TrainLoss);
        Add("loss/test", epoch.TestLoss);
        Add("accuracy/train", epoch.TrainAccuracy);
        Add("accuracy/test", epoch.TestAccuracy);
        Add("seconds/train", epoch.TrainSeconds);
        Add("loss/validation", epoch.ValidationLoss);
        Add("accuracy/validation", epoch.ValidationAccuracy);

        // One record: what is known of an epoch is there whole or not at all.
        if (summary.Value.Count > 0)
        {
            Write(new Event { Step = epoch.Epoch, Summary = summary });
        }

        void Add(string tag, double? value)
        {
            if (value is { } number && there.Add((epoch.Epoch, tag)))
            {
                summary.Value.Add(new Summary.Types.Value { Tag = tag, SimpleValue = (float)number });
            }
        }
    }

    /// <inheritdoc/>
    public void Dispose() => stream?.Dispose();

    private void Write(Event record)
    {
        record.WallTime = DateTimeOffset.UtcNow.ToUnixTimeMilliseconds() / 1000.0;
        var data = record.ToByteArray();
        Span<byte> frame = stackalloc byte[12];
        BinaryPrimitives.WriteInt64LittleEndian(frame, data.Length);
        BinaryPrimitives.WriteUInt32LittleEndian(frame[8..], Sum(frame[..8]));
        stream!.Write(frame);
        stream.Write(data);
        BinaryPrimitives.WriteUInt32LittleEndian(frame, Sum(data));
        stream.Write(frame[..4]);
    }

    private static (HashSet<(long Epoch, string Tag)> Values, long End) Read(string file)
    {
        using var stream = new FileStream(file, FileMode.Open, FileAccess.Read, FileShare.ReadWrite);
        return Read(stream);
    }

    // Up to the first record that is damaged or cut off.
    private static (HashSet<(long Epoch, string Tag)> Values, long End) Read(FileStream stream)
    {
        var values = new HashSet<(long Epoch, string Tag)>();
        var end = 0L;
        var frame = new byte[12];
        while (stream.Length - end >= 16)
        {
            stream.Position = end;
            stream.ReadExactly(frame);
            var length = BinaryPrimitives.ReadInt64LittleEndian(frame);
            if (BinaryPrimitives.ReadUInt32LittleEndian(frame.AsSpan(8)) != Sum(frame.AsSpan(0, 8)) || length < 0 || length > stream.Length - end - 16)
            {
                break;
            }

            var data = new byte[length];
            stream.ReadExactly(data);
            stream.ReadExactly(frame.AsSpan(0, 4));
            if (BinaryPrimitives.ReadUInt32LittleEndian(frame) != Sum(data))
            {
                break;
            }

            var record = Event.Parser.ParseFrom(data);
            if (record.Summary is not null)
            {
                values.UnionWith(record.Summary.Value.Select(value => (record.Step, value.Tag)));
            }

            end += 16 + length;
        }

        return (values, end);
    }

    // CRC-32C, masked as the format asks for.
    private static uint Sum(ReadOnlySpan<byte> bytes)
    {
        var sum = uint.MaxValue;
        foreach (var value in bytes)
        {
            sum = BitOperations.Crc32C(sum, value);
        }

        return BitOperations.RotateRight(~sum, 15) + 0xa282ead8;
    }
}
