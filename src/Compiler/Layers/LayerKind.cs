using FashionCnn.Compiler.Keys;
using FashionCnn.Compiler.Shapes;
using FashionCnn.Compiler.Syntax;

namespace FashionCnn.Compiler.Layers;

/// <summary>
/// A layer kind: its keys, its shape rule, its counts, what it becomes in C#, ONNX and PyTorch, and how it is drawn, all in one file. <see cref="LayerTable"/> lists
/// the kinds; nothing else names them.
/// </summary>
internal abstract class LayerKind
{
    /// <summary>The <c>type</c> in a spec, by Keras's name.</summary>
    public abstract string Type { get; }

    /// <summary>What authors who come from elsewhere, above all from Torch, may call it. Only suggestions know these names.</summary>
    public virtual IReadOnlyList<string> OtherNames => [];

    /// <summary>What layers without a name are called, followed by a number.</summary>
    public abstract string NamePrefix { get; }

    /// <summary>One sentence for the reference page and the editor.</summary>
    public abstract string Summary { get; }

    /// <summary>What it does, roughly.</summary>
    public virtual LayerFamily Family => LayerFamily.Other;

    public abstract KeyTable Table { get; }

    /// <summary>How Keras has it.</summary>
    public virtual KerasForm Keras { get; } = new();

    /// <summary>It joins several values: the outputs of branches or of layers that <c>from</c> names.</summary>
    public virtual bool JoinsBranches => false;

    /// <summary>It makes a vector of any image and keeps every value: what is proposed where a vector is needed.</summary>
    public virtual bool MakesVector => false;

    /// <summary>Of an image it takes each pixel on its own, which is meant less often than a vector of all of them.</summary>
    public virtual bool ExpectsVector => false;

    /// <summary>It subtracts each channel's mean, so that a bias that was added just before has no effect.</summary>
    public virtual bool CancelsBias => false;

    /// <summary>It changes images in training and leaves them alone otherwise.</summary>
    public virtual bool ActsInTrainingOnly => false;

    /// <summary>Its operation can take the normalization that follows as <c>norm</c>.</summary>
    public virtual bool TakesNormalization => false;

    /// <summary>In evaluation it multiplies each channel by a number and adds another, which do not depend on the input.</summary>
    public virtual bool NormalizesChannels => false;

    /// <summary>Each of its values is the maximum of some of its input's, so that an activation that never falls may as well come after it.</summary>
    public virtual bool TakesMaximum => false;

    /// <summary>The key of the activation that ends the layer; null for a layer without.</summary>
    public virtual Key<string>? ActivationKey => null;

    /// <summary>The key that gives the layer a bias; null for a layer without.</summary>
    public virtual Key<bool>? BiasKey => null;

    /// <summary>It holds weights, which the settings keep as they are.</summary>
    public bool IsFrozen(Settings settings) => Table.IndexOf(CommonKeys.Trainable) >= 0 && !settings.Get(Table, CommonKeys.Trainable);

    /// <summary>The keys of its regularizers, each with the name of the tensor that it acts on.</summary>
    public virtual IReadOnlyList<(Key<TypedSettings> Key, string Tensor)> RegularizerKeys => [];

    /// <summary>The keys of the kernel that moves over the image; null for a layer without.</summary>
    public virtual KernelKeys? KernelKeys => null;

    /// <summary>Rules between keys. Reports through the reader, which says where the layer stands.</summary>
    public virtual bool Check(LayerSpec layer, ValueReader reader) => true;

    /// <summary>The output shape, or why there is none.</summary>
    public abstract ShapeResult Infer(LayerSpec layer, Shape input);

    /// <summary>The joined shape of two or more values. Called only where it joins branches.</summary>
    public virtual ShapeResult Join(LayerSpec layer, IReadOnlyList<Shape> inputs) => throw new NotSupportedException("The layer joins no branches.");

    /// <summary>What is known of the output when the input is unknown or a setting was refused; null for nothing.</summary>
    public virtual Shape? InferWithoutInput(LayerSpec layer, Shape? input) => null;

    /// <summary>Throws an <see cref="OverflowException"/> when a count does not fit into 64 bits.</summary>
    public virtual LayerCounts Count(Settings settings, Shape input, Shape output) => default;

    /// <summary>The sizes of a tensor of weights. Called only for those that are not a number for each channel of the output.</summary>
    public virtual EquatableArray<long> WeightShape(PlannedLayer layer, string tensor) => throw new NotSupportedException($"The layer has no {tensor}.");

    /// <summary>The share of the layer's moving statistics that stays at each step of training; null for a layer without.</summary>
    public virtual double? MomentumOf(Settings settings) => null;

    /// <summary>The settings that a reader wants to see in a table, such as <c>3x3 same relu</c>.</summary>
    public virtual string Label(Settings settings) => string.Empty;

    /// <summary>The type, with its namespace, of the module that holds the layer's weights; null for a layer without.</summary>
    public virtual string? MemberType => null;

    /// <summary>It has the module. Called only where the kind has one, and also for settings that were refused.</summary>
    public virtual bool HasMember(Settings settings) => MemberType is not null;

    /// <summary>The expression that makes the module. Called only where there is one.</summary>
    public virtual string Creation(PlannedLayer layer) => throw new NotSupportedException("The layer has no weights.");

    /// <summary>The expression that computes the layer from <paramref name="x"/>.</summary>
    public abstract string Forward(PlannedLayer layer, string x);

    /// <summary>
    /// What the layer computes in evaluation, in ONNX, from <paramref name="x"/>, which it gives back where it then does nothing.
    /// </summary>
    public abstract OnnxValue Onnx(PlannedLayer layer, OnnxValue x);

    /// <summary>What it makes of values in ONNX. Called only where it joins branches.</summary>
    public virtual OnnxValue Onnx(IReadOnlyList<OnnxValue> inputs) => throw new NotSupportedException("The layer joins no branches.");

    /// <summary>The expression that makes the module of PyTorch that holds the layer's weights by the names that they have here; null for a layer without.</summary>
    public virtual string? PyTorchModule(PlannedLayer layer) => null;

    /// <summary>
    /// PyTorch's expression that computes the layer from <paramref name="x"/>, a variable, which it gives back where nothing is to be done. What acts in training only is
    /// left out, unless PyTorch has the same.
    /// </summary>
    public abstract string PyTorch(PlannedLayer layer, string x);

    /// <summary>PyTorch's expression that joins the values of variables. Called only where it joins branches.</summary>
    public virtual string PyTorch(IReadOnlyList<string> inputs) => throw new NotSupportedException("The layer joins no branches.");

    /// <summary>The expression that computes ReLU of <paramref name="x"/>, which nothing else reads, and then the layer; null where that is no faster.</summary>
    public virtual string? ForwardAfterRelu(PlannedLayer layer, string x) => null;

    /// <summary>The expression that joins values. Called only where it joins branches.</summary>
    public virtual string Forward(IReadOnlyList<string> inputs) => throw new NotSupportedException("The layer joins no branches.");

    /// <summary>The rows and columns at the bottom and right of an image that it never reads.</summary>
    public virtual (long Rows, long Columns) Unread(Settings settings, Shape input) => (0, 0);

    /// <summary>What every value is multiplied by and what is added then, if that is all that the layer does; null for a layer that does other things.</summary>
    public virtual (double Scale, double Offset)? Rescales(Settings settings) => null;

    /// <summary>What is computed last, by the activations' names.</summary>
    public virtual string LastActivation(Settings settings) => ActivationKey is { } key ? settings.Get(Table, key) : "linear";
}

/// <param name="Parameters">All parameters.</param>
/// <param name="NonTrainable">Those of them that no gradient changes.</param>
/// <param name="MultiplyAccumulates">Per image; bias and normalization are not counted.</param>
internal readonly record struct LayerCounts(long Parameters, long NonTrainable, long MultiplyAccumulates)
{
    /// <summary>Weights that are all applied at each position of the output.</summary>
    public static LayerCounts OfWeights(long weights, long biases, Shape output) =>
        checked(new(weights + biases, 0, weights * output.Height * output.Width));

    public static LayerCounts operator +(LayerCounts a, LayerCounts b) => checked(new(
        a.Parameters + b.Parameters, a.NonTrainable + b.NonTrainable, a.MultiplyAccumulates + b.MultiplyAccumulates));
}
