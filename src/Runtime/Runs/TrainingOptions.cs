using FashionCnn.Models;
using FashionCnn.Native;
using FashionCnn.Training;

namespace FashionCnn.Runs;

/// <summary>How to train a model, where the defaults do not do. Out of range, a value is refused where it is set.</summary>
public sealed record TrainingOptions
{
    /// <summary>Optimizer, epochs, batch size and so on; null for those of the model's spec. To change some: <c>model.Training with { Epochs = 3 }</c>.</summary>
    public TrainingSettings? Settings { get; init; }

    /// <summary>
    /// A safetensors file of weights to start with, or the folder of a run. What fits the model by name, shape and type is taken, see
    /// <see cref="TrainedModel.FreshTensors"/>. Null for fresh weights.
    /// </summary>
    public string? Weights { get; init; }

    /// <summary>The folder that the run's files are written to, which is new or empty. Null for none: then nothing is written.</summary>
    public string? Folder { get; init; }

    /// <summary>Starts the weights, the shuffling and dropout. 0 or more.</summary>
    /// <exception cref="ArgumentOutOfRangeException">It is below 0.</exception>
    public long Seed
    {
        get;
        init
        {
            ArgumentOutOfRangeException.ThrowIfNegative(value);
            field = value;
        }
    }
    = 1;

    /// <summary>
    /// Threads that Torch computes with. That is a number of the whole process, so it holds for whatever else computes meanwhile; after
    /// training, it is what it was. Null leaves it alone.
    /// </summary>
    /// <exception cref="ArgumentOutOfRangeException">It is below 1.</exception>
    public int? Threads
    {
        get;
        init
        {
            ArgumentOutOfRangeException.ThrowIfLessThan(value ?? 1, 1, nameof(value));
            field = value;
        }
    }

    /// <summary>What to compute on.</summary>
    public DeviceChoice Device { get; init; }

    /// <summary>What to compute in.</summary>
    public PrecisionChoice Precision { get; init; }

    /// <summary>Where there is a folder, how much work may be lost if the program is killed: the time between two checkpoints within an epoch.</summary>
    /// <exception cref="ArgumentOutOfRangeException">It is not above 0.</exception>
    public TimeSpan CheckpointInterval
    {
        get;
        init
        {
            ArgumentOutOfRangeException.ThrowIfLessThanOrEqual(value, TimeSpan.Zero);
            field = value;
        }
    }
    = TimeSpan.FromMinutes(5);

    /// <summary>Told after every step, on the thread that trains.</summary>
    public Action<StepProgress>? OnStep { get; init; }

    /// <summary>Told after every epoch, on the thread that trains.</summary>
    public Action<EpochRecord>? OnEpoch { get; init; }
}
