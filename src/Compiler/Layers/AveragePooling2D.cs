using FashionCnn.Compiler.Code;

namespace FashionCnn.Compiler.Layers;

internal sealed class AveragePooling2D : Pooling
{
    public override string Type => "AveragePooling2D";

    public override IReadOnlyList<string> OtherNames => ["AvgPool", "AvgPool2d", "AvgPooling2D"];

    public override string NamePrefix => "avg_pool";

    public override string Summary => "The average of each window of an image; padding never enters it.";

    protected override string Operation => "avg_pool2d";

    protected override OnnxOperator OnnxOperation => OnnxOperator.AveragePool;

    // The average with zeros, by that of ones: zeros count in both.
    protected override string PyTorchPadded(string x, string window, long top, long bottom, long left, long right) =>
        $"F.avg_pool2d({Python.Pad(x, top, bottom, left, right)}, {window}) / F.avg_pool2d({Python.Pad($"torch.ones_like({x})", top, bottom, left, right)}, {window})";
}
