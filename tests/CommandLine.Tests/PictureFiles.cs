using FashionCnn.Data;
using FashionCnn.Models;
using SkiaSharp;

namespace FashionCnn.CommandLine.Tests;

/// <summary>Folders of pictures, made of the images of Fashion-MNIST.</summary>
internal static class PictureFiles
{
    public static readonly Lazy<DataSet> Sample = new(() => DataSets.Open(DataSets.Sample, DataEnvironment.Current));

    /// <summary>As many pictures of each of three classes, with the names of flowers.</summary>
    public static void WriteFlowers(string folder, int each) =>
        WritePictures(folder, InTurn(Sample.Value.Train, each), label => label switch { 1 => "daisy", 5 => "rose", 8 => "tulip", _ => null });

    /// <summary>The first images of each class, one of each in turn.</summary>
    public static ImageSet InTurn(ImageSet images, int each)
    {
        var places = Enumerable.Range(0, images.Count).GroupBy(place => images.Labels[place]).OrderBy(group => group.Key).Select(group => group.Take(each).ToList()).ToList();
        return images.Select([.. Enumerable.Range(0, each).SelectMany(i => places.Select(of => of[i]))]);
    }

    public static void WritePictures(string folder, ImageSet images, Func<int, string?>? nameOf = null)
    {
        var counts = new int[10];
        for (var i = 0; i < images.Count; i++)
        {
            var label = images.Labels[i];
            if ((nameOf is null ? $"{label}" : nameOf(label)) is { } name)
            {
                Directory.CreateDirectory($"{folder}/{name}");
                SavePng($"{folder}/{name}/{label}-{counts[label]++:000}.png", images.Image(i), images.Shape);
            }
        }
    }

    public static void SavePng(string path, byte[] pixels, ImageShape shape)
    {
        using var bitmap = new SKBitmap(new SKImageInfo(shape.Width, shape.Height, SKColorType.Gray8, SKAlphaType.Opaque));
        pixels.CopyTo(bitmap.GetPixelSpan());
        using var data = bitmap.Encode(SKEncodedImageFormat.Png, 100);
        File.WriteAllBytes(path, data.ToArray());
    }
}
