namespace FashionCnn.Compiler.Layers;

internal sealed class AveragePooling2D : Pooling
{
    public override string Type => "AveragePooling2D";

    public override IReadOnlyList<string> OtherNames => ["AvgPool", "AvgPool2d"];

    public override string NamePrefix => "avg_pool";

    public override string Summary => "The average of each window of an image; padding never enters it.";

    protected override string Operation => "avg_pool2d";

    protected override OnnxOperator OnnxOperation => OnnxOperator.AveragePool;
}
