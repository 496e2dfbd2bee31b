using FashionCnn.Data;
using FashionCnn.Models;
using static TorchSharp.torch;

namespace FashionCnn.Training;

/// <summary>Trains a model.</summary>
internal static class Trainer
{
    /// <summary>
    /// Makes a model with the fresh weights that the seed gives. Torch's random numbers go on as if none had been drawn, and two models that
    /// are made at once do not take them from each other.
    /// </summary>
    /// <param name="model">The model.</param>
    /// <param name="seed">0 or more.</param>
    public static ImageClassifier Create(ModelDescriptor model, long seed) => TorchRandom.Seeded(TorchSeed(seed), () =>
    {
        var made = model.Create();
        // They live as long as the model, also when the caller has a dispose scope.
        foreach (var tensor in made.parameters().Concat(made.buffers()))
        {
            _ = tensor.DetachFromDisposeScope();
        }

        return made;
    });

    /// <summary>
    /// Sets the number of threads and starts the random numbers. To be called before the model is made, whose first weights are
    /// drawn from them.
    /// </summary>
    public static void Prepare(RunSettings settings)
    {
        set_num_threads(settings.Threads);
        _ = manual_seed(TorchSeed(settings.Seed));
    }

    // Stream 0 is Torch's own; the epochs, from 1, have the others.
    private static long TorchSeed(long seed) => (long)Shuffle.Mix(seed, 0);

    /// <summary>
    /// Trains a model for the epochs that the settings ask for and evaluates it on the test images after each one, or at the end. The model is
    /// moved to the device and keeps what was trained, also when training is stopped. The test images decide nothing: early
    /// stopping and the best weights look at held-out training images.
    /// </summary>
    /// <param name="model">A model made after <see cref="Prepare"/>.</param>
    /// <param name="data">Images that fit the model.</param>
    /// <param name="settings">What decides how the run goes.</param>
    /// <param name="onStep">Told after every step.</param>
    /// <param name="onEpoch">Told after every epoch.</param>
    /// <param name="checkpoints">Takes the state after every epoch, at its interval within one, and when training is stopped.</param>
    /// <param name="from">The state to go on from, instead of starting with the model's weights.</param>
    /// <param name="cancellation">Looked at after every step.</param>
    /// <exception cref="InputException">The settings or the images cannot be used; nothing was changed.</exception>
    /// <exception cref="TrainingFailedException">The loss is no longer a number.</exception>
    /// <exception cref="IOException">A checkpoint cannot be written.</exception>
    public static TrainingOutcome Train(
        ImageClassifier model,
        DataSet data,
        RunSettings settings,
        Action<StepProgress>? onStep = null,
        Action<EpochRecord>? onEpoch = null,
        CheckpointStore? checkpoints = null,
        CheckpointFile? from = null,
        CancellationToken cancellation = default)
    {
        settings.Training.Check();
        data.CheckFits(model.Model);
        using var session = new TrainingSession(model, data, settings);
        if (from is not null)
        {
            session.Resume(from);
        }

        return session.Run(onStep, onEpoch, checkpoints, cancellation);
    }
}
