using FashionCnn.Data;
using FashionCnn.Evaluation;
using SkiaSharp;

namespace FashionCnn.CommandLine.Report;

/// <summary>The wrongly classified test images of which the model was surest.</summary>
internal static class Mistakes
{
    /// <summary>The first <paramref name="count"/>, as pictures where the images are available.</summary>
    public static Markup Of(ReportedRun run, Predictions predictions, int count)
    {
        var wrong = Enumerable.Range(0, predictions.Count).Where(image => !predictions.IsRight(image)).ToList();
        if (wrong.Count == 0)
        {
            return Markup.Of($"<p>There are none: every test image was classified correctly.</p>");
        }

        var shown = wrong.OrderByDescending(image => predictions.Confidence[image]).ThenBy(image => image).Take(count).ToList();
        return Markup.Of($"""
            <p>{NumberText.Count(wrong.Count)} of {NumberText.Count(predictions.Count)} test images were misclassified. {(shown.Count == wrong.Count ? "These are all of them" : $"These are the {shown.Count} for which the wrong class had the highest probability")}. Each is shown with the predicted class, the true class, the probability of the predicted one, and its number among the test images, from 0.</p>
            {(run.Test is { } images ? Pictures(run, images, predictions, shown) : List(run, predictions, shown))}
            """);
    }

    private static Markup Pictures(ReportedRun run, ImageSet images, Predictions predictions, IReadOnlyList<int> shown) => Markup.Of($"""
        <ul class="mistakes">
        {shown.Select(image => Markup.Of($"""
            <li><figure><img src="data:image/png;base64,{Convert.ToBase64String(Png(images, image))}" alt="{images.NameOf(image) ?? $"Test image {image}"}, a {run.ClassNames[predictions.Labels[image]]}" width="{images.Shape.Width}" height="{images.Shape.Height}">
            <figcaption><b>{run.ClassNames[predictions.Predicted[image]]}</b><br>is {run.ClassNames[predictions.Labels[image]]}<br><span class="soft n">{NumberText.Probability(predictions.Confidence[image])}, {images.NameOf(image) ?? $"no. {image}"}</span></figcaption></figure></li>
            """))}
        </ul>
        """);

    private static Markup List(ReportedRun run, Predictions predictions, IReadOnlyList<int> shown) => Markup.Of($"""
        <p class="notice">Without pictures: {run.WithoutImages}</p>
        <table>
        <thead><tr><th scope="col" class="n">Image</th><th scope="col">True class</th><th scope="col">Predicted class</th><th scope="col" class="n">Probability</th></tr></thead>
        <tbody>
        {shown.Select(image => Markup.Of(
            $"<tr><td class=\"n\">{image}</td><td>{run.ClassNames[predictions.Labels[image]]}</td><td>{run.ClassNames[predictions.Predicted[image]]}</td><td class=\"n\">{NumberText.Probability(predictions.Confidence[image])}</td></tr>"))}
        </tbody>
        </table>
        """);

    private static byte[] Png(ImageSet images, int image)
    {
        var (height, width, channels) = images.Shape;
        var pixels = images.Image(image);
        using var picture = new SKBitmap(new SKImageInfo(width, height, channels == 1 ? SKColorType.Gray8 : SKColorType.Rgb888x, SKAlphaType.Opaque));
        var target = picture.GetPixelSpan();
        for (var i = 0; i < width * height; i++)
        {
            pixels.AsSpan(i * channels, channels).CopyTo(target[((i / width * picture.RowBytes) + (i % width * picture.BytesPerPixel))..]);
        }

        using var png = picture.Encode(SKEncodedImageFormat.Png, 100);
        return png.ToArray();
    }
}
