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

    private static readonly string[] Small = ["model1a", "--data", "sample", "--train-images", "96", "--test-images", "50", "--threads", "1"];

    [Fact]
    public void Every_epoch_stands_in_the_event_file_as_TensorBoard_reads_it()
    {
        var start = DateTimeOffset.UtcNow;
        Assert.Equal(0, program.Run([.. Small, "--epochs", "2", "--validation-split", "0.2", "--tensorboard", "--output", "run"]));

        CheckEvents(epochs: 2, start);
    }

    [Fact]
    public void A_run_that_is_continued_goes_on_writing_and_adds_what_is_missing()
    {
        var start = DateTimeOffset.UtcNow;
        Assert.Equal(0, program.Run([.. Small, "--epochs", "2", "--validation-split", "0.2", "--tensorboard", "--output", "run"]));
        var file = EventFile();
        // As a program leaves it that was killed while it wrote the second epoch.
        using (var stream = new FileStream(file, FileMode.Open))
        {
            stream.SetLength(stream.Length - 10);
        }

        Assert.Equal(0, program.Run("train", "model1a", "--resume", "run", "--epochs", "3"));

        CheckEvents(epochs: 3, start);
    }

    [Fact]
    public void What_is_known_of_an_epoch_only_at_the_end_is_added_once()
    {
        var start = DateTimeOffset.UtcNow;
        Assert.Equal(0, program.Run([.. Small, "--epochs", "2", "--test-at-end", "--tensorboard", "--output", "run"]));
        File.Delete("run/result.json");
        Assert.Equal(0, program.Run("train", "model1a", "--resume", "run"));

        Assert.Equal(
            ["accuracy/test 2", "accuracy/train 1", "accuracy/train 2", "loss/test 2", "loss/train 1", "loss/train 2", "seconds/train 1", "seconds/train 2"],
            Events(File.ReadAllBytes(EventFile()), start).Keys.Order(StringComparer.Ordinal));
    }

    private static string EventFile() => Assert.Single(Directory.GetFiles("run/tensorboard", "events.out.tfevents.*"));

    private void CheckEvents(int epochs, DateTimeOffset start)
    {
        var values = Events(File.ReadAllBytes(EventFile()), start);
        using var history = JsonDocument.Parse(program.Read("run/history.json"));
        Assert.Equal(epochs, history.RootElement.GetArrayLength());
        Assert.Equal(epochs * 7, values.Count);
        foreach (var epoch in history.RootElement.EnumerateArray())
        {
            foreach (var (tag, key) in new[] { ("loss/train", "train_loss"), ("loss/test", "test_loss"), ("loss/validation", "validation_loss"), ("accuracy/train", "train_accuracy"), ("accuracy/test", "test_accuracy"), ("accuracy/validation", "validation_accuracy") })
            {
                Assert.Equal((float)epoch.GetProperty(key).GetDouble(), values[$"{tag} {epoch.GetProperty("epoch").GetInt32()}"]);
            }
        }
    }

    /// <summary>The scalars of a file, by tag and step: records of a length, its sum, a protocol buffer and its sum.</summary>
    private static Dictionary<string, float> Events(byte[] file, DateTimeOffset start)
    {
        var values = new Dictionary<string, float>();
        for (var at = 0; at < file.Length;)
        {
            var size = (int)BinaryPrimitives.ReadInt64LittleEndian(file.AsSpan(at));
            Assert.Equal(Sum(file.AsSpan(at, 8)), BinaryPrimitives.ReadUInt32LittleEndian(file.AsSpan(at + 8)));
            var record = file.AsSpan(at + 12, size);
            Assert.Equal(Sum(record), BinaryPrimitives.ReadUInt32LittleEndian(file.AsSpan(at + 12 + size)));
            // Event: wall_time = 1 (8 bytes, Unix seconds), step = 2, file_version = 3, summary = 5 { value = 1 { tag = 1, simple_value = 2 } }.
            Assert.Equal(0x09, record[0]);
            Assert.InRange(BinaryPrimitives.ReadDoubleLittleEndian(record[1..]), start.ToUnixTimeSeconds(), DateTimeOffset.UtcNow.ToUnixTimeSeconds() + 1);
            if (at == 0)
            {
                Assert.Equal("brain.Event:2", Encoding.UTF8.GetString(record[11..]));
            }
            else
            {
                Assert.Equal([0x10, 0x2a], [record[9], record[11]]);
                // The summary's length takes one byte or two.
                for (var value = record[12] < 128 ? 13 : 14; value < record.Length; value += 2 + record[value + 1])
                {
                    Assert.Equal([0x0a, 0x0a], [record[value], record[value + 2]]);
                    var tag = Encoding.UTF8.GetString(record.Slice(value + 4, record[value + 3]));
                    Assert.True(values.TryAdd(string.Create(CultureInfo.InvariantCulture, $"{tag} {record[10]}"), BinaryPrimitives.ReadSingleLittleEndian(record.Slice(value + 5 + record[value + 3]))));
                }
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
