using FashionCnn.Compiler.Code;
using FashionCnn.Compiler.Keys;
using FashionCnn.Compiler.Shapes;
using FashionCnn.Compiler.Syntax;

namespace FashionCnn.Compiler.Layers;

internal sealed class Dense : LayerKind
{
    private static readonly Key<int> Units = new IntegerKey("units", 1, CommonKeys.MaxFilters, "length of the output, or channels of the output for an image").Required();
    private static readonly Key<bool> UseBias = new BooleanKey("use_bias", "adds a trained value to each unit").Or(true);
    private static readonly Key<string> Activation = CommonKeys.Activation();
    private static readonly Key<TypedSettings> KernelInitializer = CommonKeys.Initializer("kernel_initializer", Initializers.GlorotUniform, "initial values of the weights");
    private static readonly Key<TypedSettings> BiasInitializer = CommonKeys.BiasInitializer();
    private static readonly Key<TypedSettings> KernelRegularizer = CommonKeys.Regularizer("kernel_regularizer", "weights");
    private static readonly Key<TypedSettings> BiasRegularizer = CommonKeys.Regularizer("bias_regularizer", "bias");

    public override string Type => "Dense";

    public override IReadOnlyList<string> OtherNames => ["Linear", "FullyConnected"];

    public override string NamePrefix => "dense";

    public override string Summary => "Every output is a weighted sum of all values of a vector, or, for an image, of the channels of one pixel.";

    public override LayerFamily Family => LayerFamily.Dense;

    public override KeyTable Table { get; } = new(Units, UseBias, Activation, KernelInitializer, BiasInitializer, KernelRegularizer, BiasRegularizer, CommonKeys.Trainable);

    public override KerasForm Keras { get; } = new() { Tensors = [new("kernel", "weight", KerasOrder.Reversed), new("bias", "bias", If: UseBias)], Defaults = KerasDefault.Null("kernel_constraint", "bias_constraint") };

    public override Key<string>? ActivationKey => Activation;

    public override Key<bool>? BiasKey => UseBias;

    public override IReadOnlyList<(Key<TypedSettings> Key, string Tensor)> RegularizerKeys { get; } = [(KernelRegularizer, "weight"), (BiasRegularizer, "bias")];

    public override bool ExpectsVector => true;

    public override bool Check(LayerSpec layer, ValueReader reader) => Regularizers.CheckBias(layer, BiasRegularizer, UseBias, reader);

    public override ShapeResult Infer(LayerSpec layer, Shape input) =>
        input.WithChannels(layer.Get(Units));

    public override Shape? InferWithoutInput(LayerSpec layer, Shape? input) => layer.Find(Units) is int units ? input?.WithChannels(units) : null;

    public override LayerCounts Count(Settings settings, Shape input, Shape output) => LayerCounts.OfWeights(
        checked(input.Channels * output.Channels), settings.Get(Table, UseBias) ? output.Channels : 0, output);

    public override EquatableArray<long> WeightShape(PlannedLayer layer, string tensor) => [layer.Output.Channels, layer.Input.Channels];

    public override string Label(Settings settings) => settings.Get(Table, Activation) is var name and not "linear" ? name : string.Empty;

    public override string? MemberType => "TorchSharp.Modules.Linear";

    public override string Creation(PlannedLayer layer) =>
        $"CreateDense(features: {layer.Input.Channels}, units: {layer.Get(Units)}"
        + (layer.Get(UseBias) ? string.Empty : ", bias: false")
        + Initializers.Argument("kernelInitializer", layer.Get(KernelInitializer), Initializers.GlorotUniform)
        + Initializers.Argument("biasInitializer", layer.Get(BiasInitializer), Initializers.Zeros)
        + ")";

    public override string Forward(PlannedLayer layer, string x) => Activations.OverwriteWith(
        layer.LeavesSoftmax ? "linear" : layer.Get(Activation), $"linear({layer.Member}, {x})");

    public override OnnxValue Onnx(PlannedLayer layer, OnnxValue x) => Activations.Onnx(layer.LeavesSoftmax ? "linear" : layer.Get(Activation), Product(layer, x));

    public override string? PyTorchModule(PlannedLayer layer) => $"nn.Linear({layer.Input.Channels}, {layer.Output.Channels}{Python.Bias(layer.Get(UseBias))})";

    public override string PyTorch(PlannedLayer layer, string x) => Activations.PyTorch(
        layer.LeavesSoftmax ? "linear" : layer.Get(Activation), PyTorchShapes.OnChannels(values => $"{Python.Member(layer.Name)}({values})", x, layer.Input));

    // Of an image, a convolution of one pixel: the weights are the same.
    private static OnnxNode Product(PlannedLayer layer, OnnxValue x)
    {
        var (units, features) = (layer.Output.Channels, layer.Input.Channels);
        OnnxValue[] bias = layer.Get(UseBias) ? [OnnxValue.Weight("bias", units)] : [];
        return layer.Input.IsImage
            ? x.To(OnnxOperator.Conv, [OnnxValue.Weight("weight", units, features, 1, 1), .. bias])
            : x.To(OnnxOperator.Gemm, [OnnxValue.Weight("weight", units, features), .. bias]).WithInteger("transB", 1);
    }
}
