namespace FashionCnn.Compiler.Layers;

internal sealed class Maximum : ElementwiseMerge
{
    public override string Type => "Maximum";

    public override IReadOnlyList<string> OtherNames => ["Max"];

    public override string NamePrefix => "maximum";

    public override string Summary => "The largest of values of one shape: the outputs of branches or of the layers named in \"from\".";

    protected override string Operation => "maximum";

    protected override OnnxOperator OnnxOperation => OnnxOperator.Max;

    protected override string PyTorchOf(string first, string second) => $"torch.maximum({first}, {second})";
}
