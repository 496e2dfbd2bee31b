using FashionCnn.Data;
using FashionCnn.Evaluation;
using static System.FormattableString;

namespace FashionCnn.CommandLine;

/// <summary>Writes predictions: as text as soon as each one is there, as JSON all at the end.</summary>
internal sealed class PredictionWriter(IReadOnlyList<string>? names, bool asJson, TextWriter output, TextWriter error)
{
    private readonly List<ImagePrediction> images = [];
    private readonly List<FailedImage> failed = [];
    private readonly List<string> notes = [];

    public void Note(string note)
    {
        notes.Add(note);
        error.WriteLine($"Note: {note}");
    }

    public void Fail(string file, string message)
    {
        failed.Add(new FailedImage(file, message));
        error.WriteLine($"error: {message}");
    }

    public void Write(string file, ImageFile image, IReadOnlyList<ClassProbability> classes)
    {
        images.Add(new ImagePrediction(file, image.Width, image.Height, image.Steps, [.. classes.Select(pair => new PredictedClass(pair.Class, names?[pair.Class], pair.Probability))]));
        if (!asJson)
        {
            var likeliest = string.Join(", ", classes.Select(pair => Invariant($"{names?[pair.Class] ?? Invariant($"class {pair.Class}")} {pair.Probability:0.0000}")));
            output.WriteLine(Invariant($"{file}: {likeliest} ({string.Join("; ", image.Steps.Prepend(Invariant($"{image.Width}x{image.Height}")))})"));
        }
    }

    /// <summary>Writes what is left to write; gives the exit code.</summary>
    public int Finish(string model, string weights)
    {
        if (asJson)
        {
            output.Write(OutputJson.Write(new PredictionReport(model, weights, images, failed, notes)));
        }

        return failed.Count == 0 ? CommandLineProgram.Success : CommandLineProgram.WrongUsage;
    }

    internal sealed record PredictionReport(string Model, string Weights, List<ImagePrediction> Images, List<FailedImage> Failed, List<string> Notes);

    internal sealed record ImagePrediction(string File, int Width, int Height, IReadOnlyList<string> Steps, IReadOnlyList<PredictedClass> Classes);

    internal sealed record PredictedClass(int Class, string? Name, double Probability);

    internal sealed record FailedImage(string File, string Error);
}
