namespace FashionCnn.Compiler.Layers;

internal sealed class Average : ElementwiseMerge
{
    public override string Type => "Average";

    public override string NamePrefix => "average";

    public override string Summary => "The average of values of one shape: the outputs of branches or of the layers named in \"from\".";

    protected override string Operation => "average";

    protected override OnnxOperator OnnxOperation => OnnxOperator.Add;

    protected override string PyTorchOf(string first, string second) => $"{first} + {second}";

    public override OnnxValue Onnx(IReadOnlyList<OnnxValue> inputs) => base.Onnx(inputs).To(OnnxOperator.Div, inputs.Count);

    public override string PyTorch(IReadOnlyList<string> inputs) => $"({base.PyTorch(inputs)}) / {inputs.Count}";
}
