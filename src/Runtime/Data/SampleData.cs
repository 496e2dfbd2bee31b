using System.IO.Compression;

namespace FashionCnn.Data;

/// <summary>
/// The built-in sample of Fashion-MNIST: the first 600 training and the first 100 test images of each class, in file order. It is
/// embedded as four IDX contents one after the other, compressed with Brotli; a test rebuilds it from the full set.
/// </summary>
internal static class SampleData
{
    public const int TrainPerClass = 600;
    public const int TestPerClass = 100;

    private const string Resource = "FashionCnn.Data.Sample.fashion-mnist-sample.br";

    public static DataSet Read(string? notice)
    {
        using var resource = typeof(SampleData).Assembly.GetManifestResourceStream(Resource)!;
        using var stream = new BrotliStream(resource, CompressionMode.Decompress);
        return new DataSet("Fashion-MNIST sample", "built in", Verified: true, IsSample: true, FashionMnist.Data.ClassNames, Pair(stream), Pair(stream), notice);
    }

    private static ImageSet Pair(Stream stream)
    {
        var images = IdxReader.Read(stream, "the built-in sample", images: true);
        var labels = IdxReader.Read(stream, "the built-in sample", images: false);
        return new ImageSet(images.Values, labels.Labels, images.Shape);
    }
}
