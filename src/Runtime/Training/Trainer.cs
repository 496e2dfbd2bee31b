using System.Diagnostics;
using FashionCnn.Data;
using FashionCnn.Evaluation;
using FashionCnn.Models;
using TorchSharp;
using static TorchSharp.torch;

namespace FashionCnn.Training;

/// <summary>Trains a model.</summary>
public static class Trainer
{
    /// <summary>
    /// Sets the number of threads and starts the random numbers. To be called before the model is made, whose first weights are
    /// drawn from them.
    /// </summary>
    public static void Prepare(RunSettings settings)
    {
        set_num_threads(settings.Threads);
        // Stream 0 is Torch's own; the epochs, from 1, have the others.
        _ = manual_seed((long)Shuffle.Mix(settings.Seed, 0));
    }

    /// <summary>
    /// Trains a model for the epochs that the settings ask for and evaluates it on the test images after each one. The model is
    /// moved to the device and keeps what was trained, also when training is stopped. The test images decide nothing: early
    /// stopping and the best weights look at held-out training images.
    /// </summary>
    /// <param name="model">A model made after <see cref="Prepare"/>.</param>
    /// <param name="data">Images that fit the model.</param>
    /// <param name="settings">What decides how the run goes.</param>
    /// <param name="onStep">Told after every step.</param>
    /// <param name="onEpoch">Told after every epoch.</param>
    /// <param name="cancellation">Looked at after every step.</param>
    /// <exception cref="TrainingFailedException">The loss is no longer a number.</exception>
    public static TrainingOutcome Train(
        ImageClassifier model,
        DataSet data,
        RunSettings settings,
        Action<StepProgress>? onStep = null,
        Action<EpochRecord>? onEpoch = null,
        CancellationToken cancellation = default)
    {
        var training = settings.Training;
        var target = device(settings.Device);
        model.to(target);
        var (trainImages, heldOut) = training.ValidationSplit > 0
            ? Holdout.Split(data.Train, training.ValidationSplit, settings.Seed)
            : (data.Train, null);
        using var train = new Batches(trainImages, target);
        using var validation = heldOut is null ? null : new Batches(heldOut, target);
        using var test = new Batches(data.Test, target);
        // After the move: it makes new parameters.
        using var optimizer = Optimizers.Create(training.Optimizer, [.. model.parameters()]);
        using var stopping = training.EarlyStopping is null ? null : new EarlyStopping(training.EarlyStopping);
        var history = new List<EpochRecord>();
        for (var epoch = 1; epoch <= training.Epochs; epoch++)
        {
            var trained = TrainEpoch(model, train, optimizer, settings, epoch, onStep, cancellation);
            var clock = Stopwatch.StartNew();
            var validated = trained is null || validation is null ? null : Evaluator.Evaluate(model, validation, cancellation);
            var tested = trained is null ? null : Evaluator.Evaluate(model, test, cancellation);
            if (trained is null || tested is null || (validation is not null && validated is null))
            {
                return new TrainingOutcome(history, Cancelled: true, Final: history is [.., var last] ? last : null);
            }

            var record = new EpochRecord(
                epoch, trained.Loss, trained.Accuracy, tested.Loss, tested.Accuracy, trained.Seconds, clock.Elapsed.TotalSeconds,
                validated?.Loss, validated?.Accuracy);
            history.Add(record);
            onEpoch?.Invoke(record);
            if (stopping?.Observe(record, model) == true)
            {
                break;
            }
        }

        return new TrainingOutcome(
            history, Cancelled: false, StoppedEarly: history.Count < training.Epochs, stopping?.Restore(model) ?? history[^1]);
    }

    /// <summary>The epoch's last progress; null when it was stopped.</summary>
    private static StepProgress? TrainEpoch(
        ImageClassifier model,
        Batches images,
        optim.Optimizer optimizer,
        RunSettings settings,
        int epoch,
        Action<StepProgress>? onStep,
        CancellationToken cancellation)
    {
        var clock = Stopwatch.StartNew();
        model.train();
        using var order = tensor(Shuffle.Order(images.Count, settings.Seed, epoch), device: device(settings.Device));
        var lossSum = 0.0;
        var correct = 0L;
        StepProgress? progress = null;
        var batches = Batches.Split(images.Count, settings.Training.BatchSize);
        for (var step = 0; step < batches.Count; step++)
        {
            var (start, size) = batches[step];
            SetLearningRate(optimizer, settings.Training, epoch - 1 + ((double)step / batches.Count));
            var (loss, right) = Step(model, images, optimizer, settings.Training.LabelSmoothing, order, start, size);
            if (!float.IsFinite(loss))
            {
                throw new TrainingFailedException(
                    $"The loss became {loss} in epoch {epoch}, step {step + 1}: training has diverged. Try a smaller --learning-rate (now {settings.Training.Optimizer.LearningRate}).");
            }

            lossSum += loss * size;
            correct += right;
            var done = start + size;
            progress = new StepProgress(
                epoch, settings.Training.Epochs, done, images.Count, lossSum / done, (double)correct / done, clock.Elapsed.TotalSeconds);
            onStep?.Invoke(progress);
            if (cancellation.IsCancellationRequested)
            {
                return null;
            }
        }

        return progress;
    }

    private static void SetLearningRate(optim.Optimizer optimizer, TrainingSettings training, double epoch)
    {
        if (training.LearningRateSchedule is not { } schedule)
        {
            return;
        }

        foreach (var group in optimizer.ParamGroups)
        {
            group.LearningRate = schedule.At(training.Optimizer.LearningRate, epoch, training.Epochs);
        }
    }

    private static (float Loss, long Correct) Step(
        ImageClassifier model, Batches images, optim.Optimizer optimizer, double labelSmoothing, Tensor order, int start, int size)
    {
        using var scope = NewDisposeScope();
        var (batch, labels) = images.Gather(order.narrow(0, start, size));
        optimizer.zero_grad();
        var logits = model.forward(batch);
        var loss = nn.functional.cross_entropy(logits, labels, label_smoothing: labelSmoothing);
        var value = loss.item<float>();
        if (float.IsFinite(value))
        {
            // A loss that is no number would spoil the weights.
            loss.backward();
            _ = optimizer.step();
        }

        return (value, logits.argmax(1).eq(labels).sum().item<long>());
    }
}
