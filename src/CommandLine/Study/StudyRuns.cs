using FashionCnn.Data;
using FashionCnn.Models;
using FashionCnn.Native;
using FashionCnn.Runs;
using FashionCnn.Training;

namespace FashionCnn.CommandLine.Study;

/// <summary>
/// Which runs are rows of the table: those of the same network, trained in the same way on the same images, whatever the seed, the precision,
/// the threads, the layout and the machine.
/// </summary>
internal sealed class StudyRuns
{
    private readonly RunConfiguration wanted;

    private StudyRuns(RunConfiguration wanted) => this.wanted = wanted;

    /// <summary>Rows on images that are at hand.</summary>
    public static StudyRuns On(DataSet data, ModelDescriptor model, RunSettings settings) => new(RunConfiguration.Of(model, data, settings, RunOrigin.Now));

    /// <summary>Rows on the images of the study, or on the first of them, which need not be at hand.</summary>
    public static StudyRuns OnPublished(int? trainImages, int? testImages, ModelDescriptor model, RunSettings settings) => new(new RunConfiguration
    {
        Version = RunConfiguration.CurrentVersion,
        Model = model.Id,
        ArchitectureFingerprint = model.ArchitectureFingerprint,
        TrainingFingerprint = model.TrainingFingerprint,
        Frozen = Checkpoint.FrozenOf(model),
        Regularizers = Checkpoint.RegularizersOf(model),
        Data = PublishedResult.Data,
        DataLocation = string.Empty,
        DataVerified = true,
        Sample = false,
        TrainImages = Math.Min(trainImages ?? int.MaxValue, PublishedResult.TrainImages),
        TestImages = Math.Min(testImages ?? int.MaxValue, PublishedResult.TestImages),
        TestFingerprint = string.Empty,
        Training = settings.Training,
        Seed = settings.Seed,
        Threads = settings.Threads,
        Device = settings.Device,
        Versions = new Dictionary<string, string>(),
    });

    /// <summary>The runs of a folder and of the folders in it that have the settings, finished or not, the one that was started last first.</summary>
    /// <param name="folder">The folder; it need not exist.</param>
    public IEnumerable<(RunFolder Run, RunConfiguration Configuration)> In(string folder) => RunList.Under(folder)
        .Select(run => (Run: run, Configuration: run.TryReadConfiguration()!))
        .Where(run => run.Configuration is not null && Has(run.Configuration))
        .OrderByDescending(run => run.Configuration.Started);

    /// <summary>Whether a run has the settings.</summary>
    public bool Has(RunConfiguration configuration) => Decisive(configuration) == Decisive(wanted);

    /// <summary>One finished run of each seed, the lowest seed first; of several the one that was started last.</summary>
    /// <param name="kept">Runs that were kept before. The first of two copies of a run is taken, and they come first.</param>
    /// <param name="folders">The folders with the others.</param>
    public IReadOnlyList<RunRecord> Finished(IEnumerable<RunRecord> kept, IEnumerable<string> folders) =>
    [
        .. kept.Where(run => Has(run.Configuration))
            .Concat(folders.SelectMany(In).Select(run => run.Run.TryRead()).OfType<RunRecord>())
            .Where(run => run is { Result.Completed: true, Predictions: not null })
            .OrderByDescending(run => run.Configuration.Started)
            .DistinctBy(run => run.Configuration.Seed)
            .OrderBy(run => run.Configuration.Seed),
    ];

    // What is verified has the published content, so its name and the counts say which images they are.
    private static string Decisive(RunConfiguration configuration) => (configuration with
    {
        Precision = ComputePrecision.Fp32,
        TrainFingerprint = configuration is { DataVerified: true, Sample: false } ? null : configuration.TrainFingerprint,
        TestFingerprint = configuration is { DataVerified: true, Sample: false } ? string.Empty : configuration.TestFingerprint,
    }).WithoutSeed;
}
