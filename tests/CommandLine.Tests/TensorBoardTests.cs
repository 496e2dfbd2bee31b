using System.Buffers.Binary;
using System.Globalization;
using System.Numerics;
using System.Text;
using System.Text.Json;
using Xunit;

namespace FashionCnn.CommandLine.Tests;

public sealed class TensorBoardTests : IDisposable
{
    private readonly TestProgram program = new();

    public void Dispose() => program.Dispose();

    [Fact]
    public void Every_epoch_stands_in_the_event_file_as_TensorBoard_reads_it()
    {
        Assert.Equal(0, program.Run("model1a", "--data", "sample", "--train-images", "96", "--test-images", "50", "--threads", "1", "--epochs", "2", "--validation-split", "0.2", "--tensorboard", "--output", "run"));

        var values = Events(File.ReadAllBytes(Assert.Single(Directory.GetFiles("run/tensorboard", "events.out.tfevents.*"))));
        using var history = JsonDocument.Parse(program.Read("run/history.json"));
        foreach (var epoch in history.RootElement.EnumerateArray())
        {
            foreach (var (tag, key) in new[] { ("loss/train", "train_loss"), ("loss/test", "test_loss"), ("loss/validation", "validation_loss"), ("accuracy/train", "train_accuracy"), ("accuracy/test", "test_accuracy"), ("accuracy/validation", "validation_accuracy") })
            {
                Assert.Equal((float)epoch.GetProperty(key).GetDouble(), values[$"{tag} {epoch.GetProperty("epoch").GetInt32()}"]);
            }
        }
    }

    /// <summary>The scalars of a file, by tag and step: records of a length, its sum, a protocol buffer and its sum.</summary>
    private static Dictionary<string, float> Events(byte[] file)
    {
        var values = new Dictionary<string, float>();
        for (var at = 0; at < file.Length;)
        {
            var size = (int)BinaryPrimitives.ReadInt64LittleEndian(file.AsSpan(at));
            Assert.Equal(Sum(file.AsSpan(at, 8)), BinaryPrimitives.ReadUInt32LittleEndian(file.AsSpan(at + 8)));
            var record = file.AsSpan(at + 12, size);
            Assert.Equal(Sum(record), BinaryPrimitives.ReadUInt32LittleEndian(file.AsSpan(at + 12 + size)));
            // Event: wall_time = 1 (8 bytes), step = 2, summary = 5 { value = 1 { tag = 1, simple_value = 2 } }.
            if (record[9] == 0x10)
            {
                Assert.Equal([0x2a, 0x0a, 0x0a], [record[11], record[13], record[15]]);
                var tag = Encoding.UTF8.GetString(record.Slice(17, record[16]));
                values[string.Create(CultureInfo.InvariantCulture, $"{tag} {record[10]}")] = BinaryPrimitives.ReadSingleLittleEndian(record[^4..]);
            }

            at += 16 + size;
        }

        return values;
    }

    // CRC-32C, masked as the format asks for.
    private static uint Sum(ReadOnlySpan<byte> bytes)
    {
        var sum = uint.MaxValue;
        foreach (var value in bytes)
        {
            sum = BitOperations.Crc32C(sum, value);
        }

        sum = ~sum;
        return BitOperations.RotateRight(sum, 15) + 0xa282ead8;
    }
}
