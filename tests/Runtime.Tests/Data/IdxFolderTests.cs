using System.Runtime.Versioning;
using FashionCnn.Data;
using FashionCnn.Models;
using Xunit;

namespace FashionCnn.Runtime.Tests.Data;

public sealed class IdxFolderTests : IDisposable
{
    private readonly TemporaryFolder folder = new();

    public void Dispose() => folder.Dispose();

    [Theory]
    [InlineData("")]
    [InlineData(".gz")]
    public void Another_data_set_is_read_and_named_as_unverified_with_numbered_classes(string ending)
    {
        IdxBytes.WriteFolder(folder.Path, ending);

        var data = Open();

        Assert.False(data.Verified);
        Assert.False(data.IsSample);
        Assert.Contains("Unverified data", data.Notice, StringComparison.Ordinal);
        Assert.Equal(["0", "1", "2", "3", "4", "5", "6", "7", "8", "9"], data.ClassNames);
        Assert.Equal((4, 2), (data.Train.Count, data.Test.Count));
        Assert.Equal(new ImageShape(2, 3, 1), data.Train.Shape);
        Assert.Equal(Enumerable.Range(0, 24).Select(i => (byte)i), data.Train.Pixels);
        Assert.Equal([3, 4], data.Test.Labels);
    }

    [Fact]
    public void A_dot_before_idx_is_accepted()
    {
        IdxBytes.WriteFolder(folder.Path);
        File.Move(folder.File("train-images-idx3-ubyte"), folder.File("train-images.idx3-ubyte"));

        Assert.Equal(4, Open().Train.Count);
    }

    [Fact]
    public void Color_images_and_labels_of_32_bits_are_read()
    {
        IdxBytes.WriteFolder(folder.Path);
        File.Delete(folder.File("train-images-idx3-ubyte"));
        File.Delete(folder.File("train-labels-idx1-ubyte"));
        File.WriteAllBytes(folder.File("train-images-idx4-ubyte.gz"), IdxBytes.Gzip([.. IdxBytes.Header(2052, 3, 1, 2, 3), .. Enumerable.Range(0, 18).Select(i => (byte)(10 * i))]));
        File.WriteAllBytes(folder.File("train-labels-idx1-int"), IdxBytes.Header(3073, 3, 0, 299, 1));
        File.WriteAllBytes(folder.File("t10k-images-idx3-ubyte"), [.. IdxBytes.Header(2052, 2, 1, 2, 3), .. Enumerable.Range(0, 12).Select(i => (byte)i)]);

        var data = Open();

        Assert.Equal((new ImageShape(1, 2, 3), new ImageShape(1, 2, 3)), (data.Train.Shape, data.Test.Shape));
        Assert.Equal(Enumerable.Range(0, 18).Select(i => (byte)(10 * i)), data.Train.Pixels);
        Assert.Equal([0, 299, 1], data.Train.Labels);
        Assert.Equal(300, data.ClassNames.Count);
    }

    [Fact]
    public void The_same_images_have_the_same_sum_in_either_form_of_labels()
    {
        IdxBytes.WriteFolder(folder.Path);
        var bytes = Open().Train.Fingerprint;
        File.Delete(folder.File("train-labels-idx1-ubyte"));
        File.WriteAllBytes(folder.File("train-labels-idx1-int"), IdxBytes.Header(3073, 4, 0, 1, 2, 9));

        Assert.Equal(bytes, Open().Train.Fingerprint);
    }

    [Fact]
    public void Three_classes_are_three_with_the_names_in_a_file()
    {
        IdxBytes.WriteFolder(folder.Path);
        File.WriteAllBytes(folder.File("train-labels-idx1-ubyte"), IdxBytes.Labels(0, 1, 2, 0));
        File.WriteAllBytes(folder.File("t10k-labels-idx1-ubyte"), IdxBytes.Labels(1, 2));
        Assert.Equal(["0", "1", "2"], Open().ClassNames);

        File.WriteAllText(folder.File("classes.txt"), "daisy\nrose\n tulip \n\n");
        Assert.Equal(["daisy", "rose", "tulip"], Open().ClassNames);
        Assert.EndsWith("with the class names in classes.txt.", Open().Notice, StringComparison.Ordinal);

        File.WriteAllText(folder.File("classes.txt"), "daisy\nrose\n");
        Assert.Equal($"{folder.File("classes.txt")}: the file has 2 names, but the labels go up to 2. Write 3 names, one for each class.", Assert.Throws<InputException>(Open).Message);
        File.WriteAllText(folder.File("classes.txt"), "daisy\n\nrose\n");
        Assert.Equal($"{folder.File("classes.txt")}: line 2 is empty. Write the name of class 1 there.", Assert.Throws<InputException>(Open).Message);
        File.WriteAllText(folder.File("classes.txt"), "daisy\nrose\ndaisy\n");
        Assert.Equal($"{folder.File("classes.txt")}: the name daisy occurs twice. Give each class a name of its own.", Assert.Throws<InputException>(Open).Message);
    }

    [Fact]
    public void A_set_may_have_no_test_images()
    {
        IdxBytes.WriteFolder(folder.Path);
        File.Delete(folder.File("t10k-images-idx3-ubyte"));
        File.Delete(folder.File("t10k-labels-idx1-ubyte"));

        Assert.Equal((4, 0), (Open().Train.Count, Open().Test.Count));
    }

    public static TheoryData<string, byte[]?, string> Damages => new()
    {
        { "train-images-idx3-ubyte", null, "train-images-idx3-ubyte is missing there (each with or without .gz)" },
        { "train-images-idx3-ubyte", IdxBytes.Labels(1, 2, 3, 4), "train-images-idx3-ubyte: this is an IDX file of labels, but images are expected under that name." },
        { "t10k-labels-idx1-ubyte", IdxBytes.Images(1, 2, 3, _ => 0), "t10k-labels-idx1-ubyte: this is an IDX file of images, but labels are expected under that name." },
        { "train-labels-idx1-ubyte", "<html>not found</html>"u8.ToArray(), "train-labels-idx1-ubyte: not an IDX file of labels: it begins with 1013478509, not with 2049 or 3073." },
        { "train-labels-idx1-ubyte", IdxBytes.Gzip(IdxBytes.Labels(0, 1, 2, 3)), "train-labels-idx1-ubyte: this is a gzip file; give it a name that ends in .gz." },
        { "train-images-idx3-ubyte", IdxBytes.Images(4, 2, 3, _ => 0)[..^1], "the file is truncated: its header announces 4 images, 24 bytes, but only 23 follow." },
        { "train-images-idx3-ubyte", [0, 0, 8, 3, 0], "the file ends within its header of 16 bytes." },
        { "train-images-idx3-ubyte", [.. IdxBytes.Images(4, 2, 3, _ => 0), 7], "the file has more data than the 4 images that its header announces." },
        { "train-images-idx3-ubyte", IdxBytes.Images(3, 2, 3, _ => 0), "holds 3 images, but" },
        { "train-images-idx3-ubyte", IdxBytes.Header(2051, 0, 28, 28), "the header announces 0 images of 28x28; expected at least one image" },
        { "train-images-idx3-ubyte", IdxBytes.Header(2051, int.MaxValue, 28, 28), "at most 1 GiB in all" },
        { "train-images-idx3-ubyte", IdxBytes.Header(2052, 4, 3, 28, 28), "its images are 3x28x28; the last of these numbers must be 1 (gray) or 3 (red, green, blue). Write the channels of each pixel side by side." },
        { "train-images-idx3-ubyte", IdxBytes.Header(2052, 4, 3, 28), "the file ends within its header of 20 bytes." },
        { "train-labels-idx1-ubyte", IdxBytes.Header(3073, 4, 0, 1, -2, 0), "label 2 is -2; labels are numbers from 0 to 65,535. Correct the labels." },
        { "train-labels-idx1-ubyte", IdxBytes.Header(3073, 4, 0, 1, 0x01000000, 0), "label 2 is 16777216; labels are numbers from 0 to 65,535." },
        { "train-labels-idx1-ubyte", IdxBytes.Header(3073, 0x3FFFFFFF), "the header announces 1073741823 labels; expected at least one, and at most 1 GiB in all." },
        { "train-images-idx3-ubyte", IdxBytes.Header(2051, 4, -1, 28), "the header announces 4 images of -1x28" },
    };

    [Theory]
    [MemberData(nameof(Damages))]
    public void Bad_data_gives_one_message_that_names_the_file_and_what_was_expected(string file, byte[]? content, string message)
    {
        IdxBytes.WriteFolder(folder.Path);
        File.Delete(folder.File(file));
        if (content is not null)
        {
            File.WriteAllBytes(folder.File(file), content);
        }

        var exception = Assert.Throws<InputException>(Open);

        Assert.Contains(message, exception.Message, StringComparison.Ordinal);
        Assert.Contains(folder.Path, exception.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Damaged_compression_is_named()
    {
        IdxBytes.WriteFolder(folder.Path, ".gz");
        var path = folder.File("train-images-idx3-ubyte.gz");
        File.WriteAllBytes(path, File.ReadAllBytes(path)[..^20]);
        Assert.StartsWith($"{path}: the file is", Assert.Throws<InputException>(Open).Message, StringComparison.Ordinal);

        File.WriteAllText(path, "no gzip");
        Assert.StartsWith($"{path}: the file is damaged", Assert.Throws<InputException>(Open).Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(1)]
    [InlineData(4)]
    [InlineData(8)]
    [InlineData(9)]
    public void Compressed_data_whose_end_was_cut_is_refused(int bytes)
    {
        IdxBytes.WriteFolder(folder.Path, ".gz");
        var path = folder.File("t10k-labels-idx1-ubyte.gz");
        File.WriteAllBytes(path, File.ReadAllBytes(path)[..^bytes]);

        Assert.StartsWith($"{path}: the file is damaged or truncated: ", Assert.Throws<InputException>(Open).Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(1)]
    [InlineData(8)]
    [InlineData(512)]
    [InlineData(100_000)]
    public void Compressed_data_that_something_follows_is_refused(int bytes)
    {
        IdxBytes.WriteFolder(folder.Path, ".gz");
        var path = folder.File("train-images-idx3-ubyte.gz");
        var whole = File.ReadAllBytes(path);
        foreach (var value in new byte[] { 0, 65 })
        {
            File.WriteAllBytes(path, [.. whole, .. Enumerable.Repeat(value, bytes)]);

            Assert.StartsWith($"{path}: the file is damaged or truncated: ", Assert.Throws<InputException>(Open).Message, StringComparison.Ordinal);
        }
    }

    // As split and joined, or as some tools write it: RFC 1952 allows members one after the other.
    [Theory]
    [InlineData(5)]
    [InlineData(16)]
    [InlineData(30)]
    public void Compressed_data_in_two_parts_is_read(int split)
    {
        IdxBytes.WriteFolder(folder.Path, ".gz");
        var content = IdxBytes.Images(4, 2, 3, i => (byte)(50 + i));
        File.WriteAllBytes(folder.File("train-images-idx3-ubyte.gz"), [.. IdxBytes.Gzip(content[..split]), .. IdxBytes.Gzip(content[split..])]);

        Assert.Equal(50, Open().Train.Pixels[0]);
    }

    [Fact]
    public void A_plain_and_a_compressed_file_must_be_alike()
    {
        IdxBytes.WriteFolder(folder.Path);
        IdxBytes.WriteFolder(folder.Path, ".gz");
        Assert.Equal(4, Open().Train.Count);

        File.WriteAllBytes(folder.File("train-labels-idx1-ubyte"), IdxBytes.Labels(0, 1, 2, 8));

        Assert.Equal(
            $"{folder.File("train-labels-idx1-ubyte.gz")} and {folder.File("train-labels-idx1-ubyte")} stand for the same file, but their contents differ. Remove the one that you do not want.",
            Assert.Throws<InputException>(Open).Message);
        File.Move(folder.File("train-labels-idx1-ubyte.gz"), folder.File("train-labels.idx1-ubyte.gz"));
        Assert.Contains("stand for the same file", Assert.Throws<InputException>(Open).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void The_place_of_the_data_is_kept_in_full()
    {
        IdxBytes.WriteFolder(folder.Path);

        Assert.Equal(folder.Path, Open(Path.GetRelativePath(Environment.CurrentDirectory, folder.Path)).Location);
        Assert.Equal(folder.Path, Path.TrimEndingDirectorySeparator(Open(Path.Combine(folder.Path, ".") + Path.DirectorySeparatorChar).Location));
    }

    [Fact]
    public void A_directory_in_the_place_of_a_file_is_named()
    {
        IdxBytes.WriteFolder(folder.Path);
        File.Delete(folder.File("t10k-labels-idx1-ubyte"));
        Directory.CreateDirectory(folder.File("t10k-labels-idx1-ubyte"));

        Assert.EndsWith("t10k-labels-idx1-ubyte: this is a directory, but an IDX file is expected under that name.", Assert.Throws<InputException>(Open).Message, StringComparison.Ordinal);
    }

    [PermissionFact]
    [UnsupportedOSPlatform("windows")]
    public void A_file_that_may_not_be_read_is_named()
    {
        IdxBytes.WriteFolder(folder.Path);
        File.SetUnixFileMode(folder.File("t10k-labels-idx1-ubyte"), UnixFileMode.None);

        Assert.EndsWith("t10k-labels-idx1-ubyte: permission denied; check the file's permissions.", Assert.Throws<InputException>(Open).Message, StringComparison.Ordinal);
    }

    // A file that not even root can read: its first address is nobody's memory.
    [LinuxFact]
    public void A_file_that_cannot_be_read_is_named()
    {
        IdxBytes.WriteFolder(folder.Path);
        File.Delete(folder.File("t10k-labels-idx1-ubyte"));
        File.CreateSymbolicLink(folder.File("t10k-labels-idx1-ubyte"), "/proc/self/mem");

        Assert.Contains("t10k-labels-idx1-ubyte: the file cannot be read: ", Assert.Throws<InputException>(Open).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void All_files_that_are_missing_are_named()
    {
        IdxBytes.WriteFolder(folder.Path);
        File.Delete(folder.File("train-images-idx3-ubyte"));
        File.Delete(folder.File("t10k-labels-idx1-ubyte"));

        Assert.StartsWith(
            $"{folder.Path}: train-images-idx3-ubyte, t10k-labels-idx1-ubyte are missing there (each with or without .gz).",
            Assert.Throws<InputException>(Open).Message,
            StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("smaple", "; did you mean 'sample'? ")]
    [InlineData("Sample", "; did you mean 'sample'? ")]
    [InlineData("my-images", ". ")]
    public void A_folder_that_does_not_exist_is_named_with_what_to_do(string choice, string suggestion) => Assert.Equal(
        $"{choice}: there is no such folder{suggestion}Give the folder that holds the data, or sample for the built-in sample.",
        Assert.Throws<InputException>(() => Open(choice)).Message);

    [Fact]
    public void A_file_in_the_place_of_the_folder_is_named()
    {
        File.WriteAllText(folder.File("x"), string.Empty);

        Assert.EndsWith("this is a file, but the folder that holds the data is expected.", Assert.Throws<InputException>(() => Open(folder.File("x"))).Message, StringComparison.Ordinal);
    }

    private DataSet Open() => Open(folder.Path);

    private static DataSet Open(string choice) => DataSets.Open(choice, NoMachine.Environment);
}
