namespace FashionCnn.Compiler.Layers;

internal sealed class Multiply : ElementwiseMerge
{
    public override string Type => "Multiply";

    public override IReadOnlyList<string> OtherNames => ["Mul"];

    public override string NamePrefix => "multiply";

    public override string Summary => "The product of values of one shape, such as features and a gate: the outputs of branches or of the layers named in \"from\". A 1x1 image counts for every pixel.";

    protected override string Operation => "multiply";

    protected override OnnxOperator OnnxOperation => OnnxOperator.Mul;

    protected override string PyTorchOf(string first, string second) => $"{first} * {second}";

    protected override bool TakesOnePixel => true;
}
