using static TorchSharp.torch;

namespace FashionCnn.Models;

// What dropout and augmentation draw. A forward pass in training starts with the first draw of its place; the layers draw in the order
// in which the network has them.
public abstract partial class ImageClassifier
{
    private RandomDraws? draws;

    /// <summary>
    /// The place in a run that decides what a training step draws, to be set before each. Null, as it is at first: each forward pass draws a
    /// seed of its own from Torch's random-number state.
    /// </summary>
    internal RandomPlace? Place { get; set; }

    // Not before something is drawn: a network without dropout leaves Torch's state alone.
    private RandomDraws Draws => draws ??= new RandomDraws(Place ?? new RandomPlace((ulong)randint(long.MaxValue, 1).item<long>(), 0));

    /// <summary>One number from 0 to 1 for each image: N x 1 x 1 x 1.</summary>
    private Tensor Draw(Tensor x) => tensor(Draws.Uniform(x.shape[0]), [x.shape[0], 1, 1, 1]).to(x.device);

    /// <summary>One number for each value of a batch of images or vectors, from the standard normal distribution.</summary>
    // Pixel by pixel, whichever way the values lie.
    private Tensor Noise(Tensor x)
    {
        var numbers = tensor(Draws.Normal(x.shape[0], (int)(x.numel() / x.shape[0]))).to(x.device);
        return x.dim() == 2 ? numbers.view(x.shape) : numbers.view(x.shape[0], x.shape[2], x.shape[3], x.shape[1]).permute(0, 3, 1, 2);
    }

    /// <summary>What stochastic depth multiplies by: one factor for each image.</summary>
    private Tensor ImageMask(Tensor x, double rate) => Draws.Mask(x.shape[0], 1, rate, x.dtype).view(x.dim() == 2 ? [-1, 1] : [-1, 1, 1, 1]).to(x.device);

    /// <summary>What dropout multiplies by: one factor for each value, or for each channel as a whole.</summary>
    private Tensor Mask(Tensor x, double rate, bool whole)
    {
        var (images, channels) = (x.shape[0], x.shape[1]);
        if (x.dim() == 2)
        {
            return Draws.Mask(images, channels, rate, x.dtype).to(x.device);
        }

        if (whole)
        {
            return Draws.Mask(images, channels, rate, x.dtype).view(images, channels, 1, 1).to(x.device);
        }

        // Pixel by pixel, whichever way the values lie.
        var (height, width) = (x.shape[2], x.shape[3]);
        return Draws.Mask(images, height * width * channels, rate, x.dtype).view(images, height, width, channels).permute(0, 3, 1, 2).to(x.device);
    }
}
