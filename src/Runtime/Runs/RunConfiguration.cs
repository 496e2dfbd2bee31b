using System.Globalization;
using System.Reflection;
using System.Runtime.InteropServices;
using System.Text.Json.Serialization;
using FashionCnn.Data;
using FashionCnn.Distribution;
using FashionCnn.Evaluation;
using FashionCnn.Models;
using FashionCnn.Native;
using FashionCnn.Training;
using TorchSharp;

namespace FashionCnn.Runs;

/// <summary>Everything that decided a run, as <c>config.json</c> keeps it.</summary>
internal sealed record RunConfiguration
{
    /// <summary>
    /// The version of the run folder's format that this program writes. The first one had no number; runs of the third are trained by Keras's
    /// arithmetic, those before by Torch's.
    /// </summary>
    public const int CurrentVersion = 3;

    /// <summary>What files of earlier versions lack has the value that it stands for there.</summary>
    public RunConfiguration()
        : this(version: 1)
    {
    }

    [JsonConstructor]
    internal RunConfiguration(
        int version = 1,
        string dataKind = FashionCnn.Data.DataKind.Idx,
        IReadOnlyList<string> classNames = null!,
        string precision = ComputePrecision.Fp32,
        int evaluationBatch = Evaluator.DefaultBatchSize,
        IReadOnlyList<SettingChange> changes = null!,
        int ranks = 1,
        string reduce = GradientReduction.Fp32,
        IReadOnlyList<string> frozen = null!,
        IReadOnlyList<string> regularizers = null!)
    {
        (Ranks, Reduce) = (ranks, reduce);
        (Version, DataKind, Precision, EvaluationBatch) = (version, dataKind, precision, evaluationBatch);
        (ClassNames, Changes) = (classNames ?? [], changes ?? []);
        (Frozen, Regularizers) = (frozen ?? [], regularizers ?? []);
    }

    /// <summary>The version of the run folder's format.</summary>
    public int Version { get; init; }

    /// <summary>When the run was started first; null in files of version 1.</summary>
    public DateTimeOffset? Started { get; init; }

    /// <summary>The model's id.</summary>
    public required string Model { get; init; }

    /// <summary>Which network it was.</summary>
    public required string ArchitectureFingerprint { get; init; }

    /// <summary>How the spec says to train it, before the command line's overrides.</summary>
    public required string TrainingFingerprint { get; init; }

    /// <summary>The data set's name.</summary>
    public required string Data { get; init; }

    /// <summary>Where the data was read.</summary>
    public required string DataLocation { get; init; }

    /// <summary>The data has the published content.</summary>
    public required bool DataVerified { get; init; }

    /// <summary>The built-in sample was used.</summary>
    public required bool Sample { get; init; }

    /// <summary>The form of the data, see <see cref="Data.DataKind"/>; IDX for runs from before there were others.</summary>
    public string DataKind { get; init; }

    /// <summary>How the test images were chosen among the images; null when the data has its own, or none.</summary>
    public TestSplit? TestSplit { get; init; }

    /// <summary>The data has no test images: it was evaluated on the held-out training images.</summary>
    public bool TestIsHeldOut { get; init; }

    /// <summary>The name of each class, by class number; numbers where the data has no names.</summary>
    public IReadOnlyList<string> ClassNames { get; init; }

    /// <summary>Images trained on.</summary>
    public required int TrainImages { get; init; }

    /// <summary>Images evaluated on.</summary>
    public required int TestImages { get; init; }

    /// <summary>SHA-256 of the training images and labels; null in files of version 1.</summary>
    public string? TrainFingerprint { get; init; }

    /// <summary>SHA-256 of the test images and labels: runs with the same can be compared image by image.</summary>
    public required string TestFingerprint { get; init; }

    /// <summary>The layers that training left as they were; none in files from before it was recorded.</summary>
    public IReadOnlyList<string> Frozen { get; init; }

    /// <summary>What weights added to the loss, a line for each; none in files from before it was recorded.</summary>
    public IReadOnlyList<string> Regularizers { get; init; }

    /// <summary>Optimizer, batch size, epochs.</summary>
    public required TrainingSettings Training { get; init; }

    /// <summary>What started the random numbers.</summary>
    public required long Seed { get; init; }

    /// <summary>Threads that Torch computed with.</summary>
    public required int Threads { get; init; }

    /// <summary>cpu or cuda.</summary>
    public required string Device { get; init; }

    /// <summary>fp32 or bf16; runs from before there was a choice were computed in fp32.</summary>
    public string Precision { get; init; }

    /// <summary>channels_last or channels_first; null for runs from before it was recorded.</summary>
    public string? Layout { get; init; }

    /// <summary>Images that were evaluated at once; runs from before it was recorded evaluated as many as by default.</summary>
    public int EvaluationBatch { get; init; }

    /// <summary>The test images were evaluated once, after training; otherwise after every epoch.</summary>
    public bool TestAtEnd { get; init; }

    /// <summary>The processes that trained together.</summary>
    public int Ranks { get; init; }

    /// <summary>The type in which they exchanged gradients, see <see cref="GradientReduction"/>.</summary>
    public string Reduce { get; init; }

    /// <summary>Batch normalization took its statistics over the whole batch; otherwise each process took them over its share.</summary>
    public bool SyncBatchNorm { get; init; }

    /// <summary>The weights of a file that the run started with; null for fresh ones.</summary>
    public InitialWeights? InitialWeights { get; init; }

    /// <summary>What the self-check before the run came to: <c>passed</c>, <c>not made</c>, or why another precision or layout was taken.</summary>
    public string? SelfCheck { get; init; }

    /// <summary>What was done about a processor that hides its caches (<see cref="CacheState.Word"/>); null for runs from before that was looked at.</summary>
    public string? ProcessorCaches { get; init; }

    /// <summary>What it ran on: FashionCnn, .NET, TorchSharp, libtorch, system and processor architecture.</summary>
    public required IReadOnlyDictionary<string, string> Versions { get; init; }

    /// <summary>
    /// The settings that were changed when the run was continued; the settings above are those that held at last. A run with a change that
    /// decides is not one of those that had the settings from their start.
    /// </summary>
    public IReadOnlyList<SettingChange> Changes { get; init; }

    /// <summary>The changes that make the result another one than that of a run that had these settings from the start.</summary>
    [JsonIgnore]
    public IEnumerable<SettingChange> DecidingChanges => Changes.Where(change => change.Decides);

    /// <summary>The data has names for its classes, not numbers only.</summary>
    [JsonIgnore]
    public bool HasClassNames => ClassNames.Where((name, i) => name != i.ToString(CultureInfo.InvariantCulture)).Any();

    /// <summary>The images, to find them again; null for runs from before it was recorded which images they were trained on.</summary>
    [JsonIgnore]
    public DataReference? Images => TrainFingerprint is null ? null
        : new DataReference(Data, DataLocation, Sample, TrainImages, TestImages, TrainFingerprint, TestFingerprint) { TestSplit = TestSplit, TestIsHeldOut = TestIsHeldOut };

    /// <summary>Equal for two runs exactly when they differ in nothing that decides the result but their seed.</summary>
    [JsonIgnore]
    public string WithoutSeed => RunJson.Write(this with
    {
        // One arithmetic or the other.
        Version = Math.Max(2, Version),
        Started = null,
        Seed = 0,
        TrainingFingerprint = string.Empty,
        DataLocation = string.Empty,
        ClassNames = [],
        InitialWeights = InitialWeights is null ? null : InitialWeights with { File = string.Empty },
        Threads = 0,
        Device = string.Empty,
        Layout = null,
        EvaluationBatch = 0,
        TestAtEnd = false,
        // With statistics of the whole batch, ranks decide no more than threads do.
        Ranks = SyncBatchNorm ? 1 : Ranks,
        Reduce = Ranks == 1 ? GradientReduction.Fp32 : Reduce,
        SyncBatchNorm = false,
        ProcessorCaches = null,
        SelfCheck = null,
        Versions = new Dictionary<string, string>(),
        Changes = [.. DecidingChanges],
    });

    /// <summary>The configuration of a run.</summary>
    /// <param name="model">The model.</param>
    /// <param name="data">The images.</param>
    /// <param name="settings">The settings that hold from now on.</param>
    /// <param name="origin">When it was started, and what was changed since.</param>
    public static RunConfiguration Of(ModelDescriptor model, DataSet data, RunSettings settings, RunOrigin origin) => new()
    {
        Version = CurrentVersion,
        Started = origin.Started,
        Changes = origin.Changes,
        InitialWeights = origin.Weights,
        Model = model.Id,
        ArchitectureFingerprint = model.ArchitectureFingerprint,
        TrainingFingerprint = model.TrainingFingerprint,
        Frozen = Checkpoint.FrozenOf(model),
        Regularizers = Checkpoint.RegularizersOf(model),
        Data = data.Name,
        DataLocation = data.Location,
        DataVerified = data.Verified,
        Sample = data.IsSample,
        ClassNames = data.ClassNames,
        TrainImages = data.Train.Count,
        TestImages = data.Test.Count,
        TrainFingerprint = data.Train.Fingerprint,
        TestFingerprint = data.Test.Fingerprint,
        DataKind = data.Kind,
        TestSplit = data.TestSplit,
        TestIsHeldOut = data.TestIsHeldOut,
        Training = settings.Training,
        Seed = settings.Seed,
        Threads = settings.Threads,
        Device = settings.Device,
        Precision = settings.Precision,
        Layout = settings.Layout,
        EvaluationBatch = settings.EvaluationBatch,
        TestAtEnd = settings.TestAtEnd,
        Ranks = settings.Ranks,
        Reduce = settings.Reduce,
        SyncBatchNorm = settings.SyncBatchNorm,
        ProcessorCaches = Native.ProcessorCaches.State.Word,
        Versions = new Dictionary<string, string>
        {
            ["fashioncnn"] = VersionOf(typeof(RunConfiguration).Assembly),
            ["dotnet"] = Environment.Version.ToString(),
            ["torchsharp"] = VersionOf(typeof(torch).Assembly),
            ["libtorch"] = torch.__version__,
            ["system"] = RuntimeInformation.OSDescription,
            ["architecture"] = RuntimeInformation.ProcessArchitecture.ToString(),
        },
    };

    private static string VersionOf(Assembly assembly) =>
        assembly.GetCustomAttribute<AssemblyInformationalVersionAttribute>()?.InformationalVersion.Split('+')[0] ?? "unknown";
}
