using FashionCnn.Compiler.Keys;
using FashionCnn.Compiler.Syntax;

namespace FashionCnn.Compiler.Layers;

/// <summary>Makes the keys that several layer kinds have.</summary>
internal static class CommonKeys
{
    public const int MaxFilters = 65_536;
    public const int MaxSize = 1_024;

    public static readonly EquatableArray<string> PaddingModes = ["valid", "same"];

    /// <summary>A key of every layer that holds weights, and of repetitions and uses of blocks, where false holds for all layers within.</summary>
    public static readonly Key<bool> Trainable = new BooleanKey("trainable", "changes in training; false freezes the layer").Or(true).OfTraining();

    public static Key<int> Filters() => new IntegerKey("filters", 1, MaxFilters, "channels of the output").Required();

    public static Key<int> DepthMultiplier() => new IntegerKey("depth_multiplier", 1, MaxFilters, "output channels for each input channel").Or(1);

    public static Key<Size> KernelSize() => new SizeKey("kernel_size", MaxSize, "height and width of the kernel").Required();

    public static Key<Size> Strides() => new SizeKey("strides", MaxSize, "pixels from one position of the kernel to the next").Or(Size.One);

    public static Key<Size> DilationRate() => new SizeKey("dilation_rate", MaxSize, "pixels from one value of the kernel to the next").Or(Size.One);

    public static Key<string> Padding() =>
        new ChoiceKey("padding", PaddingModes, "\"valid\" for none, \"same\" for enough that only the strides shrink the image").Or("valid");

    public static Key<bool> UseBias() => new BooleanKey("use_bias", "adds a trained value to each output channel").Or(true);

    public static Key<string> Activation() => new ChoiceKey("activation", Activations.Names, "applied to the output").Or("linear");

    public static Key<TypedSettings> Regularizer(string name, string description) => new RegularizerKey(name, $"added to the loss for the {description}").OfTraining();

    public static Key<bool> KeepDims() => new BooleanKey("keepdims", "gives an image of one pixel instead of a vector").Or(false).Added();

    public static Key<Interval> ValueRange(string description) =>
        new IntervalKey("value_range", NumberRange.Any, $"{description}. Keras's default is [0, 255], but images arrive here with pixels from 0 to 1").Or(new Interval(0, 1));

    public static Key<TypedSettings> Initializer(string name, TypedSettings value, string description) => new InitializerKey(name, Initializers.All, description).Or(value);

    /// <summary>The initializer of a bias, which is a vector.</summary>
    public static Key<TypedSettings> BiasInitializer() => new InitializerKey("bias_initializer", Initializers.OfVectors, "initial values of the bias").Or(Initializers.Zeros);
}
