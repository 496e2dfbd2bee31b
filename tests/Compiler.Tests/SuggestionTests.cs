using FashionCnn.Compiler.Layers;
using Xunit;

namespace FashionCnn.Compiler.Tests;

/// <summary>What is suggested for a layer type that a spec does not have is the same layer by another name, or what somebody misspelled; never another layer.</summary>
public sealed class SuggestionTests
{
    // Those of Keras 2 and 3, and of layers that users of Keras often bring along.
    private const string Keras = """
        TFSMLayer Activation ELU LeakyReLU PReLU ReLU Softmax ThresholdedReLU AdditiveAttention Attention GroupQueryAttention MultiHeadAttention Conv1D Convolution1D Conv1DTranspose Convolution1DTranspose
        Conv2D Convolution2D Conv2DTranspose Convolution2DTranspose Conv3D Convolution3D Conv3DTranspose Convolution3DTranspose DepthwiseConv1D DepthwiseConv2D SeparableConv1D SeparableConvolution1D
        SeparableConv2D SeparableConvolution2D Dense EinsumDense Embedding ReversibleEmbedding Identity Input InputLayer Lambda Masking Wrapper InputSpec Layer Add Average Concatenate Dot Maximum Minimum
        Multiply Subtract BatchNormalization GroupNormalization LayerNormalization RMSNormalization SpectralNormalization UnitNormalization SyncBatchNormalization LocallyConnected1D LocallyConnected2D
        AveragePooling1D AvgPool1D AveragePooling2D AvgPool2D AveragePooling3D AvgPool3D GlobalAveragePooling1D GlobalAvgPool1D GlobalAveragePooling2D GlobalAvgPool2D GlobalAveragePooling3D GlobalAvgPool3D
        GlobalMaxPooling1D GlobalMaxPool1D GlobalMaxPooling2D GlobalMaxPool2D GlobalMaxPooling3D GlobalMaxPool3D MaxPooling1D MaxPool1D MaxPooling2D MaxPool2D MaxPooling3D MaxPool3D
        AdaptiveAveragePooling1D AdaptiveAveragePooling2D AdaptiveAveragePooling3D AdaptiveMaxPooling1D AdaptiveMaxPooling2D AdaptiveMaxPooling3D MelSpectrogram STFTSpectrogram CategoryEncoding CenterCrop
        Discretization HashedCrossing Hashing IntegerLookup Normalization RandomBrightness RandomContrast RandomCrop RandomFlip RandomRotation RandomTranslation RandomZoom Rescaling Resizing StringLookup
        TextVectorization AugMix AutoContrast CutMix Equalization MaxNumBoundingBoxes MixUp Pipeline RandAugment RandomColorDegeneration RandomColorJitter RandomElasticTransform RandomErasing
        RandomGaussianBlur RandomGrayscale RandomHue RandomInvert RandomPerspective RandomPosterization RandomSaturation RandomSharpness RandomShear RandomHeight RandomWidth Solarization
        ActivityRegularization AlphaDropout Dropout GaussianDropout GaussianNoise SpatialDropout1D SpatialDropout2D SpatialDropout3D Cropping1D Cropping2D Cropping3D Flatten Permute RepeatVector Reshape
        UpSampling1D UpSampling2D UpSampling3D ZeroPadding1D ZeroPadding2D ZeroPadding3D Bidirectional ConvLSTM1D ConvLSTM2D ConvLSTM3D GRU GRUCell LSTM LSTMCell RNN SimpleRNN SimpleRNNCell StackedRNNCells
        TimeDistributed FlaxLayer JaxLayer TorchModuleWrapper Functional Sequential CuDNNLSTM AbstractRNNCell DenseFeatures LayerScale StochasticDepth InstanceNormalization WeightNormalization
        SwitchNormalization FilterResponseNormalization AdaptiveNormalization MaxUnpooling2D SpatialPyramidPooling Maxout Sparsemax CRF PatchEmbedding ClassToken
        """;

    private const string Torch = """
        Identity Linear Bilinear LazyLinear Conv1d Conv2d Conv3d ConvTranspose1d ConvTranspose2d ConvTranspose3d LazyConv1d LazyConv2d LazyConvTranspose2d Unfold Fold MaxPool1d MaxPool2d MaxPool3d MaxUnpool1d
        MaxUnpool2d MaxUnpool3d AvgPool1d AvgPool2d AvgPool3d FractionalMaxPool2d LPPool1d LPPool2d AdaptiveMaxPool1d AdaptiveMaxPool2d AdaptiveMaxPool3d AdaptiveAvgPool1d AdaptiveAvgPool2d
        AdaptiveAvgPool3d ReflectionPad1d ReflectionPad2d ReplicationPad2d ZeroPad1d ZeroPad2d ZeroPad3d ConstantPad2d CircularPad2d ELU Hardshrink Hardsigmoid Hardtanh Hardswish LeakyReLU LogSigmoid
        MultiheadAttention PReLU ReLU ReLU6 RReLU SELU CELU GELU Sigmoid SiLU Mish Softplus Softshrink Softsign Tanh Tanhshrink Threshold GLU Softmin Softmax Softmax2d LogSoftmax
        AdaptiveLogSoftmaxWithLoss BatchNorm1d BatchNorm2d BatchNorm3d LazyBatchNorm1d LazyBatchNorm2d GroupNorm SyncBatchNorm InstanceNorm1d InstanceNorm2d InstanceNorm3d LayerNorm LocalResponseNorm RMSNorm
        RNNBase Transformer TransformerEncoder TransformerDecoder Dropout1d Dropout2d Dropout3d AlphaDropout FeatureAlphaDropout EmbeddingBag CosineSimilarity PairwiseDistance PixelShuffle PixelUnshuffle
        Upsample UpsamplingNearest2d UpsamplingBilinear2d ChannelShuffle Flatten Unflatten ModuleList CrossMapLRN2d RandomAffine RandomHorizontalFlip RandomVerticalFlip RandomResizedCrop RandomApply
        RandomOrder RandomChoice RandomEqualize RandomSolarize RandomAutocontrast RandomAdjustSharpness RandomPosterize ColorJitter Grayscale GaussianBlur Normalize Pad Resize FiveCrop
        """;

    // The same by another name, or what does the same with other keys.
    private static readonly Dictionary<string, string> Equivalents = new()
    {
        ["Convolution2D"] = "Conv2D",
        ["Convolution2DTranspose"] = "Conv2DTranspose",
        ["SeparableConvolution2D"] = "SeparableConv2D",
        ["AvgPool2D"] = "AveragePooling2D",
        ["MaxPool2D"] = "MaxPooling2D",
        ["GlobalAvgPool2D"] = "GlobalAveragePooling2D",
        ["GlobalMaxPool2D"] = "GlobalMaxPooling2D",
        ["CenterCrop"] = "Cropping2D",
        ["Linear"] = "Dense",
        ["Conv2d"] = "Conv2D",
        ["ConvTranspose2d"] = "Conv2DTranspose",
        ["MaxPool2d"] = "MaxPooling2D",
        ["AvgPool2d"] = "AveragePooling2D",
        ["AdaptiveMaxPool2d"] = "GlobalMaxPooling2D",
        ["AdaptiveAvgPool2d"] = "GlobalAveragePooling2D",
        ["ZeroPad2d"] = "ZeroPadding2D",
        ["Softmax2d"] = "Softmax",
        ["BatchNorm1d"] = "BatchNormalization",
        ["BatchNorm2d"] = "BatchNormalization",
        ["GroupNorm"] = "GroupNormalization",
        ["LayerNorm"] = "LayerNormalization",
        ["Dropout2d"] = "SpatialDropout2D",
        ["Upsample"] = "UpSampling2D",
        ["UpsamplingNearest2d"] = "UpSampling2D",
        ["UpsamplingBilinear2d"] = "UpSampling2D",
        ["Unflatten"] = "Reshape",
    };

    [Fact]
    public void Layers_of_Keras_and_of_PyTorch_are_no_others_misspelled()
    {
        var names = $"{Keras} {Torch}".Split([' ', '\n'], StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries).Distinct().Where(name => LayerTable.Find(name) is null).ToList();

        Assert.InRange(names.Count, 250, 400);
        Assert.Equal(
            Equivalents.Select(pair => $"{pair.Key}: {pair.Value}").Order(StringComparer.Ordinal),
            names.Where(name => LayerTable.Meant(name) is not null).Select(name => $"{name}: {LayerTable.Meant(name)}").Order(StringComparer.Ordinal));
    }

    [Theory]
    [InlineData("Flaten", "Flatten")]
    [InlineData("BachNormalization", "BatchNormalization")]
    [InlineData("BatchNormalisation", "BatchNormalization")]
    [InlineData("batch_normalization", "BatchNormalization")]
    [InlineData("LayerNormalizaton", "LayerNormalization")]
    [InlineData("Normalisation", "Normalization")]
    [InlineData("MaxPoling2D", "MaxPooling2D")]
    [InlineData("MxPooling2D", "MaxPooling2D")]
    [InlineData("GlobalAveragePoolin2D", "GlobalAveragePooling2D")]
    [InlineData("RandomFlp", "RandomFlip")]
    [InlineData("RandomTransaltion", "RandomTranslation")]
    [InlineData("RadomZoom", "RandomZoom")]
    [InlineData("Conv2DTransposed", "Conv2DTranspose")]
    [InlineData("ConvTranspose2D", "Conv2DTranspose")]
    [InlineData("DepthwiseConv2", "DepthwiseConv2D")]
    [InlineData("LeakyRelu", "LeakyReLU")]
    [InlineData("AvgPooling2D", "AveragePooling2D")]
    [InlineData("GlobalAvgPooling2D", "GlobalAveragePooling2D")]
    [InlineData("RandomRotate", "RandomRotation")]
    [InlineData("RandomErase", "RandomErasing")]
    public void What_is_misspelled_is_found(string written, string meant) => Assert.Equal(meant, LayerTable.Meant(written));
}
