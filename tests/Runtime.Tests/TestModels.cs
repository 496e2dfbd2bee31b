using FashionCnn.Data;
using FashionCnn.Models;
using TorchSharp.Modules;
using static TorchSharp.torch;

namespace FashionCnn.Runtime.Tests;

/// <summary>A network as the compiler would write it: convolution, normalization, dropout, dense.</summary>
internal sealed class SmallNet : ImageClassifier
{
    public SmallNet(ModelDescriptor descriptor)
        : base(descriptor)
    {
        Conv1 = Register("conv1", CreateConv2D(channels: 1, filters: 4, kernel: (3, 3), padding: (1, 1)));
        BatchNorm1 = Register("batch_norm1", CreateBatchNormalization(channels: 4, momentum: 0.9, epsilon: 0.001));
        Dense1 = Register("dense1", CreateDense(features: 4 * 4 * 4, units: descriptor.Classes));
    }

    public Conv2d Conv1 { get; }

    public BatchNormalization BatchNorm1 { get; }

    public Linear Dense1 { get; }

    protected override Tensor Logits(Tensor x)
    {
        x = relu_(conv2d(Conv1, x));
        x = batch_norm(BatchNorm1, x);
        x = max_pool2d(x, (2, 2), (2, 2));
        x = dropout(x, 0.25);
        x = flatten(x);
        return linear(Dense1, x);
    }
}

/// <summary>The same with augmentation, and with layers large enough for several threads to share their work.</summary>
internal sealed class AugmentedNet : ImageClassifier
{
    public AugmentedNet(ModelDescriptor descriptor)
        : base(descriptor)
    {
        Conv1 = Register("conv1", CreateConv2D(channels: 1, filters: 64, kernel: (3, 3), padding: (1, 1)));
        BatchNorm1 = Register("batch_norm1", CreateBatchNormalization(channels: 64, momentum: 0.9, epsilon: 0.001));
        Conv2 = Register("conv2", CreateConv2D(channels: 64, filters: 8, kernel: (3, 3), padding: (1, 1)));
        Dense1 = Register("dense1", CreateDense(features: 8 * 4 * 4, units: 1_100));
        Dense2 = Register("dense2", CreateDense(features: 1_100, units: descriptor.Classes));
    }

    public Conv2d Conv1 { get; }

    public BatchNormalization BatchNorm1 { get; }

    public Conv2d Conv2 { get; }

    public Linear Dense1 { get; }

    public Linear Dense2 { get; }

    protected override Tensor Logits(Tensor x)
    {
        x = random_flip(x, horizontal: true, vertical: false);
        x = relu_(conv2d(Conv1, x));
        x = batch_norm(BatchNorm1, x);
        x = dropout(x, 0.25);
        x = max_pool2d(x, (2, 2), (2, 2));
        x = relu_(conv2d(Conv2, x));
        x = relu_(linear(Dense1, flatten(x)));
        return linear(Dense2, x);
    }
}

/// <summary>Models and images small enough to train in a test.</summary>
internal static class TestModels
{
    public static readonly ImageShape Input = new(8, 8, 1);

    public static ModelDescriptor Small { get; } = Descriptor("small", Input, 3, () => new SmallNet(Small!));

    public static ModelDescriptor Augmented { get; } = Descriptor("augmented", Input, 3, () => new AugmentedNet(Augmented!));

    public static ModelDescriptor Descriptor(string id, ImageShape input, int classes, Func<ImageClassifier> create) => new()
    {
        Id = id,
        Name = "SmallNet",
        Description = "A small network.",
        Input = input,
        Classes = classes,
        TotalParameters = 40 + 16 + ((64 * classes) + classes),
        TrainableParameters = 40 + 8 + ((64 * classes) + classes),
        MultiplyAccumulates = (64 * 36) + (64 * classes),
        Layers = [],
        Training = new TrainingSettings(),
        ArchitectureFingerprint = "a",
        TrainingFingerprint = "t",
        Spec = string.Empty,
        Create = create,
    };

    /// <summary>Images whose class is the third of the rows that is bright, with some noise.</summary>
    public static DataSet Stripes(int train, int test) =>
        new("stripes", "made by the test", Verified: false, IsSample: false, ["top", "middle", "bottom"], Images(train, 1), Images(test, 2));

    private static ImageSet Images(int count, int seed)
    {
        var random = new Random(seed);
        var labels = Enumerable.Range(0, count).Select(_ => random.Next(3)).ToArray();
        var pixels = new byte[count * 64];
        for (var i = 0; i < pixels.Length; i++)
        {
            var row = i % 64 / 8;
            pixels[i] = (byte)(random.Next(120) + (row * 3 / 8 == labels[i / 64] ? 100 : 0));
        }

        return new ImageSet(pixels, labels, Input);
    }
}
