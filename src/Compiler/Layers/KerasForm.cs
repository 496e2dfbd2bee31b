using FashionCnn.Compiler.Keys;
using FashionCnn.Compiler.Syntax;

namespace FashionCnn.Compiler.Layers;

/// <summary>
/// How Keras has a layer kind, both ways: what is not said is as in the spec. Keys have one name and one meaning; values are those of the
/// spec, where Keras writes an initializer or a regularizer as an object with its class.
/// </summary>
internal sealed record KerasForm
{
    /// <summary>Keras's class, with its module where it is another's name here; null when it is the kind's type.</summary>
    public string? Class { get; init; }

    /// <summary>The layer's tensors in the order in which Keras keeps them.</summary>
    public EquatableArray<KerasTensor> Tensors { get; init; } = [];

    /// <summary>Keys that the spec does not have, with the only value, as JSON, of which this is the kind, for images and for vectors. One class may be several kinds by them.</summary>
    public EquatableArray<(string Key, string OfImages, string OfVectors)> Fixed { get; init; } = [];

    /// <summary>Keys of Keras that a spec does not have, with what Keras writes where nothing else was said.</summary>
    public EquatableArray<KerasDefault> Defaults { get; init; } = [];

    /// <summary>Keras builds the layer in its constructor, so that its file has no shape of the layer's input.</summary>
    public bool IsBuiltAtOnce { get; init; }

    /// <summary>Keras calls the layer with a mask, which there is none of in a network of images.</summary>
    public bool TakesMask { get; init; }

    /// <summary>Keras's class takes no <c>trainable</c>.</summary>
    public bool LacksTrainable { get; init; }

    /// <summary>A key of Keras that is the number of the input's channels; null for none.</summary>
    public string? Channels { get; init; }

    /// <summary>Keras asks which dimension of an image is the channels'.</summary>
    public bool HasDataFormat { get; init; }

    /// <summary>Keys of Keras that say nothing where the others are as they are here.</summary>
    public EquatableArray<string> Idle { get; init; } = [];

    /// <summary>A key and its value, as JSON, with which the layer does nothing; null where there is none.</summary>
    public (string Key, string Value)? Nothing { get; init; }

    /// <summary>A class of Keras that adds to its first input its second one after this layer.</summary>
    public string? Addend { get; init; }

    /// <summary>Keras's operations with a number, each with the index of the key that the number is. A required key is 1 without one.</summary>
    public EquatableArray<(string Operation, int Key)> Operations { get; init; } = [];

    /// <summary>It adds its inputs up.</summary>
    public bool IsSum { get; init; }

    /// <summary>What it does with pixels, as the first layer of a model; a kind for each is enough.</summary>
    public PixelRole Pixels { get; init; }
}

/// <summary>A key of Keras that a spec does not have.</summary>
/// <param name="Key">Its name.</param>
/// <param name="Value">What Keras writes, as JSON.</param>
/// <param name="OfVectors">What it writes for a layer that reads a vector, where that is something else.</param>
internal sealed record KerasDefault(string Key, string Value, string? OfVectors = null)
{
    /// <summary>What all normalizations have: where the scale and the shift start, and nothing that restrains them.</summary>
    public static EquatableArray<KerasDefault> OfScaleAndShift { get; } =
        [Zeros("beta_initializer"), Ones("gamma_initializer"), .. Null("beta_regularizer", "gamma_regularizer", "beta_constraint", "gamma_constraint")];

    /// <summary>An initializer that starts at 0.</summary>
    public static KerasDefault Zeros(string key) => Initializer(key, "Zeros");

    /// <summary>An initializer that starts at 1.</summary>
    public static KerasDefault Ones(string key) => Initializer(key, "Ones");

    /// <summary>Keys that say nothing.</summary>
    public static EquatableArray<KerasDefault> Null(params string[] keys) => [.. keys.Select(key => new KerasDefault(key, "null"))];

    private static KerasDefault Initializer(string key, string type) =>
        new(key, $$"""{"module":"keras.initializers","class_name":"{{type}}","config":{},"registered_name":null}""");
}

/// <summary>A tensor of a layer.</summary>
/// <param name="Name">What Keras calls it: <c>kernel</c>.</param>
/// <param name="Tensor">The rest of its name in the state dict: <c>weight</c>.</param>
/// <param name="Order">How Keras keeps its values.</param>
/// <param name="If">The key that gives the layer this tensor; null for one that it always has.</param>
/// <param name="Unless">The key that takes the tensor away by being written; null for none.</param>
/// <param name="IsBuffer">Torch has it as a buffer, which no gradient changes, and not as a parameter.</param>
internal sealed record KerasTensor(string Name, string Tensor, KerasOrder Order = KerasOrder.Same, Key<bool>? If = null, Key? Unless = null, bool IsBuffer = false);

/// <summary>In which order Keras keeps the values of a tensor.</summary>
internal enum KerasOrder
{
    /// <summary>As in the state dict.</summary>
    Same,

    /// <summary>Backwards: height, width, channels in, channels out for a convolution, in and out for a dense layer.</summary>
    Reversed,

    /// <summary>Height, width, channels, outputs of each channel.</summary>
    Depthwise,

    /// <summary>Height, width, channels of an image, any of which may be one for all.</summary>
    Image,

    /// <summary>A single integer, which is an array of one number here.</summary>
    Count,
}

/// <summary>What a layer does with the values of pixels.</summary>
internal enum PixelRole
{
    None,

    /// <summary>Multiplies all by its first key and adds its second.</summary>
    Scales,

    /// <summary>Subtracts its first key, a number per channel, and divides by the root of its second.</summary>
    Normalizes,
}
