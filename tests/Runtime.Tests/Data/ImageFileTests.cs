using System.Runtime.Versioning;
using FashionCnn.Data;
using FashionCnn.Models;
using SkiaSharp;
using Xunit;

namespace FashionCnn.Runtime.Tests.Data;

public sealed class ImageFileTests : IDisposable
{
    private const string Inverted = "inverted, because its background is light";

    private static readonly ImageShape Input = new(28, 28, 1);

    private static readonly Lazy<ImageSet> Sample = new(() => DataSets.Open("sample", NoMachine.Environment).Test);

    private readonly TemporaryFolder folder = new();

    /// <summary>The first test images; around all of them it is dark.</summary>
    public static TheoryData<int> Images => [.. Enumerable.Range(0, 10)];

    public void Dispose() => folder.Dispose();

    [Theory]
    [MemberData(nameof(Images))]
    public void A_test_image_comes_back_from_a_png_of_any_size_color_and_transparency(int index)
    {
        var pixel = Pictures.Image(Sample.Value.Pixels, Input, index);
        var expected = Sample.Value.Pixels[(index * Input.Count)..((index + 1) * Input.Count)];

        Check([], Pictures.Gray(28, 28, pixel));
        Check(["resized to 28x28"], Pictures.Gray(280, 280, (x, y) => pixel(x / 10, y / 10)));
        Check(["resized to 28x28", Inverted], Pictures.Gray(140, 140, (x, y) => (byte)(255 - pixel(x / 5, y / 5))));
        Check(["transparent parts made black"], Pictures.Draw(28, 28, (x, y) => SKColors.White.WithAlpha(pixel(x, y))));
        Check(["transparent parts made white", Inverted], Pictures.Draw(28, 28, (x, y) => SKColors.Black.WithAlpha(pixel(x, y))));

        void Check(string[] steps, SKBitmap picture)
        {
            var image = Read(Pictures.Encoded(picture));
            Assert.Equal(steps, image.Steps);
            Assert.Equal(expected, image.Pixels);
        }
    }

    [Theory]
    [MemberData(nameof(Images))]
    public void A_test_image_comes_back_nearly_from_a_jpeg(int index)
    {
        var pixel = Pictures.Image(Sample.Value.Pixels, Input, index);

        var image = Read(Pictures.Encoded(Pictures.Gray(280, 280, (x, y) => (byte)(255 - pixel(x / 10, y / 10))), SKEncodedImageFormat.Jpeg, 90));

        Assert.Equal((280, 280), (image.Width, image.Height));
        Assert.Equal(["resized to 28x28", Inverted], image.Steps);
        Assert.InRange(Enumerable.Range(0, Input.Count).Average(i => Math.Abs(image.Pixels[i] - pixel(i % 28, i / 28))), 0, 2);
    }

    [Fact]
    public void Proportions_stay_and_the_rest_is_background()
    {
        // 280x200, light: the test image in the middle, 200x200 of it.
        var pixel = Pictures.Image(Sample.Value.Pixels, Input, 0);
        byte Wide(int x, int y) => x is < 40 or >= 240 ? (byte)250 : (byte)(250 - (pixel((x - 40) * 28 / 200, y * 28 / 200) * 0.9));

        var image = Read(Pictures.Encoded(Pictures.Gray(280, 200, Wide)));

        Assert.Equal(["resized to 28x20", "padded to 28x28 with its background", Inverted], image.Steps);
        for (var y = 0; y < 28; y++)
        {
            for (var x = 0; x < 28; x++)
            {
                var mean = Enumerable.Range(0, 100).Average(i => y is < 4 or >= 24 ? 250 : Wide((x * 10) + (i % 10), ((y - 4) * 10) + (i / 10)));
                Assert.InRange(image.Pixels[(y * 28) + x], 255 - mean - 0.51, 255 - mean + 0.51);
            }
        }
    }

    [Fact]
    public void Each_pixel_of_a_smaller_image_is_the_mean_of_its_area()
    {
        var random = new Random(1);
        var source = Enumerable.Range(0, 37 * 23).Select(_ => (byte)random.Next(120)).ToArray();
        var image = ImageFile.Read(File(Pictures.Encoded(Pictures.Gray(37, 23, (x, y) => source[(y * 37) + x]))), new ImageShape(5, 8, 1));

        Assert.Equal(["resized to 8x5"], image.Steps);
        for (var i = 0; i < 40; i++)
        {
            // On a grid 8 times as wide and 5 times as high every new pixel covers 37x23 whole cells.
            var (left, top) = (i % 8 * 37, i / 8 * 23);
            var mean = Enumerable.Range(0, 37 * 23).Average(cell => source[((top + (cell / 37)) / 5 * 37) + ((left + (cell % 37)) / 8)]);
            Assert.InRange(image.Pixels[i], mean - 0.51, mean + 0.51);
        }
    }

    [Fact]
    public void A_larger_image_is_interpolated()
    {
        var image = ImageFile.Read(File(Pictures.Encoded(Pictures.Gray(2, 1, (x, _) => (byte)(x * 100)))), new ImageShape(2, 4, 1));

        Assert.Equal([0, 25, 75, 100, 0, 25, 75, 100], image.Pixels);
    }

    [Theory]
    [InlineData(10_000, 1)]
    [InlineData(1, 10_000)]
    [InlineData(1, 1)]
    public void Any_proportions_fit(int width, int height)
    {
        var image = Read(Pictures.Encoded(Pictures.Gray(width, height, (_, _) => 77)));

        Assert.All(image.Pixels, pixel => Assert.Equal(77, pixel));
    }

    [Fact]
    public void Colors_become_gray_as_bright_as_they_look()
    {
        SKColor[] colors = [SKColors.Red, SKColors.Lime, SKColors.Blue, SKColors.Black];
        var image = ImageFile.Read(File(Pictures.Encoded(Pictures.Draw(4, 1, (x, _) => colors[x]))), new ImageShape(1, 4, 1), invert: false);

        Assert.Equal([76, 150, 29, 0], image.Pixels);
        Assert.Equal(["converted to gray"], image.Steps);
    }

    [Fact]
    public void A_model_of_colors_gets_them_as_they_are()
    {
        var image = ImageFile.Read(File(Pictures.Encoded(Pictures.Draw(2, 2, (x, y) => new SKColor((byte)(200 + x), (byte)(210 + y), 220)))), new ImageShape(2, 2, 3));

        Assert.Equal([200, 210, 220, 201, 210, 220, 200, 211, 220, 201, 211, 220], image.Pixels);
        Assert.Empty(image.Steps);
    }

    [Fact]
    public void Inverting_can_be_asked_for_and_refused()
    {
        var light = File(Pictures.Encoded(Pictures.Gray(28, 28, (_, _) => 200)));

        Assert.Equal((55, 200, 55), (ImageFile.Read(light, Input).Pixels[0], ImageFile.Read(light, Input, invert: false).Pixels[0], ImageFile.Read(light, Input, invert: true).Pixels[0]));
        Assert.Equal(["inverted"], ImageFile.Read(light, Input, invert: true).Steps);
    }

    // Of a cut-out that fills its picture the border is the thing itself.
    [Fact]
    public void A_cut_out_keeps_its_contrast_even_where_it_touches_the_border()
    {
        var bag = Read(Pictures.Encoded(Pictures.Draw(28, 28, (x, y) => x is > 9 and < 19 && y is > 2 and < 8 ? SKColors.Transparent : Pictures.Gray(220))));

        Assert.Equal(["transparent parts made black"], bag.Steps);
        Assert.Equal((220, 0), (bag.Pixels[0], bag.Pixels[(5 * 28) + 14]));
    }

    // The specification names the sides of the scene at which the file's first row and first column are.
    [Theory]
    [InlineData(1, "top", "left")]
    [InlineData(2, "top", "right")]
    [InlineData(3, "bottom", "right")]
    [InlineData(4, "bottom", "left")]
    [InlineData(5, "left", "top")]
    [InlineData(6, "right", "top")]
    [InlineData(7, "right", "bottom")]
    [InlineData(8, "left", "bottom")]
    public void A_photo_is_turned_as_its_exif_data_say(byte orientation, string firstRow, string firstColumn)
    {
        byte[] scene = [10, 60, 110, 20, 70, 120];
        var rowsLieDown = firstRow is "top" or "bottom";
        var (width, height) = rowsLieDown ? (48, 32) : (32, 48);
        var picture = Pictures.Gray(width, height, (column, row) =>
        {
            var (x, y) = rowsLieDown ? (column, row) : (row, column);
            x = (firstRow, firstColumn) is ("right", _) or (_, "right") ? 47 - x : x;
            y = (firstRow, firstColumn) is ("bottom", _) or (_, "bottom") ? 31 - y : y;
            return scene[(y / 16 * 3) + (x / 16)];
        });

        var image = ImageFile.Read(File(Pictures.WithOrientation(Pictures.Encoded(picture, SKEncodedImageFormat.Jpeg), orientation)), new ImageShape(2, 3, 1));

        Assert.All(image.Pixels.Zip(scene), pair => Assert.InRange(pair.First, pair.Second - 2, pair.Second + 2));
        Assert.Equal((48, 32), (image.Width, image.Height));
        Assert.Equal(orientation == 1 ? ["resized to 3x2"] : ["rotated as its EXIF data says", "resized to 3x2"], image.Steps);
    }

    [Fact]
    public void What_cannot_be_read_is_named_with_the_reason()
    {
        var png = Pictures.Encoded(Pictures.Gray(60, 60, (x, y) => (byte)((x * y) + (x ^ y))));
        var jpeg = Pictures.Encoded(Pictures.Gray(60, 60, (x, y) => (byte)((x * y) + (x ^ y))), SKEncodedImageFormat.Jpeg);
        var damaged = png.ToArray();
        damaged[png.Length / 2] ^= 0x55;

        Assert.Equal("there is no such file.", Refusal(folder.File("nothing.png")));
        Assert.Equal("the file is empty.", Refusal(File([])));
        Assert.StartsWith("not a PNG, JPEG, WebP, BMP or GIF image", Refusal(File("some text"u8.ToArray())), StringComparison.Ordinal);
        Assert.StartsWith("not a PNG, JPEG, WebP, BMP or GIF image", Refusal(File(png[..12])), StringComparison.Ordinal);
        Assert.StartsWith("the image is cut off", Refusal(File(png[..(png.Length / 2)])), StringComparison.Ordinal);
        Assert.StartsWith("the image is cut off", Refusal(File(jpeg[..(jpeg.Length / 2)])), StringComparison.Ordinal);
        Assert.StartsWith("the image is damaged", Refusal(File(damaged)), StringComparison.Ordinal);
        Assert.Equal("the image is in the format Wbmp. Convert it to PNG or JPEG.", Refusal(File([0, 0, 8, 8, 1, 2, 3, 4, 5, 6, 7, 8])));
    }

    // A BMP of two rows, from the bottom, blue first; a GIF of two frames, of which the second is white.
    [Fact]
    public void Other_forms_of_pictures_are_read_and_of_several_frames_the_first()
    {
        byte[] bmp =
        [
            .. "BM"u8, 70, 0, 0, 0, 0, 0, 0, 0, 54, 0, 0, 0, 40, 0, 0, 0, 2, 0, 0, 0, 2, 0, 0, 0, 1, 0, 24, 0, 0, 0, 0, 0, 16, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0,
            9, 8, 7, 6, 5, 4, 0, 0, 3, 2, 1, 30, 20, 10, 0, 0,
        ];
        byte[] frame = [0x2C, 0, 0, 0, 0, 1, 0, 1, 0, 0, 2, 2];
        byte[] gif = [.. "GIF89a"u8, 1, 0, 1, 0, 0x80, 0, 0, 50, 60, 70, 255, 255, 255, .. frame, 0x44, 1, 0, .. frame, 0x4C, 1, 0, 0x3B];
        var webp = Pictures.Encoded(Pictures.Draw(8, 8, (_, _) => new SKColor(200, 100, 50)), SKEncodedImageFormat.Webp, 100);

        Assert.Equal([1, 2, 3, 10, 20, 30, 7, 8, 9, 4, 5, 6], ImageFile.Read(File(bmp), new ImageShape(2, 2, 3)).Pixels);
        Assert.Equal([50, 60, 70], ImageFile.Read(File(gif), new ImageShape(1, 1, 3)).Pixels);
        var color = ImageFile.Read(File(webp), new ImageShape(1, 1, 3)).Pixels;
        Assert.InRange(color[0], 197, 203);
        Assert.InRange(color[1], 97, 103);
        Assert.InRange(color[2], 47, 53);
    }

    // Skia decodes all of them without a word. Damage that happens to make as many blocks as there were cannot be told from a picture.
    [Fact]
    public void A_JPEG_with_damaged_data_is_refused_or_gets_a_word()
    {
        var (refused, noted) = (0, 0);
        for (var seed = 1; seed <= 40; seed++)
        {
            var jpeg = Jpeg();
            new Random(seed).NextBytes(jpeg.AsSpan(jpeg.Length / 2, 300));
            try
            {
                noted += Read(jpeg).Steps.Contains("perhaps damaged: its data has extra bytes") ? 1 : 0;
            }
            catch (InputException exception)
            {
                Assert.EndsWith(": the image is damaged: its data does not follow the format. Get the file again.", exception.Message, StringComparison.Ordinal);
                refused++;
            }
        }

        Assert.InRange(refused, 20, 40);
        Assert.InRange(refused + noted, 36, 40);
    }

    [Fact]
    public void A_JPEG_of_zeros_from_its_middle_on_is_refused()
    {
        var jpeg = Jpeg();
        Array.Clear(jpeg, jpeg.Length / 2, 40);
        jpeg[(jpeg.Length / 2) + 20] = 0xFF;
        jpeg[(jpeg.Length / 2) + 21] = 0xD0;

        Assert.StartsWith("the image is damaged", Refusal(File(jpeg)), StringComparison.Ordinal);
    }

    [Fact]
    public void A_JPEG_with_bytes_too_many_is_used_with_a_word_and_without_its_end_refused()
    {
        var jpeg = Jpeg();

        Assert.DoesNotContain(Read(jpeg).Steps, step => step.Contains("damaged", StringComparison.Ordinal));
        Assert.Contains("perhaps damaged: its data has extra bytes", Read([.. jpeg[..^2], 1, 2, 3, 4, .. jpeg[^2..]]).Steps);
        Assert.StartsWith("the image is cut off", Refusal(File(jpeg[..^2])), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void A_whole_JPEG_passes(bool gray)
    {
        var jpeg = gray ? Pictures.Encoded(Pictures.Gray(61, 47, (x, y) => (byte)(x * y)), SKEncodedImageFormat.Jpeg, 30) : Jpeg();

        Assert.DoesNotContain(Read(jpeg).Steps, step => step.Contains("damaged", StringComparison.Ordinal));
        Assert.DoesNotContain(Read([.. jpeg, .. "appended"u8]).Steps, step => step.Contains("damaged", StringComparison.Ordinal));
    }

    [Fact]
    public void A_JPEG_whose_coding_cannot_be_checked_is_used_with_a_word()
    {
        // cjpeg -arithmetic
        var image = Read(Convert.FromBase64String("/9j/4AAQSkZJRgABAQAAAQABAAD/2wBDAAgGBgcGBQgHBwcJCQgKDBQNDAsLDBkSEw8UHRofHh0aHBwgJC4nICIsIxwcKDcpLDAxNDQ0Hyc5PTgyPC4zNDL/yQALCAAcABwBAREA/8wABgAQEAX/2gAIAQEAAD8A/wDIeYU1Xxo7y8e5UjW7FSWFll+QpI/h4/8AZR44yngSdDinQ62Wn+whFdol3YCsGNCxkWOtRsQn6byyVHcFmXDIcQSD/s7IGZ4lvjBGMclz1+9QI1cQJpHQzB7L7BxW9Md6XL425bVwSWd/MoSwQ6zqEx1dnPftgP8An5ThMPDj746KelJKzGpkR60rulbVx+1G8xP3afU6v4VDIrlOQ5DehNVDKnzDTOfplI0UWElrG1r5Ce88LoRKynE9Uv/Z"));

        Assert.Equal((28, 28), (image.Width, image.Height));
        Assert.Equal(["not checked for damage, because its coding is rare"], image.Steps);
    }

    [Fact]
    public void A_progressive_JPEG_without_its_second_half_is_refused()
    {
        // cjpeg -progressive, cut
        Assert.Matches("^the image is (cut off: its end is missing|damaged: its data does not follow the format)\\. Get the (whole )?file( again)?\\.$", Refusal(File(Convert.FromBase64String("/9j/4AAQSkZJRgABAQAAAQABAAD/2wBDAAgGBgcGBQgHBwcJCQgKDBQNDAsLDBkSEw8UHRofHh0aHBwgJC4nICIsIxwcKDcpLDAxNDQ0Hyc5PTgyPC4zNDL/wgALCAAcABwBAREA/8QAGQAAAgMBAAAAAAAAAAAAAAAAAwYABAUC/9oACAEBAAAAAUDSJkEb7aCRvtoMN1X/AP/EAB4QAAICAQUBAAAAAAAAAAAAAAADAQIEBRARMzUT/9oACAEBAAEFAojma4LLDdOalBTsSZ3mFOxJneZt9mQS9tqn/8QAIBAAAQMDBQEAAAAAAAA="))));
    }

    [Fact]
    public void A_picture_too_large_to_decode_is_refused_before_it_is_decoded()
    {
        // The header says 50,000 x 50,000; the last four bytes are its sum.
        byte[] header = [.. "IHDR"u8, 0, 0, 0xC3, 0x50, 0, 0, 0xC3, 0x50, 8, 0, 0, 0, 0, 0x6E, 0xC4, 0x62, 0x16];
        var png = Pictures.Encoded(Pictures.Gray(1, 1, (_, _) => 0));

        Assert.Equal(
            "the image is 50000x50000, larger than the limit of 50 million pixels. Make it smaller.",
            Refusal(File([.. png[..12], .. header, .. png[33..]])));
    }

    [PermissionFact]
    [UnsupportedOSPlatform("windows")]
    public void A_file_without_permission_is_refused()
    {
        var path = File([1]);
        System.IO.File.SetUnixFileMode(path, UnixFileMode.None);

        Assert.StartsWith("the file cannot be read: ", Refusal(path), StringComparison.Ordinal);
    }

    [Fact]
    public void A_model_of_other_channels_is_refused()
    {
        var exception = Assert.Throws<InputException>(() => ImageFile.CheckInput(new ImageShape(8, 8, 2)));

        Assert.StartsWith("Image files have 1 channel (gray) or 3 (red, green, blue), but the model takes 8x8x2.", exception.Message, StringComparison.Ordinal);
    }

    private string File(byte[] content)
    {
        var path = folder.File($"{Guid.NewGuid():N}.png");
        System.IO.File.WriteAllBytes(path, content);
        return path;
    }

    private static byte[] Jpeg() =>
        Pictures.Encoded(Pictures.Draw(200, 150, (x, y) => new SKColor((byte)(x * 7), (byte)(y * 5), (byte)(x * y))), SKEncodedImageFormat.Jpeg, 80);

    private ImageFile Read(byte[] content) => ImageFile.Read(File(content), Input);

    private static string Refusal(string path)
    {
        var message = Assert.Throws<InputException>(() => ImageFile.Read(path, Input)).Message;
        Assert.StartsWith($"{path}: ", message, StringComparison.Ordinal);
        return message[(path.Length + 2)..];
    }
}
