using FashionCnn.Compiler.Code;

namespace FashionCnn.Compiler.Layers;

internal sealed class MaxPooling2D : Pooling
{
    public override string Type => "MaxPooling2D";

    public override IReadOnlyList<string> OtherNames => ["MaxPool", "MaxPool2d"];

    public override string NamePrefix => "max_pool";

    public override string Summary => "The maximum of each window of an image; padding never enters it.";

    public override bool TakesMaximum => true;

    protected override string Operation => "max_pool2d";

    protected override OnnxOperator OnnxOperation => OnnxOperator.MaxPool;

    protected override string PyTorchPadded(string x, string window, long top, long bottom, long left, long right) =>
        $"F.max_pool2d({Python.Pad(x, top, bottom, left, right, "float(\"-inf\")")}, {window})";
}
