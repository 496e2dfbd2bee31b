using FashionCnn.Compiler;
using FashionCnn.Compiler.Show;
using FashionCnn.Data;
using FashionCnn.Models;
using FashionCnn.Runs;
using FashionCnn.Training;

namespace FashionCnn.CommandLine.Report;

/// <summary>A run, and what the report shows along with it.</summary>
/// <param name="Run">The run.</param>
/// <param name="Model">Its model; null when neither the run nor the program has its spec.</param>
/// <param name="WithoutModel">Why there is no model; null when there is one.</param>
/// <param name="ClassNames">The name of each class, by class number.</param>
/// <param name="Test">The test images; null when they are not to be had.</param>
/// <param name="WithoutImages">Why there are no images; null when there are.</param>
internal sealed record ReportedRun(
    RunRecord Run, ModelSummary? Model, string? WithoutModel, IReadOnlyList<string> ClassNames, ImageSet? Test, string? WithoutImages)
{
    /// <summary>Finds a run's model, and its test images once more.</summary>
    /// <param name="run">The run.</param>
    /// <param name="models">The models that the program has.</param>
    /// <param name="open">Opens data.</param>
    /// <param name="folder">Where to look instead of where the run found them; null for there.</param>
    /// <exception cref="InputException">A file of the run is damaged, or <paramref name="folder"/> cannot be used.</exception>
    public static ReportedRun Of(RunRecord run, IReadOnlyList<ModelDescriptor> models, Func<DataRequest, DataSet> open, string? folder = null)
    {
        var id = run.Configuration.Model;
        var descriptor = models.FirstOrDefault(model => model.Id == id);
        // The run's own spec, or, for runs that kept none, the program's.
        var known = new[] { run.Folder.TryReadSpec(), descriptor?.Spec }.Select(spec => Compile(id, spec)).OfType<ModelSummary>().ToList();
        var model = known.Find(model => model.ArchitectureFingerprint == run.Configuration.ArchitectureFingerprint) ?? known.FirstOrDefault();
        var withoutModel = model is null ? $"There is no model {id} in this program any more, so its layers are not shown."
            : model.ArchitectureFingerprint != run.Configuration.ArchitectureFingerprint ? $"The spec of {id} describes another network now than the one that was trained, so its layers are not shown."
            : null;
        // Pictures are shown of mistakes only.
        var (test, withoutImages) = run.Predictions is null ? (null, null) : Images(run.Configuration, model is { InputShape: [var height, var width, var channels] } ? new ImageShape(height, width, channels) : descriptor?.Input, open, folder);
        if (test is not null && !test.Labels.AsSpan().SequenceEqual(run.Predictions!.Labels))
        {
            throw Damaged(run, "its labels are not those of the test images");
        }

        return new ReportedRun(run, withoutModel is null ? model : null, withoutModel, run.Configuration.ClassNames, test, withoutImages);
    }

    private static ModelSummary? Compile(string id, string? spec) =>
        spec is not null && SpecCompiler.Compile($"{id}.json", spec) is { IsModel: true } compiled ? compiled.Summary() : null;

    private static (ImageSet? Test, string? Without) Images(RunConfiguration configuration, ImageShape? input, Func<DataRequest, DataSet> open, string? folder)
    {
        var place = folder ?? (configuration.Sample ? DataSets.Sample : Directory.Exists(configuration.DataLocation) ? configuration.DataLocation : null);
        if (place is null && !configuration.DataVerified)
        {
            return (null, configuration.DataLocation.Length == 0
                ? "The run does not say where its images are. Give their folder with --data."
                : $"The folder of the data, {configuration.DataLocation}, is no longer there. Give the images' folder with --data.");
        }

        try
        {
            var data = open(new DataRequest(place, input, configuration.TestSplit));
            var test = configuration.TestIsHeldOut
                ? Holdout.WithTest(data with { Train = data.Train.Take(configuration.TrainImages), Test = data.Test.Take(0) }, configuration.Training.ValidationSplit, configuration.Seed).Test
                : data.Test.Take(configuration.TestImages);
            return test.Fingerprint == configuration.TestFingerprint
                ? (test, null)
                : (null, $"The test images of {data.Name} ({data.Location}) are not those that the run was evaluated on. Give their folder with --data.");
        }
        catch (InputException exception) when (folder is null)
        {
            return (null, exception.Message);
        }
    }

    private static InputException Damaged(RunRecord run, string what) =>
        new($"{run.Folder.File(File.Exists(run.Folder.File("predictions.csv")) ? "predictions.csv" : "predictions.csv.gz")}: the file is damaged: {what}. Train the run again, or delete the file to leave predictions out.");
}
