using System.Diagnostics;
using FashionCnn.Data;
using FashionCnn.Evaluation;
using FashionCnn.Models;
using FashionCnn.Native;
using TorchSharp;
using TorchSharp.Modules;
using static TorchSharp.torch;

namespace FashionCnn.Training;

/// <summary>A model in training: its images, its optimizer, and where it stands.</summary>
public sealed class TrainingSession : IDisposable
{
    private readonly ImageClassifier model;
    private readonly RunSettings settings;
    private readonly DataReference images;
    private readonly Batches train;
    private readonly Batches? validation;
    private readonly Batches test;
    private readonly OptimizerHelper optimizer;
    private readonly OptimizerTensors optimizerTensors;
    private readonly BestEpoch best;
    private readonly IReadOnlyList<(int Start, int Size)> batches;
    private TrainingState state = TrainingState.Start;

    /// <summary>Moves the model to the device and copies the images there.</summary>
    /// <param name="model">A model made after <see cref="Trainer.Prepare"/>.</param>
    /// <param name="data">Images that fit the model.</param>
    /// <param name="settings">What decides how the run goes.</param>
    /// <exception cref="InputException">The held-out fraction leaves no images to train or to validate on.</exception>
    public TrainingSession(ImageClassifier model, DataSet data, RunSettings settings)
    {
        this.model = model;
        this.settings = settings;
        images = DataReference.To(data);
        var target = device(settings.Device);
        model.to(target);
        model.Precision = ComputePrecision.Type(settings.Precision);
        var (trainImages, heldOut) = Training.ValidationSplit > 0 ? Holdout.Split(data.Train, Training.ValidationSplit, settings.Seed) : (data.Train, null);
        train = new Batches(trainImages, target);
        validation = heldOut is null ? null : new Batches(heldOut, target);
        test = new Batches(data.Test, target);
        batches = Batches.Split(train.Count, Training.BatchSize);
        // After the move: it makes new parameters.
        var parameters = model.named_parameters().Select(pair => (pair.name, pair.parameter)).ToList();
        optimizer = Optimizers.Create(Training.Optimizer, [.. parameters.Select(pair => pair.parameter)]);
        optimizerTensors = new OptimizerTensors(optimizer, parameters);
        best = new BestEpoch(Training.EarlyStopping?.Monitor ?? "val_loss", Training.EarlyStopping?.MinDelta ?? 0);
    }

    private TrainingSettings Training => settings.Training;

    // As in Keras: a patience of 0 and one of 1 both stop at the first epoch without improvement.
    private bool IsStoppedEarly => Training.EarlyStopping is { } stopping && best.EpochsWithout >= Math.Max(1, stopping.Patience);

    /// <summary>When the run started, and what was changed since.</summary>
    public RunOrigin Origin { get; set; } = RunOrigin.Now;

    /// <summary>The batches of an epoch.</summary>
    public int StepsPerEpoch => batches.Count;

    /// <summary>Where training stands.</summary>
    public TrainingState State => state;

    /// <summary>
    /// The weights of the epoch that the held-out images chose, see <see cref="EarlyStoppingSettings.MinDelta"/>; null when none are held
    /// out.
    /// </summary>
    public ModelSnapshot? BestWeights => best.Weights;

    /// <summary>The weights after the last step of a run with held-out images that came to its end; null before.</summary>
    public ModelSnapshot? LastWeights { get; private set; }

    /// <summary>The steps done up to the end of the epoch whose weights are the best; null when none are held out.</summary>
    public long? BestStep => best.Record is { } record ? (long)record.Epoch * batches.Count : null;

    /// <summary>The steps after which the model had the weights that it has.</summary>
    public long WeightsStep { get; private set; }

    /// <summary>
    /// The random numbers of dropout and augmentation go on where they were. Torch's state is that of the processor: on another device, or
    /// on a GPU, they start afresh.
    /// </summary>
    /// <param name="before">The device of the run so far.</param>
    /// <param name="now">The device from now on.</param>
    public static bool KeepsRandomNumbers(string before, string now) => (before, now) == ("cpu", "cpu");

    /// <summary>Takes the place of the run that left a checkpoint.</summary>
    /// <exception cref="InputException">It is of another network; nothing was changed.</exception>
    public void Resume(CheckpointFile checkpoint)
    {
        checkpoint.Content.CheckFits(model.Model);
        CheckTensors(checkpoint);
        using var scope = NewDisposeScope();
        using var guard = no_grad();
        foreach (var (name, target) in model.state_dict())
        {
            checkpoint.File.ReadInto(CheckpointFile.Model + name, target);
        }

        optimizerTensors.Restore(checkpoint.File, CheckpointFile.Optimizer);
        state = checkpoint.Content.State;
        Origin = checkpoint.Content.Origin;
        best.Resume(state.Best, state.EpochsWithoutImprovement, state.Best is null ? null : ModelSnapshot.Read(model, checkpoint.File, CheckpointFile.Best));
        if (KeepsRandomNumbers(checkpoint.Content.Settings.Device, settings.Device))
        {
            set_rng_state(checkpoint.File.Read(CheckpointFile.Random));
        }
        else
        {
            // Another stream for every place, none of which is an epoch's.
            _ = manual_seed((long)Shuffle.Mix(settings.Seed, -2 - (int)(state.GlobalStep % (int.MaxValue - 1))));
        }
    }

    /// <summary>Trains to the end, or until it is stopped. The model keeps what was trained.</summary>
    /// <param name="onStep">Told after every step.</param>
    /// <param name="onEpoch">Told after every epoch.</param>
    /// <param name="checkpoints">Takes the state after every epoch, at its interval within one, and when training is stopped.</param>
    /// <param name="cancellation">Looked at after every step.</param>
    /// <exception cref="TrainingFailedException">The loss is no longer a number.</exception>
    /// <exception cref="CheckpointNotWrittenException">A checkpoint cannot be written.</exception>
    public TrainingOutcome Run(Action<StepProgress>? onStep, Action<EpochRecord>? onEpoch, CheckpointStore? checkpoints, CancellationToken cancellation)
    {
        while (state.Epoch <= Training.Epochs && !IsStoppedEarly)
        {
            if (!TrainEpoch(onStep, checkpoints, cancellation) || Evaluate(checkpoints, cancellation) is not { } record)
            {
                WriteCheckpoint(checkpoints);
                WeightsStep = state.GlobalStep;
                return new TrainingOutcome(state.History, Cancelled: true, Final: state.History is [.., var finished] ? finished : null, Place: state.Place);
            }

            if (validation is not null)
            {
                best.Observe(record, model);
            }

            state = TrainingState.Start with { GlobalStep = state.GlobalStep, Epoch = state.Epoch + 1, History = [.. state.History, record] };
            // Nobody hears of an epoch, and no file tells of it, from whose end a run could not be continued.
            WriteCheckpoint(checkpoints);
            onEpoch?.Invoke(record);
        }

        var final = state.History is [.., var last] ? last : null;
        LastWeights?.Dispose();
        LastWeights = best.Record is null ? null : ModelSnapshot.Of(model);
        WeightsStep = state.GlobalStep;
        if (Training.EarlyStopping is { RestoreBestWeights: true } && best.Record is not null)
        {
            best.Weights!.Restore(model);
            WeightsStep = BestStep!.Value;
            final = best.Record;
        }

        return new TrainingOutcome(state.History, Cancelled: false, StoppedEarly: state.History.Count < Training.Epochs, final);
    }

    /// <summary>Writes a checkpoint of where training stands.</summary>
    public void WriteCheckpoint(CheckpointStore? checkpoints)
    {
        if (checkpoints is null)
        {
            return;
        }

        using var scope = NewDisposeScope();
        var tensors = new List<KeyValuePair<string, Tensor>>();
        tensors.AddRange(model.state_dict().Select(pair => KeyValuePair.Create(CheckpointFile.Model + pair.Key, pair.Value)));
        tensors.AddRange(best.Weights?.Tensors.Select(pair => KeyValuePair.Create(CheckpointFile.Best + pair.Key, pair.Value)) ?? []);
        tensors.AddRange(optimizerTensors.All().Select(pair => KeyValuePair.Create(CheckpointFile.Optimizer + pair.Key, pair.Value)));
        tensors.Add(KeyValuePair.Create(CheckpointFile.Random, get_rng_state()));
        checkpoints.Write(
            new Checkpoint
            {
                Model = model.Model.Id,
                ArchitectureFingerprint = model.Model.ArchitectureFingerprint,
                Layers = Checkpoint.Describe(model.Model),
                Settings = settings,
                Data = images,
                State = state with { Best = best.Record, EpochsWithoutImprovement = best.EpochsWithout },
                Origin = Origin,
            },
            tensors);
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        optimizer.Dispose();
        best.Dispose();
        LastWeights?.Dispose();
        train.Dispose();
        validation?.Dispose();
        test.Dispose();
    }

    // Before anything is changed: a model half restored is worse than none.
    private void CheckTensors(CheckpointFile checkpoint)
    {
        using var scope = NewDisposeScope();
        var stored = checkpoint.File.Tensors;
        var expected = new HashSet<string> { CheckpointFile.Random };
        foreach (var (name, tensor) in model.state_dict())
        {
            Expect(CheckpointFile.Model + name, tensor, required: true);
            Expect(CheckpointFile.Best + name, tensor, checkpoint.Content.State.Best is not null);
        }

        foreach (var (name, like, required) in optimizerTensors.Expected())
        {
            Expect(CheckpointFile.Optimizer + name, like, required);
        }

        foreach (var name in optimizerTensors.Steps())
        {
            _ = expected.Add(CheckpointFile.Optimizer + name);
        }

        if (expected.Where(name => name.EndsWith("/step", StringComparison.Ordinal) || name == CheckpointFile.Random).FirstOrDefault(name => !stored.ContainsKey(name)) is { } missing)
        {
            throw new InputException($"{checkpoint.File.Path}: the checkpoint has no {missing}. Start a new run.");
        }

        if (stored.Keys.FirstOrDefault(name => !expected.Contains(name)) is { } surplus)
        {
            throw new InputException($"{checkpoint.File.Path}: the checkpoint has {surplus}, which this model and its optimizer do not have. Start a new run.");
        }

        foreach (var name in stored.Keys)
        {
            checkpoint.File.CheckFinite(name, "Start a new run, with a smaller learning rate.");
        }

        void Expect(string name, Tensor like, bool required)
        {
            _ = expected.Add(name);
            if (stored.TryGetValue(name, out var tensor) ? tensor.Type != like.dtype || !tensor.Shape.SequenceEqual(like.shape) : required)
            {
                throw new InputException($"{checkpoint.File.Path}: the checkpoint's {name} is {(tensor is null ? "missing" : tensor.ShapeText)}, the model needs {string.Join('x', like.shape)}. Start a new run.");
            }
        }
    }

    /// <summary>Does what is left of the running epoch's steps; false when it was stopped.</summary>
    private bool TrainEpoch(Action<StepProgress>? onStep, CheckpointStore? checkpoints, CancellationToken cancellation)
    {
        var clock = Stopwatch.StartNew();
        var before = state.Seconds;
        model.train();
        using var order = tensor(Shuffle.Order(train.Count, settings.Seed, state.Epoch), device: device(settings.Device));
        while (state.Step < batches.Count)
        {
            var (start, size) = batches[state.Step];
            SetLearningRate(state.Epoch - 1 + ((double)state.Step / batches.Count));
            var (loss, right, fault) = Step(order, start, size);
            if (fault is not null)
            {
                throw Diverged($"The loss became {loss} in epoch {state.Epoch}, step {state.Step + 1}", fault, checkpoints);
            }

            state = state with
            {
                Step = state.Step + 1,
                LossSum = state.LossSum + (loss * size),
                Correct = state.Correct + right,
                GlobalStep = state.GlobalStep + 1,
                Seconds = before + clock.Elapsed.TotalSeconds,
            };
            var done = start + size;
            onStep?.Invoke(new StepProgress(state.Epoch, Training.Epochs, done, train.Count, state.LossSum / done, (double)state.Correct / done, state.Seconds));
            if (cancellation.IsCancellationRequested)
            {
                return false;
            }

            if (checkpoints is { IsDue: true } && state.Step < batches.Count)
            {
                // Writing is not training.
                clock.Stop();
                WriteCheckpoint(checkpoints);
                clock.Start();
            }
        }

        return true;
    }

    /// <summary>The epoch's record; null when evaluation was stopped.</summary>
    private EpochRecord? Evaluate(CheckpointStore? checkpoints, CancellationToken cancellation)
    {
        var clock = Stopwatch.StartNew();
        var validated = validation is null ? null : Evaluator.Evaluate(model, validation, cancellation);
        var tested = validation is not null && validated is null ? null : Evaluator.Evaluate(model, test, cancellation);
        if (tested is null)
        {
            return null;
        }

        if (!double.IsFinite(tested.Loss) || (validated is not null && !double.IsFinite(validated.Loss)))
        {
            // The last step's update is first seen here.
            var (name, images) = double.IsFinite(tested.Loss) ? ("held-out", validation!) : ("test", test);
            var fault = FaultSearch.Find(model, () => Evaluator.Evaluate(model, images)!.Loss);
            throw Diverged($"The loss on the {name} images is no longer a number after epoch {state.Epoch}", fault, checkpoints);
        }

        return new EpochRecord(
            state.Epoch, state.LossSum / train.Count, (double)state.Correct / train.Count, tested.Loss, tested.Accuracy, state.Seconds,
            clock.Elapsed.TotalSeconds, validated?.Loss, validated?.Accuracy);
    }

    private TrainingFailedException Diverged(string what, TrainingFault fault, CheckpointStore? checkpoints)
    {
        var (rate, setting) = settings.Training.LearningRateSchedule switch
        {
            OneCycleSchedule cycle => ($"a smaller max_learning_rate (now {cycle.MaxLearningRate})", "learning_rate_schedule"),
            PiecewiseConstantDecaySchedule => ("smaller values in learning_rate_schedule", "learning_rate_schedule"),
            _ => ($"a smaller learning_rate (now {settings.Training.Optimizer.LearningRate})", "learning_rate"),
        };
        // Before the first update the weights are the initial ones, which no learning rate has touched.
        var isFirst = state is { Epoch: 1, Step: 0 };
        var normalizes = model.Model.Layers.Any(layer => layer.Family == LayerFamily.Normalization && fault.Layer.StartsWith($"{layer.Name} ", StringComparison.Ordinal));
        var (where, advice) = fault.Kind switch
        {
            FaultKind.Gradients => ($"The gradient of the weights of {fault.Layer} was the first value that was not finite", $"Try {rate}, or normalization after {fault.Layer}."),
            FaultKind.Weights => ($"The weights of {fault.Layer} are no longer finite: the update before was too large", $"Try {rate}."),
            FaultKind.Activations when isFirst => ($"{fault.Layer} gave the first values that are not finite, with initial weights", "The layer may be computed wrongly on this machine."),
            FaultKind.Activations => ($"The activations of {fault.Layer} were the first values that were not finite; the weights of that layer still are", normalizes ? $"Try {rate}." : $"Try {rate}, or normalization before {fault.Layer}."),
            FaultKind.Nothing => ("Computed once more, everything is finite", "Torch computes differently from time to time on this machine."),
            _ when isFirst => ($"All layers up to {fault.Layer} gave finite values, with initial weights", "The loss may be computed wrongly on this machine."),
            _ => ($"All layers gave finite values, those of {fault.Layer} too large for the loss", $"Try {rate}."),
        };
        return new TrainingFailedException(
            $"{what}: training has diverged. {where}. {advice}" + (checkpoints?.Last is { } last ? $" The last good checkpoint is of {last.Place}." : string.Empty), fault)
        {
            Setting = advice.Contains(rate, StringComparison.Ordinal) ? setting : null,
            SuspectsMachine = fault.Kind == FaultKind.Nothing || (isFirst && fault.Kind is FaultKind.Activations or FaultKind.Loss),
        };
    }

    private void SetLearningRate(double epoch)
    {
        if (Training.LearningRateSchedule is not { } schedule)
        {
            return;
        }

        foreach (var group in optimizer.ParamGroups)
        {
            group.LearningRate = schedule.At(Training.Optimizer.LearningRate, epoch, Training.Epochs);
        }
    }

    private (float Loss, long Correct, TrainingFault? Fault) Step(Tensor order, int start, int size)
    {
        using var scope = NewDisposeScope();
        var (batch, labels) = train.Gather(order.narrow(0, start, size), model.Precision);
        var random = get_rng_state();
        var logits = model.forward(batch);
        var loss = Loss(logits);
        var value = loss.item<float>();
        if (!float.IsFinite(value))
        {
            // A loss that is no number would spoil the weights. With the same random numbers the same values are dropped once more.
            set_rng_state(random);
            return (value, 0, FaultSearch.Find(model, () => Loss(model.forward(batch)).item<float>()));
        }

        // Not before the loss is known to be a number: the old gradients say where it came from if it is none. Without gradients the next
        // ones take their place; set to 0, they would be read and written once more to be added to.
        model.zero_grad(set_to_none: true);
        loss.backward();
        _ = optimizer.step();
        return (value, logits.argmax(1).eq(labels).sum().item<long>(), null);

        Tensor Loss(Tensor outputs) => nn.functional.cross_entropy(outputs, labels, label_smoothing: Training.LabelSmoothing);
    }
}
