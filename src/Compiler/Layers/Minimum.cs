namespace FashionCnn.Compiler.Layers;

internal sealed class Minimum : ElementwiseMerge
{
    public override string Type => "Minimum";

    public override IReadOnlyList<string> OtherNames => ["Min"];

    public override string NamePrefix => "minimum";

    public override string Summary => "The smallest of values of one shape: the outputs of branches or of the layers named in \"from\".";

    protected override string Operation => "minimum";

    protected override OnnxOperator OnnxOperation => OnnxOperator.Min;

    protected override string PyTorchOf(string first, string second) => $"torch.minimum({first}, {second})";
}
