using FashionCnn.Models;
using TorchSharp.Modules;
using static TorchSharp.torch;

namespace FashionCnn.CommandLine.Tests;

/// <summary>As the compiler would write it for 32x32x3 images of three classes: a strided convolution and a dense layer.</summary>
internal sealed class ColorNet : ImageClassifier
{
    public ColorNet()
        : base(OfFlowers)
    {
        Conv1 = Register("conv1", CreateConv2D(channels: 3, filters: 4, kernel: (3, 3), padding: (1, 1)));
        Dense1 = Register("dense1", CreateDense(features: 8 * 8 * 4, units: 3));
    }

    public static ModelDescriptor OfFlowers { get; } = new()
    {
        Id = "flowers",
        Name = "Flowers",
        Description = "Tells flowers apart.",
        Input = new ImageShape(32, 32, 3),
        Classes = 3,
        TotalParameters = 112 + 771,
        TrainableParameters = 112 + 771,
        MultiplyAccumulates = 1,
        Layers = [],
        Training = new TrainingSettings { BatchSize = 16 },
        ArchitectureFingerprint = "flowers",
        TrainingFingerprint = "flowers",
        Spec = """
            {
              "version": 1,
              "input": { "shape": [32, 32, 3] },
              "layers": [
                { "type": "Conv2D", "filters": 4, "kernel_size": 3, "padding": "same", "activation": "relu" },
                { "type": "MaxPooling2D", "pool_size": 4 },
                { "type": "Flatten" },
                { "type": "Dense", "units": 3, "activation": "softmax" }
              ]
            }
            """,
        Create = () => new ColorNet(),
    };

    public Conv2d Conv1 { get; }

    public Linear Dense1 { get; }

    protected override Tensor Logits(Tensor x) => linear(Dense1, flatten(max_pool2d(relu_(conv2d(Conv1, x)), (4, 4), (4, 4))));
}
