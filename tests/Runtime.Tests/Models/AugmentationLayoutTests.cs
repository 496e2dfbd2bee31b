using FashionCnn.Models;
using Xunit;
using static TorchSharp.torch;

namespace FashionCnn.Runtime.Tests.Models;

/// <summary>Torch chooses the kernels of a whole network by how the images lie that its first convolution gets.</summary>
public sealed class AugmentationLayoutTests
{
    [Theory]
    [InlineData(true, 1)]
    [InlineData(true, 3)]
    [InlineData(false, 3)]
    public void AugmentedImagesLieAsTheyDidBefore(bool channelsLast, int channels)
    {
        using var scope = NewDisposeScope();
        using var model = new Augmentation(channels);
        model.ChannelsLast = channelsLast;
        model.train();
        var images = rand(16, channels, 28, 28);
        var x = channelsLast ? ImageClassifier.ChannelsInnermost(images) : images;

        Assert.All(model.Steps, step => Assert.True(x.stride().SequenceEqual(step.Apply(x).stride()), $"{step.Name}: strides {string.Join(", ", step.Apply(x).stride())} instead of {string.Join(", ", x.stride())}"));
    }

    private sealed class Augmentation(int channels) : ImageClassifier(TestModels.Descriptor("one", new ImageShape(28, 28, channels), classes: 10, () => new Augmentation(channels)))
    {
        public IEnumerable<(string Name, Func<Tensor, Tensor> Apply)> Steps =>
        [
            ("flip", x => random_flip(x, horizontal: true, vertical: false)),
            ("vertical flip", x => random_flip(x, horizontal: true, vertical: true)),
            ("translation", x => random_translation(x, (-0.1, 0.1), (-0.1, 0.1), FillMode.Constant, bilinear: false)),
            ("rotation", x => random_rotation(x, (-0.1, 0.1))),
            ("zoom", x => random_zoom(x, (-0.1, 0.1))),
            ("contrast", x => random_contrast(x, (0.1, 0.1), (0, 1))),
            ("brightness", x => random_brightness(x, (-0.1, 0.1), (0, 1))),
            ("erasing", x => random_erasing(x, (0.5, 0.5), (0.02, 0.3), fill_value: 0)),
            ("erasing with noise", x => random_erasing(x, (0.5, 0.5), (0.02, 0.3), noise: (0, 1))),
            ("noise", x => gaussian_noise(x, 0.1)),
            ("dropout", x => dropout(x, 0.1)),
            ("dropout of channels", x => dropout2d(x, 0.1)),
            ("stochastic depth", x => stochastic_depth(x, 0.1)),
            ("rescaling", x => rescale(x, 2, -1)),
        ];

        protected override Tensor Logits(Tensor x) => x;
    }
}
