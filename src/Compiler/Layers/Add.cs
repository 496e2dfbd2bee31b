namespace FashionCnn.Compiler.Layers;

internal sealed class Add : ElementwiseMerge
{
    public override string Type => "Add";

    public override string NamePrefix => "add";

    public override string Summary => "The sum of values of one shape: the outputs of branches, where an empty branch is the input itself, or of the layers named in \"from\". A 1x1 image counts for every pixel.";

    public override KerasForm Keras { get; } = new() { IsSum = true };

    protected override string Operation => "add";

    protected override OnnxOperator OnnxOperation => OnnxOperator.Add;

    protected override string PyTorchOf(string first, string second) => $"{first} + {second}";

    protected override bool TakesOnePixel => true;
}
