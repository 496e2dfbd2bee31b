using FashionCnn.Data;
using FashionCnn.Models;
using Xunit;

namespace FashionCnn.Runtime.Tests.Data;

public sealed class PictureFolderTests : IDisposable
{
    private static readonly ImageShape Gray = new(4, 4, 1);

    private readonly TemporaryFolder folder = new();

    public void Dispose() => folder.Dispose();

    [Fact]
    public void Folders_are_classes_and_pictures_come_one_of_each_class_in_turn()
    {
        Write("tulip/b.png", 30);
        Write("tulip/a.PNG", 20);
        Write("rose/1.png", 200);
        Write("rose/2.png", 210);
        Write("rose/3.png", 220);
        File.WriteAllText(folder.File("rose/notes.txt"), "no picture");
        Write(".hidden/x.png", 1);

        var data = Open();

        Assert.Equal(["rose", "tulip"], data.ClassNames);
        Assert.Equal([0, 1, 0, 1, 0], data.Train.Labels);
        Assert.Equal(["rose/1.png", "tulip/a.PNG", "rose/2.png", "tulip/b.png", "rose/3.png"], Enumerable.Range(0, 5).Select(data.Train.NameOf));
        // Light pictures are not inverted: predict inverts because Fashion-MNIST is dark around its things.
        Assert.Equal([200, 20, 210, 30, 220], Enumerable.Range(0, 5).Select(i => (int)data.Train.Image(i)[5]));
        Assert.Equal((0, false, DataKind.Pictures), (data.Test.Count, data.Verified, data.Kind));
    }

    [Fact]
    public void Test_pictures_lie_beside_training_pictures()
    {
        Write("train/rose/1.png", 1);
        Write("train/tulip/1.png", 2);
        Write("test/tulip/9.png", 3);
        Write("validation/rose/5.png", 3);

        var data = Open();

        Assert.Equal((2, "test/tulip/9.png", 1), (data.Train.Count, data.Test.NameOf(0), data.Test.Labels[0]));
        Assert.Equal($"Of {folder.Path}, only train and test are used, not validation.", data.Notice);
        Assert.Equal($"{Path.GetFileName(folder.Path)} ({folder.Path}) has test images of its own. Omit test_split.", Refusal(new TestSplit(0.5)));

        Write("test/lily/1.png", 3);
        Assert.Equal($"{folder.File("test/lily")}: there is no training picture of this class. Classes: rose, tulip.", Refusal());
    }

    [Fact]
    public void A_file_gives_the_order_of_the_folders_or_names_for_numbers()
    {
        for (var label = 0; label < 11; label++)
        {
            Write($"{label}/x.png", (byte)label);
        }

        Assert.Equal(DataSet.Numbers(11), Open().ClassNames);
        Assert.Equal(Enumerable.Range(0, 11).Select(label => (byte)label), Open().Train.Pixels.Where((_, i) => i % 16 == 0));

        File.WriteAllLines(folder.File("classes.txt"), "zero one two three four five six seven eight nine ten eleven".Split(' '));
        Assert.Equal(("ten", 12, 10), (Open().ClassNames[10], Open().ClassNames.Count, Open().Train.Labels[10]));

        File.WriteAllLines(folder.File("classes.txt"), "zero one two three four five six seven eight nine".Split(' '));
        Assert.StartsWith($"{folder.File("classes.txt")}: there is no name for the folder 10 in it.", Refusal(), StringComparison.Ordinal);

        File.WriteAllLines(folder.File("classes.txt"), Enumerable.Range(0, 11).Reverse().Select(label => $"{label}"));
        Assert.Equal((10, "10"), (Open().Train.Labels[10], Open().ClassNames[0]));
        Assert.Equal(0, Open().Train.Image(10)[0]);
    }

    [Theory]
    [InlineData(long.MaxValue)]
    [InlineData(0)]
    public void A_broken_picture_is_left_out_and_named(long memory)
    {
        Write("rose/1.png", 1);
        Write("rose/2.png", 2);
        Write("tulip/1.png", 3);
        File.WriteAllText(folder.File("rose/1.png"), "no picture");

        var data = Open(memory: memory);

        Assert.Equal([$"{folder.File("rose/1.png")}: not a PNG, JPEG, WebP, BMP or GIF image, or its beginning is damaged."], data.LeftOut);
        Assert.Equal(["tulip/1.png", "rose/2.png"], Enumerable.Range(0, 2).Select(data.Train.NameOf));
        Assert.Equal((memory > 0, 3, 2), (data.Train.IsHeld, data.Train.Image(0)[0], data.Train.Image(1)[0]));
    }

    [Fact]
    public void Held_or_not_the_images_are_the_same_in_every_selection()
    {
        WriteMany(classes: 2, each: 15);

        var (held, read) = (Open(), Open(memory: 0));

        Assert.Equal((true, false), (held.Train.IsHeld, read.Train.IsHeld));
        foreach (var select in new Func<ImageSet, ImageSet>[] { images => images, images => images.Take(7), images => images.Select([5, 3, 8]), images => images.Split(0.2, 1, -1).Part })
        {
            var (first, second) = (select(held.Train), select(read.Train));
            Assert.Equal(first.Fingerprint, second.Fingerprint);
            Assert.Equal(first.Pixels, Enumerable.Range(0, second.Count).SelectMany(second.Image));
        }

        Assert.NotEqual(held.Train.Fingerprint, held.Train.Take(29).Fingerprint);
    }

    [Fact]
    public void A_picture_that_was_changed_while_it_was_in_use_is_named()
    {
        WriteMany(classes: 2, each: 2);
        var data = Open(memory: 0);
        Write("c0/0.png", 77);

        Assert.Equal($"{folder.File("c0/0.png")}: the picture was changed while it was in use. Restore it, or start a new run.", Assert.Throws<InputException>(() => data.Train.Image(0)).Message);
    }

    [Fact]
    public void What_goes_wrong_where_progress_is_shown_is_thrown_as_it_is()
    {
        WriteMany(classes: 2, each: 8);

        Assert.Equal("full", Assert.Throws<IOException>(() => DataSets.Open(new DataRequest(folder.Path, Gray), NoMachine.Environment, _ => throw new IOException("full"))).Message);
    }

    [Theory]
    [InlineData(1, 1, 2)]
    [InlineData(64, 1 << 20, 128)]
    [InlineData(64, 256 * 224 * 224 * 3, 13)]
    [InlineData(2, int.MaxValue, 2)]
    public void Two_batches_per_thread_are_decoded_ahead_as_long_as_they_are_not_too_large(int threads, long bytes, int expected) =>
        Assert.Equal(expected, PictureDecoder.Ahead(threads, bytes));

    [Fact]
    public void A_batch_that_no_array_holds_is_refused()
    {
        using var decoder = new PictureDecoder(new ImageSet([], [], new ImageShape(1_024, 1_024, 3)));

        var exception = Assert.Throws<InputException>(() => decoder.Begin(order: null, [(0, 700)], from: 0));

        Assert.Equal("A batch of 700 pictures of 1024x1024x3 takes 2100 MiB, more than the 2 GiB that one may take. Use a smaller batch size.", exception.Message);
        Assert.Equal("batch_size", exception.Setting);
    }

    [Fact]
    public void A_split_takes_the_same_fraction_of_each_class_by_its_own_seed()
    {
        WriteMany(classes: 3, each: 10);

        var data = Open(new TestSplit(0.2, 5));

        Assert.Equal([8, 8, 8], data.Train.CountsOf(3));
        Assert.Equal([2, 2, 2], data.Test.CountsOf(3));
        Assert.Equal(30, Names(data.Train).Concat(Names(data.Test)).Distinct().Count());
        Assert.Equal(Names(data.Test), Names(Open(new TestSplit(0.2, 5)).Test));
        Assert.NotEqual(Names(data.Test), Names(Open(new TestSplit(0.2, 6)).Test));
        Assert.Equal("test_split 0.01 of 30 images leaves none to test on. Use more images or another fraction.", Refusal(new TestSplit(0.01)));
    }

    [Fact]
    public void Folders_that_cannot_be_used_are_named_with_what_is_expected()
    {
        Assert.StartsWith($"{folder.Path}: there is no data in this folder. Expected are four IDX files (train-images-idx3-ubyte, ", Refusal(), StringComparison.Ordinal);
        Write("loose.png", 1);
        Assert.Equal($"{folder.Path}: pictures are expected in a folder for each class, such as rose/1.jpg, but loose.png lies outside of one. Move it into the folder of its class.", Refusal());
        File.Delete(folder.File("loose.png"));
        Write("rose/1.png", 1);
        Assert.Equal($"{folder.Path}: a folder of pictures is expected for each of at least two classes, but there is only rose.", Refusal());
        Directory.CreateDirectory(folder.File("tulip"));
        Assert.StartsWith($"{folder.File("tulip")}: there is no picture in this folder: no file whose name ends in .png, ", Refusal(), StringComparison.Ordinal);
        Directory.CreateDirectory(folder.File("test"));
        Assert.StartsWith($"{folder.Path}: there is a folder test, but none called train beside it.", Refusal(), StringComparison.Ordinal);
        Assert.StartsWith($"{folder.Path}: this folder holds pictures, which are fitted to the input of a model, but which model that is, is not known.", Assert.Throws<InputException>(() => DataSets.Open(folder.Path, NoMachine.Environment)).Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("runs/net/2026-01-02-1/run.lock")]
    [InlineData("runs/net/2026-01-02-1/config.json")]
    [InlineData("runs/net/2026-01-02-1/spec.json.12-0123456789abcdef0123456789abcdef.tmp")]
    [InlineData("run/run.lock")]
    [InlineData("runs/net/2026-01-02-1")]
    [InlineData("runs/net")]
    public void What_a_killed_run_left_in_the_folder_is_no_class(string remains)
    {
        Write("rose/1.png", 1);
        Write("tulip/1.png", 2);
        Write("tulip/old/9.png", 2);
        if (Path.HasExtension(remains))
        {
            Write(remains, 0);
        }
        else
        {
            Directory.CreateDirectory(folder.File(remains));
        }

        Assert.Equal(["rose", "tulip"], Open().ClassNames);

        // Whatever else lies there is a class whose pictures are missing.
        Directory.CreateDirectory(folder.File("lily/old"));
        File.WriteAllText(folder.File("lily/notes.txt"), "Where are my pictures?");
        Assert.StartsWith($"{folder.File("lily")}: there is no picture in this folder", Refusal(), StringComparison.Ordinal);
    }

    [Fact]
    public void A_picture_of_any_size_is_fitted_and_turned()
    {
        Directory.CreateDirectory(folder.File("a"));
        File.WriteAllBytes(folder.File("a/1.jpg"), Pictures.WithOrientation(Pictures.Encoded(Pictures.Gray(40, 40, (x, _) => (byte)(x < 20 ? 20 : 220)), SkiaSharp.SKEncodedImageFormat.Jpeg), 6));
        Write("b/1.png", 9);

        var image = Open().Train.Image(0);

        // Turned to the right, the dark left half is on top.
        Assert.All(image[..8], value => Assert.InRange(value, 10, 30));
        Assert.All(image[8..], value => Assert.InRange(value, 210, 230));
    }

    private static IEnumerable<string?> Names(ImageSet images) => Enumerable.Range(0, images.Count).Select(images.NameOf);

    private void WriteMany(int classes, int each)
    {
        for (var i = 0; i < classes * each; i++)
        {
            Write($"c{i % classes}/{i / classes}.png", (byte)(3 * i));
        }
    }

    private void Write(string name, byte value)
    {
        Directory.CreateDirectory(Path.GetDirectoryName(folder.File(name))!);
        File.WriteAllBytes(folder.File(name), Pictures.Encoded(Pictures.Gray(4, 4, (_, _) => value)));
    }

    private string Refusal(TestSplit? split = null) => Assert.Throws<InputException>(() => Open(split)).Message;

    private DataSet Open(TestSplit? split = null, long memory = long.MaxValue) =>
        DataSets.Open(new DataRequest(folder.Path, Gray, split), NoMachine.Environment with { PictureMemory = memory });
}
