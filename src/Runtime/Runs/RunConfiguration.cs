using System.Reflection;
using System.Runtime.InteropServices;
using System.Text.Json.Serialization;
using FashionCnn.Data;
using FashionCnn.Models;
using FashionCnn.Native;
using FashionCnn.Training;
using TorchSharp;

namespace FashionCnn.Runs;

/// <summary>Everything that decided a run, as <c>config.json</c> keeps it.</summary>
public sealed record RunConfiguration
{
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

    /// <summary>Images trained on.</summary>
    public required int TrainImages { get; init; }

    /// <summary>Images evaluated on.</summary>
    public required int TestImages { get; init; }

    /// <summary>SHA-256 of the test images and labels: runs with the same can be compared image by image.</summary>
    public required string TestFingerprint { get; init; }

    /// <summary>Optimizer, batch size, epochs.</summary>
    public required TrainingSettings Training { get; init; }

    /// <summary>What started the random numbers.</summary>
    public required long Seed { get; init; }

    /// <summary>Threads that Torch computed with.</summary>
    public required int Threads { get; init; }

    /// <summary>cpu or cuda.</summary>
    public required string Device { get; init; }

    /// <summary>fp32 or bf16; runs from before there was a choice were computed in fp32.</summary>
    public string Precision { get; init; } = ComputePrecision.Fp32;

    /// <summary>What the self-check before the run came to: <c>passed</c>, <c>not made</c>, or why another precision was taken.</summary>
    public string? SelfCheck { get; init; }

    /// <summary>What was done about a processor that hides its caches (<see cref="CacheState.Word"/>); null for runs from before that was looked at.</summary>
    public string? ProcessorCaches { get; init; }

    /// <summary>What it ran on: FashionCnn, .NET, TorchSharp, libtorch, system and processor architecture.</summary>
    public required IReadOnlyDictionary<string, string> Versions { get; init; }

    /// <summary>Equal for two runs exactly when they differ in nothing that decides the result but their seed.</summary>
    [JsonIgnore]
    public string WithoutSeed => RunFolder.ToJson(this with { Seed = 0, TrainingFingerprint = string.Empty, DataLocation = string.Empty, Threads = 0, Device = string.Empty, ProcessorCaches = null, SelfCheck = null, Versions = new Dictionary<string, string>() });

    /// <summary>The names of the classes that the model was trained to tell apart; null when the data gave them numbers only.</summary>
    public IReadOnlyList<string>? ClassNames() => DataVerified ? FashionMnist.ClassNames : null;

    /// <summary>The configuration of a run that is about to start.</summary>
    public static RunConfiguration Of(ModelDescriptor model, DataSet data, RunSettings settings) => new()
    {
        Model = model.Id,
        ArchitectureFingerprint = model.ArchitectureFingerprint,
        TrainingFingerprint = model.TrainingFingerprint,
        Data = data.Name,
        DataLocation = data.Location,
        DataVerified = data.Verified,
        Sample = data.IsSample,
        TrainImages = data.Train.Count,
        TestImages = data.Test.Count,
        TestFingerprint = data.Test.Fingerprint,
        Training = settings.Training,
        Seed = settings.Seed,
        Threads = settings.Threads,
        Device = settings.Device,
        Precision = settings.Precision,
        ProcessorCaches = Native.ProcessorCaches.State.Word,
        Versions = new Dictionary<string, string>
        {
            ["fashioncnn"] = Version(typeof(RunConfiguration).Assembly),
            ["dotnet"] = Environment.Version.ToString(),
            ["torchsharp"] = Version(typeof(torch).Assembly),
            ["libtorch"] = torch.__version__,
            ["system"] = RuntimeInformation.OSDescription,
            ["architecture"] = RuntimeInformation.ProcessArchitecture.ToString(),
        },
    };

    private static string Version(Assembly assembly) =>
        assembly.GetCustomAttribute<AssemblyInformationalVersionAttribute>()?.InformationalVersion.Split('+')[0] ?? "unknown";
}
