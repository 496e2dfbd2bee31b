using FashionCnn.Models;
using static TorchSharp.torch;

namespace FashionCnn.Training;

/// <summary>A batch to train on, in which each image may be mixed with another.</summary>
/// <param name="Images">N x channels x height x width.</param>
/// <param name="Labels">The classes of the images themselves.</param>
/// <param name="Others">The classes of the images that they are mixed with; null where nothing is.</param>
/// <param name="Share">The share of the images themselves; the others have the rest.</param>
internal readonly record struct MixedBatch(Tensor Images, Tensor Labels, Tensor? Others, double Share)
{
    /// <summary>The classes of the larger shares.</summary>
    public Tensor LargerShares => Others is not null && Share < 0.5 ? Others : Labels;

    /// <summary>A loss that is linear in the label, which is shared like the images.</summary>
    public Tensor Loss(Func<Tensor, Tensor> of) => Others is null ? of(Labels) : (of(Labels) * Share) + (of(Others) * (1 - Share));
}

/// <summary>
/// Mixup (Zhang, Cisse, Dauphin and Lopez-Paz 2018) and cutmix (Yun and others 2019): each image of a batch with another one of it. What is drawn,
/// once for a batch, is a pure function of its place in the run. With both, each batch has one of them, either as likely as the other.
/// </summary>
internal static class BatchMixing
{
    // Layers count their draws up from 0.
    private const uint Draw = uint.MaxValue;

    /// <summary>Mixes a batch as the settings say.</summary>
    public static MixedBatch Mix(Tensor images, Tensor labels, TrainingSettings training, RandomPlace place)
    {
        if ((training.Mixup ?? training.Cutmix) is null)
        {
            return new MixedBatch(images, labels, null, 1);
        }

        var random = new RandomStream(place, Draw);
        var isMixup = training.Cutmix is null || (training.Mixup is not null && random.Uniform() < 0.5);
        var share = random.Beta((isMixup ? training.Mixup : training.Cutmix)!.Value);
        var order = tensor(random.Permutation(images.shape[0]), device: images.device);
        var (others, otherLabels) = (images.index_select(0, order), labels.index_select(0, order));
        if (isMixup)
        {
            return new MixedBatch(lerp(others, images, tensor(share, dtype: images.dtype, device: images.device)), labels, otherLabels, share);
        }

        // A rectangle of the shape of the image, anywhere within it; its pixels are what counts.
        var side = Math.Sqrt(1 - share);
        var (rows, columns) = (Places(images.shape[2]), Places(images.shape[3]));
        var mixed = images.clone();
        _ = Part(mixed).copy_(Part(others));
        return new MixedBatch(mixed, labels, otherLabels, 1 - ((double)(rows.Count * columns.Count) / (images.shape[2] * images.shape[3])));

        (long First, long Count) Places(long size)
        {
            var start = random.Uniform() * size * (1 - side);
            var first = (long)Math.Ceiling(start);
            return (first, Math.Min((long)Math.Ceiling(start + (side * size)), size) - first);
        }

        Tensor Part(Tensor x) => x.narrow(2, rows.First, rows.Count).narrow(3, columns.First, columns.Count);
    }
}
