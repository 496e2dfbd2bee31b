using FashionCnn.Data;
using TorchSharp;
using TorchSharp.Modules;
using static TorchSharp.torch;
using static TorchSharp.torch.nn;

namespace FashionCnn.Benchmarks.Training;

/// <summary>
/// The five models, and a network of MobileNet's shape, as one writes them in TorchSharp by hand: Sequential, TorchSharp's data loader, single precision, one dispose
/// scope per step, Adam. The parameters are handed over as an array, since Adam would walk the module at each step.
/// </summary>
internal static class HandWritten
{
    public static void Train(string id, int batchSize, ImageSet images, Action onStep)
    {
        using var model = Model(id);
        model.train();
        using var loss = CrossEntropyLoss();
        using var optimizer = optim.Adam(model.parameters().ToArray(), lr: 1e-4);
        using var loader = new DataLoader(new Images(images), batchSize, shuffle: true);
        while (true)
        {
            foreach (var batch in loader)
            {
                using (NewDisposeScope())
                {
                    optimizer.zero_grad();
                    var prediction = model.call(batch["image"]);
                    var error = loss.call(prediction, batch["label"]);
                    error.backward();
                    optimizer.step();
                    _ = error.item<float>();
                    _ = prediction.argmax(1).eq(batch["label"]).sum().item<long>();
                }

                onStep();
            }
        }
    }

    /// <summary>Hands on an action that evaluates the model once on all images.</summary>
    public static void Evaluate(string id, int batchSize, ImageSet images, Action<Action> repeat)
    {
        using var model = Model(id);
        model.eval();
        using var loss = CrossEntropyLoss(reduction: Reduction.Sum);
        using var loader = new DataLoader(new Images(images), batchSize);
        repeat(() =>
        {
            using var guard = no_grad();
            foreach (var batch in loader)
            {
                using var scope = NewDisposeScope();
                var prediction = model.call(batch["image"]);
                _ = loss.call(prediction, batch["label"]).item<float>();
                _ = prediction.argmax(1).eq(batch["label"]).sum().item<long>();
            }
        });
    }

    private static Sequential Model(string id) => id switch
    {
        "model1a" => Sequential([.. Convolutions(1, 16), .. Convolutions(16, 32), .. Dense(7 * 7 * 32, 1024)]),
        "model1b" => Sequential([.. Convolutions(1, 64), .. Convolutions(64, 128), .. Dense(7 * 7 * 128, 1024)]),
        "model2" => Sequential([.. Convolutions(1, 64), Dropout(0.5), .. Convolutions(64, 128), Dropout(0.5), .. Dense(7 * 7 * 128, 1024)]),
        "model3" => Sequential([.. Convolutions(1, 64, normalize: true), .. Convolutions(64, 128, normalize: true), .. Dense(7 * 7 * 128, 1024)]),
        "model4" => Sequential(
        [
            .. Convolutions(1, 64, 3, normalize: true), Dropout(0.5),
            .. Convolutions(64, 128, 3, normalize: true), Dropout(0.5),
            .. Convolutions(128, 256, 3, normalize: true), Dropout(0.5),
            .. Dense(3 * 3 * 256, 1024, 512),
        ]),
        "mobilenet" => Sequential(
        [
            Conv2d(1, 32, kernel_size: 3, padding: 1, bias: false), BatchNorm2d(32, eps: 0.001, momentum: 0.01), ReLU6(),
            .. Separable(32, 64), .. Separable(64, 128, 2), .. Separable(128, 128), .. Separable(128, 256, 2), .. Separable(256, 256),
            .. Separable(256, 512, 2), .. Enumerable.Range(0, 5).SelectMany(_ => Separable(512, 512)), .. Separable(512, 1024, 2), .. Separable(1024, 1024),
            AdaptiveAvgPool2d(1), Flatten(), Linear(1024, 10),
        ]),
        "mobilenet_v2" => HandWrittenMobile.MobileNetV2(),
        "efficientnet_b0" => HandWrittenMobile.EfficientNetB0(),
        _ => throw new ArgumentException($"{id} is not written by hand."),
    };

    private static IEnumerable<Module<Tensor, Tensor>> Convolutions(long channels, long filters, int count = 2, bool normalize = false)
    {
        for (var i = 0; i < count; i++)
        {
            yield return Conv2d(i == 0 ? channels : filters, filters, kernel_size: 3, padding: 1);
            yield return ReLU();
            if (normalize)
            {
                yield return BatchNorm2d(filters, eps: 0.001, momentum: 0.01);
            }
        }

        yield return MaxPool2d(2);
    }

    private static IEnumerable<Module<Tensor, Tensor>> Separable(long channels, long filters, long stride = 1) =>
    [
        Conv2d(channels, channels, kernel_size: 3, stride: stride, padding: 1, groups: channels, bias: false), BatchNorm2d(channels, eps: 0.001, momentum: 0.01), ReLU6(),
        Conv2d(channels, filters, kernel_size: 1, bias: false), BatchNorm2d(filters, eps: 0.001, momentum: 0.01), ReLU6(),
    ];

    private static IEnumerable<Module<Tensor, Tensor>> Dense(long features, params long[] hidden)
    {
        yield return Flatten();
        foreach (var units in hidden)
        {
            yield return Linear(features, units);
            yield return ReLU();
            features = units;
        }

        yield return Linear(features, 10);
    }

    private sealed class Images : torch.utils.data.Dataset
    {
        private readonly Tensor pixels;
        private readonly Tensor labels;

        public Images(ImageSet images)
        {
            var (height, width, channels) = (images.Shape.Height, images.Shape.Width, images.Shape.Channels);
            pixels = tensor(images.Pixels).reshape(images.Count, height, width, channels).permute(0, 3, 1, 2).contiguous().to(float32) / 255;
            labels = tensor(images.Labels).to(int64);
        }

        public override long Count => labels.shape[0];

        public override Dictionary<string, Tensor> GetTensor(long index) => new() { ["image"] = pixels[index], ["label"] = labels[index] };
    }
}
