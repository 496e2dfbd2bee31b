using FashionCnn.Data;
using FashionCnn.Models;
using FashionCnn.Native;
using FashionCnn.Training;
using static TorchSharp.torch;

namespace FashionCnn.Runs;

// The way in for programs: what happens is told by callbacks, and the model is there afterwards.
public static partial class Run
{
    /// <summary>
    /// Trains a model on the calling thread. Nothing of the process is changed but, if asked for, Torch's number of threads while it trains, and
    /// what loading Torch may need (<see cref="FashionCnn.Native.NativeTorch"/>). Several models may be trained at once, each on a thread of its own.
    /// </summary>
    /// <param name="model">The model, such as <c>FlowerNet.Descriptor</c>.</param>
    /// <param name="data">The images. Without test images, the settings must hold some out: <see cref="TrainingSettings.ValidationSplit"/>.</param>
    /// <param name="options">How to train; null for the defaults.</param>
    /// <param name="cancellation">Looked at after every step. What was trained by then is kept, see <see cref="TrainedModel.WasCanceled"/>.</param>
    /// <returns>The trained model.</returns>
    /// <exception cref="InputException">The settings, the data, the weights, the device or the folder cannot be used; nothing was written.</exception>
    /// <exception cref="TrainingFailedException">Training has diverged.</exception>
    /// <exception cref="CheckpointNotWrittenException">The disk is full or the folder cannot be written.</exception>
    /// <exception cref="NativeLibraryException">Torch's native library cannot be loaded.</exception>
    public static TrainedModel Start(ModelDescriptor model, DataSet data, TrainingOptions? options = null, CancellationToken cancellation = default)
    {
        ArgumentNullException.ThrowIfNull(model);
        ArgumentNullException.ThrowIfNull(data);
        options ??= new TrainingOptions();
        var threads = NumberOfThreads();
        var settings = SettingsOf(model, options, threads);
        var weights = options.Weights is null ? null : RunWeights.Find(options.Weights);
        return options.Folder is null ? InMemory(model, data, settings, options, weights, cancellation) : InFolder(model, data, settings, options, weights, cancellation);
    }

    private static int NumberOfThreads()
    {
        NativeTorch.EnsureLoaded();
        return get_num_threads();
    }

    private static RunSettings SettingsOf(ModelDescriptor model, TrainingOptions options, int threads)
    {
        var place = ComputeDevice.Resolve(ComputeDevice.WordOf(options.Device));
        return new RunSettings(
            options.Settings ?? model.Training, options.Seed, options.Threads ?? threads, place, ComputePrecision.Resolve(ComputePrecision.WordOf(options.Precision), place));
    }

    private static TrainedModel InMemory(ModelDescriptor model, DataSet data, RunSettings settings, TrainingOptions options, string? weights, CancellationToken cancellation)
    {
        Check(model, data, settings);
        using var threads = new TorchThreads(options.Threads);
        var network = Trainer.Create(model, settings.Seed);
        try
        {
            var taken = weights is null ? null : ModelWeights.LoadFitting(network, weights);
            TrainingOutcome outcome;
            using (var session = new TrainingSession(network, data, settings))
            {
                outcome = session.Run(options.OnStep, options.OnEpoch, checkpoints: null, cancellation);
            }

            return new TrainedModel(new Classifier(network, data.ClassNames, device(settings.Device), InvertAs(data)), outcome, taken);
        }
        catch
        {
            network.Dispose();
            throw;
        }
    }

    private static TrainedModel InFolder(ModelDescriptor model, DataSet data, RunSettings settings, TrainingOptions options, string? weights, CancellationToken cancellation)
    {
        TakenWeights? taken = null;
        TrainingOutcome? outcome = null;
        var path = options.Folder!;
        _ = Start(
            model,
            data,
            settings,
            () => RunFolder.TryCreate(path) ?? throw new InputException($"{path}: the folder already holds files. Choose another.") { Setting = InputSetting.RunFolder },
            new RunOptions { CheckpointInterval = options.CheckpointInterval, Cancellation = cancellation, SetsThreads = options.Threads is not null, OnEvent = Tell },
            weights);
        // Of a canceled run, whose result is none yet, as well as of a finished one.
        var trained = new ClassifierOptions { Device = options.Device, Precision = settings.Precision == ComputePrecision.Bf16 ? PrecisionChoice.Bf16 : PrecisionChoice.Fp32, ClassNames = data.ClassNames, Invert = InvertAs(data) };
        return new TrainedModel(Classifier.Load(model, Path.Combine(path, RunFolder.WeightsFile), trained), outcome!, taken);

        void Tell(RunEvent what)
        {
            switch (what)
            {
                case RunStarted started:
                    taken = started.Weights;
                    break;
                case StepDone step:
                    options.OnStep?.Invoke(step.Progress);
                    break;
                case EpochDone epoch:
                    options.OnEpoch?.Invoke(epoch.Epoch);
                    break;
                case RunEnded ended:
                    outcome = ended.Outcome;
                    break;
            }
        }
    }

    // As they were trained on.
    private static bool? InvertAs(DataSet data) => data.Kind == DataKind.Pictures ? false : null;
}
