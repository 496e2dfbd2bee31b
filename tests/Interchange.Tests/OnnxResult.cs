using System.Globalization;

namespace FashionCnn.Interchange.Tests;

/// <summary>
/// What the comparison of a model with ONNX Runtime gave. It takes minutes and gigabytes for all models, so that the results are kept in a file, from
/// which the page's table has a column.
/// </summary>
/// <param name="Gain">The variance that the kernels give to values of variance 1.</param>
/// <param name="Spread">How far the logits of two images lie apart.</param>
/// <param name="Difference">The largest difference of a logit between ONNX Runtime and Torch, as the others a share of the largest logit.</param>
/// <param name="Plain">The same for the graph as it stands, without ONNX Runtime's own changes.</param>
internal sealed record OnnxResult(double Gain, double Spread, double Difference, double Plain)
{
    private const string Head = "model,gain,of_two_images,of_onnx_runtime,as_it_stands";

    private static string File => Fixture.At("onnx-comparison.csv");

    /// <summary>The results by the models' names.</summary>
    public static SortedDictionary<string, OnnxResult> All => new(
        System.IO.File.ReadLines(File).Skip(1).Select(line => line.Split(',')).ToDictionary(
            cells => cells[0],
            cells => new OnnxResult(Number(cells[1]), Number(cells[2]), Number(cells[3]), Number(cells[4]))),
        StringComparer.Ordinal);

    /// <summary>As the page's table has it; the second number is that of the graph as it stands.</summary>
    public string Cell => Difference == Plain ? Short(Difference) : $"{Short(Difference)} ({Short(Plain)})";

    /// <summary>Keeps the result of a model in the place of an earlier one.</summary>
    public void Keep(string name)
    {
        var all = All;
        all[name] = this;
        System.IO.File.WriteAllLines(File, all.Select(pair => string.Create(
            CultureInfo.InvariantCulture, $"{pair.Key},{pair.Value.Gain},{Short(pair.Value.Spread)},{Short(pair.Value.Difference)},{Short(pair.Value.Plain)}")).Prepend(Head));
    }

    private static string Short(double value) => value.ToString("0.0e+0", CultureInfo.InvariantCulture);

    private static double Number(string text) => double.Parse(text, CultureInfo.InvariantCulture);
}
