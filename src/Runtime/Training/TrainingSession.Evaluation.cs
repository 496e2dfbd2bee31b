using System.Diagnostics;
using FashionCnn.Data;
using FashionCnn.Evaluation;

namespace FashionCnn.Training;

/// <content>Evaluation after each epoch and at the end.</content>
internal sealed partial class TrainingSession
{
    /// <summary>The test images; where there are none, the held-out ones.</summary>
    private Batches Test => test ?? validation!;

    /// <summary>What the model, as it is, says of each test image.</summary>
    public Predictions Predict() => share is null ? Evaluator.Predict(model, Test, settings.EvaluationBatch)! : share.Predict(Test);

    /// <summary>Adds what the final weights say of the test images to the epoch that they come from.</summary>
    private TrainingOutcome Tested(TrainingOutcome outcome, EpochRecord final, CheckpointStore? checkpoints)
    {
        var clock = Stopwatch.StartNew();
        var predictions = Predict();
        if (!double.IsFinite(predictions.Loss))
        {
            throw TestDiverged(Test, final.Epoch, checkpoints);
        }

        var tested = final with { TestLoss = predictions.Loss, TestAccuracy = predictions.Accuracy, TestSeconds = final.TestSeconds + clock.Elapsed.TotalSeconds };
        return outcome with { History = [.. outcome.History.Select(epoch => epoch.Epoch == final.Epoch ? tested : epoch)], Final = tested, Predictions = predictions };
    }

    /// <summary>The epoch's record; null when evaluation was stopped.</summary>
    private EpochRecord? Evaluate(CheckpointStore? checkpoints, CancellationToken cancellation)
    {
        var clock = Stopwatch.StartNew();
        // The averages are what the run ends with, where there are any.
        update.ExchangeAverages();
        try
        {
            var record = Evaluate(clock, checkpoints, cancellation);
            if (record is not null && validation is not null)
            {
                best.Observe(record, model);
            }

            return record;
        }
        finally
        {
            update.ExchangeAverages();
        }
    }

    private EpochRecord? Evaluate(Stopwatch clock, CheckpointStore? checkpoints, CancellationToken cancellation)
    {
        // The loss on the held-out images is the one that is trained; the loss on the test images is plain, to compare models by.
        var validated = validation is null ? null : Evaluate(validation, Training.LabelSmoothing, cancellation);
        if (validation is not null && validated is null)
        {
            return null;
        }

        // Without test images, the held-out ones stand in for them.
        var tested = settings.TestAtEnd ? null
            : test is null && Training.LabelSmoothing == 0 ? validated
            : Evaluate(Test, labelSmoothing: 0, cancellation);
        if (!settings.TestAtEnd && tested is null)
        {
            return null;
        }

        // The last step's update is first seen here.
        if (tested is not null && !double.IsFinite(tested.Loss))
        {
            throw TestDiverged(Test, state.Epoch, checkpoints);
        }

        if (validated is not null && !double.IsFinite(validated.Loss))
        {
            throw TestDiverged(validation!, state.Epoch, checkpoints);
        }

        return new EpochRecord(
            state.Epoch, state.LossSum / train.Count, (double)state.Correct / train.Count, tested?.Loss, tested?.Accuracy, state.Seconds,
            clock.Elapsed.TotalSeconds, validated?.Loss + update.RegularizationLoss(), validated?.Accuracy);
    }

    private EvaluationResult? Evaluate(Batches images, double labelSmoothing, CancellationToken cancellation) => share is null
        ? Evaluator.Evaluate(model, images, labelSmoothing, settings.EvaluationBatch, cancellation)
        : share.Evaluate(images, labelSmoothing, cancellation);

    private TrainingFailedException TestDiverged(Batches images, int epoch, CheckpointStore? checkpoints) => Diverged(
        $"The loss on the {(images == test ? "test" : "held-out")} images is no longer a number after epoch {epoch}",
        FaultSearch.Find(model, () => Evaluator.Evaluate(model, images, batchSize: settings.EvaluationBatch)!.Loss),
        checkpoints);
}
