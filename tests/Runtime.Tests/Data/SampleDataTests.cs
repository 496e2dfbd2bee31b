using System.IO.Compression;
using System.Runtime.CompilerServices;
using FashionCnn.Data;
using Xunit;

namespace FashionCnn.Runtime.Tests.Data;

public sealed class SampleDataTests
{
    [Fact]
    public void The_sample_is_balanced_and_says_how_to_get_the_full_set()
    {
        var data = DataSets.Open("sample", NoMachine.Environment);

        Assert.True(data.IsSample);
        Assert.Equal((6_000, 1_000), (data.Train.Count, data.Test.Count));
        Assert.All(data.Train.Labels.CountBy(label => label), pair => Assert.Equal(600, pair.Value));
        Assert.All(data.Test.Labels.CountBy(label => label), pair => Assert.Equal(100, pair.Value));
        Assert.Equal("Ankle boot", data.ClassNames[9]);
        Assert.Contains("dataset-fashion-mnist", data.Notice, StringComparison.Ordinal);
    }

    [Fact]
    public void The_license_goes_with_it()
    {
        using var license = new StreamReader(typeof(DataSets).Assembly.GetManifestResourceStream("FashionCnn.Data.Sample.LICENSE.txt")!);

        Assert.Contains("The MIT License (MIT) Copyright © 2017 Zalando SE", license.ReadToEnd(), StringComparison.Ordinal);
    }

    // ACCEPT_SNAPSHOTS=1 writes the resource that this compares with.
    [FullSetFact]
    public void The_sample_is_the_first_of_each_class_of_the_full_set()
    {
        var full = DataSets.Open(FullSetFactAttribute.Folder, NoMachine.Environment);
        Assert.True(full.Verified);
        var train = First(full.Train, SampleData.TrainPerClass);
        var test = First(full.Test, SampleData.TestPerClass);
        if (Environment.GetEnvironmentVariable("ACCEPT_SNAPSHOTS") == "1")
        {
            Assert.True(Environment.GetEnvironmentVariable("CI") is null or "", "ACCEPT_SNAPSHOTS is refused when CI is set.");
            Write(train, test);
            return;
        }

        var sample = DataSets.Open("sample", NoMachine.Environment);
        Assert.Equal(train.Pixels, sample.Train.Pixels);
        Assert.Equal(train.Labels, sample.Train.Labels);
        Assert.Equal(test.Pixels, sample.Test.Pixels);
        Assert.Equal(test.Labels, sample.Test.Labels);
    }

    private static ImageSet First(ImageSet full, int perClass)
    {
        var taken = new int[10];
        var places = Enumerable.Range(0, full.Count).Where(i => taken[full.Labels[i]]++ < perClass).ToList();
        return new ImageSet(
            [.. places.SelectMany(i => full.Pixels[(i * full.Shape.Count)..((i + 1) * full.Shape.Count)])],
            [.. places.Select(i => full.Labels[i])],
            full.Shape);
    }

    private static void Write(ImageSet train, ImageSet test, [CallerFilePath] string source = "")
    {
        var path = Path.Combine(Path.GetDirectoryName(source)!, "..", "..", "..", "src", "Runtime", "Data", "Sample", "fashion-mnist-sample.br");
        using var file = File.Create(path);
        using var stream = new BrotliStream(file, CompressionLevel.SmallestSize);
        foreach (var images in new[] { train, test })
        {
            stream.Write(IdxBytes.Header(2051, images.Count, images.Shape.Height, images.Shape.Width));
            stream.Write(images.Pixels);
            stream.Write(IdxBytes.Labels([.. images.Labels.Select(label => (byte)label)]));
        }
    }
}
