using TorchSharp.Modules;
using static TorchSharp.torch;

namespace FashionCnn.Models;

/// <summary>
/// Batch normalization of images (N x channels x height x width) or vectors (N x channels), in training by the batch's mean and
/// variance, in evaluation by moving ones. Unlike Torch's module it has weight and bias one by one, as Keras does.
/// </summary>
/// <remarks>
/// For float32 images in the processor's memory whose channels lie innermost, the gradient in training has no gradient itself: a penalty
/// on gradients needs the other layout, see <see cref="ImageClassifier.ChannelsLast"/>.
/// </remarks>
public sealed class BatchNormalization : nn.Module<Tensor, Tensor>
{
    private const string Weight = "weight";
    private const string Bias = "bias";
    private const string RunningMean = "running_mean";
    private const string RunningVariance = "running_var";

    private readonly double epsilon;
    private readonly bool center;
    private readonly bool scale;

    /// <summary>Makes the layer: weight and variance 1, bias and mean 0.</summary>
    /// <param name="channels">Channels of the image or length of the vector.</param>
    /// <param name="momentum">Keras's: the share of the moving mean and variance that stays at each step.</param>
    /// <param name="epsilon">Added to the variance.</param>
    /// <param name="center">Has a bias.</param>
    /// <param name="scale">Has a weight.</param>
    public BatchNormalization(long channels, double momentum, double epsilon, bool center, bool scale)
        : base(nameof(BatchNormalization))
    {
        Momentum = momentum;
        this.epsilon = epsilon;
        this.center = center;
        this.scale = scale;
        if (scale)
        {
            register_parameter(Weight, new Parameter(ones(channels)));
        }

        if (center)
        {
            register_parameter(Bias, new Parameter(zeros(channels)));
        }

        register_buffer(RunningMean, zeros(channels));
        register_buffer(RunningVariance, ones(channels));
    }

    /// <summary>The share of the moving mean and variance that stays at each step.</summary>
    public double Momentum { get; }

    /// <summary>It normalizes by the moving mean and variance in training too, and leaves them as they are.</summary>
    public bool IsFrozen { get; set; }

    /// <summary>The batch of which its images are a share; null where there is no other rank.</summary>
    internal BatchShare? Share { get; set; }

    /// <summary>Moves the moving statistics towards a batch's mean and biased variance.</summary>
    internal void Move(float[] mean, float[] variance)
    {
        using var guard = no_grad();
        _ = Mean.mul_(Momentum).add_(tensor(mean), 1 - Momentum);
        _ = Variance.mul_(Momentum).add_(tensor(variance), 1 - Momentum);
    }

    /// <summary>Normalizes as in training or as in evaluation, whatever mode the layer is in.</summary>
    /// <param name="input">The images or vectors.</param>
    /// <param name="training">By the batch's mean and variance, which move the moving ones; a frozen layer does as in evaluation.</param>
    internal Tensor Normalize(Tensor input, bool training)
    {
        if (!training || IsFrozen)
        {
            return Normalize(input, Mean, Variance, training: false);
        }

        return ChannelMemory.Takes(input) ? NormalizeChannels(input, relu: false)
            : Share is null ? NormalizeByTorch(input)
            : Share.IsSynchronized ? NormalizeSynchronized(input, Share)
            : NormalizeShare(input, Share);
    }

    /// <summary>Normalizes what ReLU makes of the images or vectors.</summary>
    /// <param name="input">The images or vectors.</param>
    /// <param name="training">By the batch's mean and variance, which move the moving ones; a frozen layer does as in evaluation.</param>
    /// <param name="overwrite">Nothing else reads the input.</param>
    internal Tensor NormalizeRelu(Tensor input, bool training, bool overwrite)
    {
        if (training && !IsFrozen && ChannelMemory.Takes(input))
        {
            return NormalizeChannels(input, relu: true);
        }

        return !is_grad_enabled() && ChannelMemory.Takes(input)
            ? ScaleChannels(input, overwrite)
            : Normalize(overwrite ? input.relu_() : input.relu(), training);
    }

    /// <summary>What it does in evaluation: multiplies each channel by the first and adds the second.</summary>
    internal (Tensor Scale, Tensor Shift) InEvaluation()
    {
        var root = (Variance + epsilon).rsqrt();
        var factor = scale ? root * get_parameter(Weight)! : root;
        var shift = -Mean * factor;
        return (factor, center ? shift + get_parameter(Bias)! : shift);
    }

    /// <inheritdoc/>
    public override Tensor forward(Tensor input) => Normalize(input, training);

    // Asked for by name at each call: moving the module to a device makes new tensors.
    private Tensor Mean => get_buffer(RunningMean)!;

    private Tensor Variance => get_buffer(RunningVariance)!;

    private Tensor NormalizeChannels(Tensor input, bool relu)
    {
        var whole = Share is { IsSynchronized: true } share ? share : null;
        var (output, moments) = ChannelNormalization.Apply(
            input, scale ? get_parameter(Weight) : null, center ? get_parameter(Bias) : null, epsilon, relu, whole, whole is null ? null : Origin());
        if (Share is null || whole is not null)
        {
            Move(moments.Mean, moments.Variance);
        }
        else
        {
            Share.See(this, moments.Mean, moments.Variance);
        }

        return output;
    }

    private Tensor NormalizeSynchronized(Tensor input, BatchShare share)
    {
        var (output, mean, variance) = SynchronizedNormalization.Apply(
            input, scale ? get_parameter(Weight) : null, center ? get_parameter(Bias) : null, epsilon, share, Origin());
        Move(mean, variance);
        return output;
    }

    private Tensor NormalizeShare(Tensor input, BatchShare share)
    {
        // With nothing left of what they were, Torch's moving statistics are the batch's, its variance the unbiased one.
        var (mean, variance, values) = (zeros_like(Mean), zeros_like(Variance), input.numel() / input.shape[1]);
        var output = Normalize(input, mean, variance, training: true, momentum: 0);
        share.See(this, mean.data<float>().ToArray(), [.. variance.data<float>().Select(value => values == 1 ? 0 : value * (values - 1) / values)]);
        return output;
    }

    private float[] Origin() => Mean.data<float>().ToArray();

    private Tensor ScaleChannels(Tensor input, bool overwrite)
    {
        var (factors, shifts) = InEvaluation();
        var (mean, factor, shift) = (new float[input.shape[1]], factors.data<float>().ToArray(), shifts.data<float>().ToArray());
        var output = overwrite ? input : empty_like(input);
        using var from = ChannelMemory.Of(input);
        using var to = ChannelMemory.Of(output);
        from.ForEachPart(part => ChannelRows.Normalize(from.Part(part), floor: 0, to.Part(part), mean, factor, shift));
        return output;
    }

    private Tensor NormalizeByTorch(Tensor input)
    {
        // Torch takes the unbiased variance of the batch, Keras the biased one, which is 1 / values smaller. Torch moves a copy, which its
        // backward pass wants to find unchanged.
        var (variance, values) = (Variance, input.numel() / input.shape[1]);
        var moved = variance.clone();
        var output = Normalize(input, Mean, moved, training: true);
        using var guard = no_grad();
        _ = values == 1 ? variance.mul_(Momentum) : variance.mul_(Momentum / values).add_(moved, 1 - (1.0 / values));
        return output;
    }

    private Tensor Normalize(Tensor input, Tensor mean, Tensor variance, bool training, double? momentum = null) => nn.functional.batch_norm(
        input, mean, variance, scale ? get_parameter(Weight) : null, center ? get_parameter(Bias) : null, training, 1 - (momentum ?? Momentum), epsilon);
}
