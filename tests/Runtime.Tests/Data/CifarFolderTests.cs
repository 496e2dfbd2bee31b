using FashionCnn.Data;
using FashionCnn.Models;
using Xunit;

namespace FashionCnn.Runtime.Tests.Data;

public sealed class CifarFolderTests : IDisposable
{
    private const int Plane = 32 * 32;

    private readonly TemporaryFolder folder = new();

    public void Dispose() => folder.Dispose();

    [Fact]
    public void The_batches_of_CIFAR_10_are_read_with_the_channels_of_each_pixel_side_by_side()
    {
        WriteTen();

        var data = Open();

        Assert.Equal((6, 1, DataKind.Cifar), (data.Train.Count, data.Test.Count, data.Kind));
        Assert.Equal([1, 2, 3, 4, 5, 9], data.Train.Labels);
        Assert.Equal(new ImageShape(32, 32, 3), data.Train.Shape);
        // Red is the label, green the row, blue the column.
        for (var i = 0; i < data.Train.Count; i++)
        {
            Assert.Equal([(byte)data.Train.Labels[i], 3, 7], data.Train.Image(i)[(((3 * 32) + 7) * 3)..(((3 * 32) + 8) * 3)]);
        }

        Assert.Equal(DataSet.Numbers(10), data.ClassNames);
        string[] names = ["airplane", "automobile", "bird", "cat", "deer", "dog", "frog", "horse", "ship", "truck"];
        File.WriteAllLines(folder.File("batches.meta.txt"), [.. names, string.Empty]);
        Assert.Equal(names, Open().ClassNames);
    }

    [Fact]
    public void Of_CIFAR_100_the_second_label_is_the_class()
    {
        File.WriteAllBytes(folder.File("train.bin"), [19, .. Record(99), 3, .. Record(42)]);

        var data = Open();

        Assert.Equal([99, 42], data.Train.Labels);
        Assert.Equal((100, 0), (data.ClassNames.Count, data.Test.Count));
    }

    [Fact]
    public void What_is_missing_or_wrong_is_named()
    {
        WriteTen();
        File.WriteAllBytes(folder.File("data_batch_2.bin"), Record(2)[..^1]);
        Assert.Equal($"{folder.File("data_batch_2.bin")}: the file has 3,072 bytes, which is not a whole number of CIFAR-10's images of 3,073 bytes. Get the file again.", Refusal());
        File.WriteAllBytes(folder.File("data_batch_2.bin"), [.. Record(2), .. Record(10)]);
        Assert.Equal($"{folder.File("data_batch_2.bin")}: the label of image 1 is 10, but CIFAR-10 has the classes 0 to 9. Get the file again.", Refusal());
        File.Delete(folder.File("data_batch_2.bin"));
        Assert.StartsWith($"{folder.Path}: data_batch_2.bin is missing there. CIFAR-10 has data_batch_1.bin, ", Refusal(), StringComparison.Ordinal);
    }

    // The files have holes: they take no room.
    [LinuxFact]
    public void Files_that_are_too_large_together_are_refused_before_they_are_read()
    {
        WriteTen();
        for (var batch = 1; batch <= 5; batch++)
        {
            using var file = File.OpenWrite(folder.File($"data_batch_{batch}.bin"));
            file.SetLength(3_073 * 250_000);
        }

        Assert.Equal($"{folder.Path}: data_batch_1.bin, data_batch_2.bin, data_batch_3.bin, data_batch_4.bin, data_batch_5.bin have 3,841,250,000 bytes; expected is at most 1 GiB. Get the files again.", Refusal());
    }

    private void WriteTen()
    {
        for (byte batch = 1; batch <= 5; batch++)
        {
            File.WriteAllBytes(folder.File($"data_batch_{batch}.bin"), batch == 5 ? [.. Record(5), .. Record(9)] : Record(batch));
        }

        File.WriteAllBytes(folder.File("test_batch.bin"), Record(0));
    }

    private static byte[] Record(byte label) =>
    [
        label,
        .. Enumerable.Repeat(label, Plane),
        .. Enumerable.Range(0, Plane).Select(i => (byte)(i / 32)),
        .. Enumerable.Range(0, Plane).Select(i => (byte)(i % 32)),
    ];

    private string Refusal() => Assert.Throws<InputException>(Open).Message;

    private DataSet Open() => DataSets.Open(folder.Path, NoMachine.Environment);
}
