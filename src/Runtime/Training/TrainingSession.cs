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
internal sealed class TrainingSession : IDisposable
{
    private readonly ImageClassifier model;
    private readonly RunSettings settings;
    private readonly DataReference images;
    private readonly Batches train;
    private readonly Batches? validation;
    private readonly Batches test;
    private readonly OptimizerHelper optimizer;
    private readonly BestEpoch best;
    private readonly IReadOnlyList<(int Start, int Size)> batches;
    private TrainingState state = TrainingState.Start;

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
        optimizer = Optimizers.Create(Training.Optimizer, [.. model.parameters()]);
        best = new BestEpoch(Training.EarlyStopping?.Monitor ?? "val_loss", Training.EarlyStopping?.MinDelta ?? 0);
    }

    private TrainingSettings Training => settings.Training;

    // As in Keras: a patience of 0 and one of 1 both stop at the first epoch without improvement.
    private bool IsStoppedEarly => Training.EarlyStopping is { } stopping && best.EpochsWithout >= Math.Max(1, stopping.Patience);

    /// <summary>Takes the place of the run that left a checkpoint.</summary>
    public void Resume(Checkpoint checkpoint)
    {
        ModelState.Restore(model, checkpoint.Weights);
        using (var reader = new BinaryReader(new MemoryStream(checkpoint.Optimizer)))
        {
            optimizer.load_state_dict(reader);
        }

        state = checkpoint.State;
        best.Resume(state.Best, state.EpochsWithoutImprovement, checkpoint.BestWeights);
        using var random = tensor(state.Random, uint8);
        set_rng_state(random);
    }

    /// <summary>Trains to the end, or until it is stopped.</summary>
    public TrainingOutcome Run(Action<StepProgress>? onStep, Action<EpochRecord>? onEpoch, CheckpointStore? checkpoints, CancellationToken cancellation)
    {
        while (state.Epoch <= Training.Epochs && !IsStoppedEarly)
        {
            if (!TrainEpoch(onStep, checkpoints, cancellation) || Evaluate(checkpoints, cancellation) is not { } record)
            {
                checkpoints?.Write(Capture());
                return new TrainingOutcome(state.History, Cancelled: true, Final: state.History is [.., var finished] ? finished : null, Place: state.Place);
            }

            if (validation is not null)
            {
                best.Observe(record, model);
            }

            state = TrainingState.Start with { Epoch = state.Epoch + 1, History = [.. state.History, record] };
            onEpoch?.Invoke(record);
            checkpoints?.Write(Capture());
        }

        var final = state.History is [.., var last] ? last : null;
        var lastWeights = best.Record is null ? best.Weights : ModelState.Capture(model);
        if (Training.EarlyStopping is { RestoreBestWeights: true } && best.Record is not null)
        {
            ModelState.Restore(model, best.Weights);
            final = best.Record;
        }

        return new TrainingOutcome(state.History, Cancelled: false, StoppedEarly: state.History.Count < Training.Epochs, final) { BestWeights = best.Weights, LastWeights = lastWeights };
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        optimizer.Dispose();
        train.Dispose();
        validation?.Dispose();
        test.Dispose();
    }

    private Checkpoint Capture()
    {
        // Writing the optimizer's state makes tensors and leaves them.
        using var scope = NewDisposeScope();
        var random = get_rng_state();
        using var stream = new MemoryStream();
        using (var writer = new BinaryWriter(stream))
        {
            optimizer.save_state_dict(writer);
        }

        return new Checkpoint
        {
            Model = model.Model.Id,
            ArchitectureFingerprint = model.Model.ArchitectureFingerprint,
            Layers = model.Model.Layers,
            Settings = settings,
            Data = images,
            State = state with { Random = random.bytes.ToArray(), Best = best.Record, EpochsWithoutImprovement = best.EpochsWithout },
            Weights = ModelState.Capture(model),
            BestWeights = best.Weights,
            Optimizer = stream.ToArray(),
        };
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
                checkpoints.Write(Capture());
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
        var rate = $"a smaller --learning-rate (now {settings.Training.Optimizer.LearningRate})";
        // Before the first update the weights are the initial ones, which no learning rate has touched.
        var isFirst = state is { Epoch: 1, Step: 0 };
        var (where, advice) = fault.Kind switch
        {
            FaultKind.Gradients => ($"The gradient of the weights of {fault.Layer} was the first to be no longer finite", $"Try {rate}, or normalization after {fault.Layer}."),
            FaultKind.Weights => ($"The weights of {fault.Layer} are no longer finite: the update before was too large", $"Try {rate}."),
            FaultKind.Activations when isFirst => ($"{fault.Layer} gave the first values that are not finite, with initial weights", "The layer may be computed wrongly on this machine: run doctor, which checks every layer."),
            FaultKind.Activations => ($"The activations of {fault.Layer} were the first to be no longer finite, its weights still are", $"Try {rate}, or normalization before {fault.Layer}."),
            FaultKind.Nothing => ("Computed once more, everything is finite", "Torch computes differently from time to time on this machine: run doctor, which checks every layer."),
            _ when isFirst => ($"All layers up to {fault.Layer} gave finite values, with initial weights", "The loss may be computed wrongly on this machine: run doctor, which checks every layer."),
            _ => ($"All layers gave finite values, those of {fault.Layer} too large for the loss", $"Try {rate}."),
        };
        return new TrainingFailedException(
            $"{what}: training has diverged. {where}. {advice}" + (checkpoints?.Last is { } last ? $" The last good checkpoint is of {last.Place}." : string.Empty), fault);
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
