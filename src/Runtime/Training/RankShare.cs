using System.Globalization;
using System.IO.Hashing;
using System.Text.Json;
using FashionCnn.Data;
using FashionCnn.Distribution;
using FashionCnn.Evaluation;
using FashionCnn.Models;
using FashionCnn.Storage;
using static TorchSharp.torch;

namespace FashionCnn.Training;

/// <summary>
/// What one of several ranks does of a training: its part of every batch and of every evaluation, and the sums over all ranks. Each image weighs the same, on
/// whichever rank it is.
/// </summary>
internal sealed class RankShare : IDisposable
{
    private readonly ImageClassifier model;
    private readonly RunSettings settings;
    private readonly IReadOnlyList<(int Start, int Size)> batches;
    private readonly BatchShare batchShare;
    private readonly CallbackFailure failure = new();
    private int step;
    private bool wantsToStop;
    private int? failed;

    /// <summary>Takes a part of a model's training.</summary>
    public RankShare(Ranks ranks, ImageClassifier model, WeightUpdate update, RunSettings settings, IReadOnlyList<(int Start, int Size)> batches)
    {
        (Ranks, this.model, this.settings, this.batches) = (ranks, model, settings, batches);
        // A rank without an image of a small batch computes the first one in time with the others, and it counts nothing.
        Parts = [.. batches.Select(batch => ranks.PartOf(batch.Size) is var (start, size) && size > 0 ? (batch.Start + start, size) : (batch.Start, 1))];
        batchShare = new BatchShare(ranks, settings.SyncBatchNorm, failure);
        foreach (var layer in model.modules().OfType<BatchNormalization>())
        {
            layer.Share = batchShare;
        }

        Exchange = new GradientExchange(ranks, model, update.Weights, settings.Reduce, failure);
    }

    /// <summary>All of them.</summary>
    public Ranks Ranks { get; }

    /// <summary>The sums of gradients.</summary>
    public GradientExchange Exchange { get; }

    /// <summary>This rank's part of each batch.</summary>
    public IReadOnlyList<(int Start, int Size)> Parts { get; }

    /// <summary>The part of the batch's images that this rank has, from 0 to 1.</summary>
    public double OfBatch => (double)Ranks.PartOf(batches[step].Size).Size / batches[step].Size;

    /// <summary>The place of this rank's first image in the batch.</summary>
    public long FirstImage => Parts[step].Start - batches[step].Start;

    /// <summary>A rank was asked to stop before the step; all stop after it.</summary>
    public bool IsStopped { get; private set; }

    /// <summary>On which rank the loss was no number, as a part of a sentence.</summary>
    public string WhereLossFailed => failed is { } rank ? $" on {Ranks.NameOf(rank)}" : string.Empty;

    /// <summary>Begins a step.</summary>
    public void Begin(int step, bool stop)
    {
        (this.step, wantsToStop, failed) = (step, stop, null);
        batchShare.Begin(OfBatch);
        Exchange.Begin();
    }

    /// <summary>Adds up the loss, and how many images are classified rightly, over all ranks; and moves the statistics of batch normalization.</summary>
    public (double Loss, long Correct) Sum(double loss, long correct)
    {
        var sums = new double[3 + batchShare.Count];
        (sums[0], sums[1], sums[2]) = (loss, OfBatch == 0 ? 0 : correct, wantsToStop ? 1 : 0);
        batchShare.Write(sums.AsSpan(3));
        Ranks.Sum(sums);
        batchShare.Move(sums.AsSpan(3));
        IsStopped = sums[2] > 0;
        if (!double.IsFinite(sums[0]))
        {
            failed = Ranks.First(!double.IsFinite(loss));
        }

        return (sums[0], (long)sums[1]);
    }

    /// <summary>What the first rank whose loss was no number has found.</summary>
    public TrainingFault Shared(TrainingFault found) =>
        failed is { } rank ? JsonSerializer.Deserialize(Ranks.Gather(JsonSerializer.Serialize(found, FaultJson.Default.TrainingFault))[rank], FaultJson.Default.TrainingFault)! : found;

    /// <summary>Throws what went wrong between the ranks in the backward pass.</summary>
    public void EndBackward() => failure.Rethrow();

    /// <summary>The gradients over all images of the batch, after the backward pass over this rank's.</summary>
    public IReadOnlyList<Tensor?> Gradients() => Exchange.Finish();

    /// <summary>Gives all ranks the first one's values.</summary>
    public void Broadcast(Tensor tensor)
    {
        if (Ranks.IsFirst)
        {
            TensorBytes.ForEachPart(tensor, bytes => Ranks.Broadcast(bytes.ToArray()));
        }
        else
        {
            TensorBytes.Fill(tensor, Ranks.Broadcast);
        }
    }

    /// <summary>Checks that all ranks have the same weights and moving statistics, bit by bit.</summary>
    /// <param name="when">When that is, as a part of a sentence.</param>
    /// <exception cref="RankFailedException">A rank has others.</exception>
    public void RequireSameWeights(string when)
    {
        var hash = new XxHash3();
        using (NewDisposeScope())
        {
            foreach (var tensor in model.state_dict().Values)
            {
                TensorBytes.ForEachPart(tensor, hash.Append);
            }
        }

        var all = Ranks.Gather(hash.GetCurrentHashAsUInt64().ToString("x", CultureInfo.InvariantCulture));
        var most = all.GroupBy(sum => sum).MaxBy(group => group.Count())!.Key;
        if (Enumerable.Range(0, Ranks.Size).Where(rank => all[rank] != most).Select(Ranks.NameOf).ToList() is { Count: > 0 } others)
        {
            throw Ranks.Shared(new RankFailedException(
                $"{when[..1].ToUpperInvariant()}{when[1..]}, the weights of {string.Join(", ", others)} are not those of {(Ranks.Size == 2 ? Ranks.NameOf(0) : "the other ranks")}, though all made the same steps. "
                + "A machine computes wrongly, or memory or network are faulty."));
        }
    }

    /// <summary>Evaluates a model on images, each rank on a part of them; null when a rank was stopped.</summary>
    public EvaluationResult? Evaluate(Batches images, double labelSmoothing, CancellationToken cancellation)
    {
        var mine = Evaluator.Sum(model, images, Ranks.PartOf(images.Count), labelSmoothing, settings.EvaluationBatch, cancellation);
        double[] sums = [mine?.Loss ?? 0, mine?.Correct ?? 0, mine is null ? 1 : 0];
        Ranks.Sum(sums);
        return sums[2] > 0 ? null : new EvaluationResult(sums[0] / images.Count, sums[1] / images.Count);
    }

    /// <summary>What a model says of each image, each rank of a part of them; all ranks have all of it then.</summary>
    public Predictions Predict(Batches images)
    {
        var (start, size) = Ranks.PartOf(images.Count);
        var mine = Evaluator.Predict(model, images, (start, size), settings.EvaluationBatch)!;
        return new Predictions(
            [.. All(mine.Labels.Select(label => (double)label)).Select(label => (int)label)],
            [.. All(mine.Predicted.Select(label => (double)label)).Select(label => (int)label)],
            [.. All(mine.Confidence.Select(value => (double)value)).Select(value => (float)value)],
            [.. All(mine.Losses.Select(value => (double)value)).Select(value => (float)value)]);

        // Every other rank adds 0, which changes nothing.
        double[] All(IEnumerable<double> values)
        {
            var all = new double[images.Count];
            values.ToArray().CopyTo(all, start);
            Ranks.Sum(all);
            return all;
        }
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        foreach (var layer in model.modules().OfType<BatchNormalization>())
        {
            layer.Share = null;
        }

        Exchange.Dispose();
    }
}

/// <summary>How a fault is written for other ranks.</summary>
[System.Text.Json.Serialization.JsonSerializable(typeof(TrainingFault))]
internal sealed partial class FaultJson : System.Text.Json.Serialization.JsonSerializerContext;
