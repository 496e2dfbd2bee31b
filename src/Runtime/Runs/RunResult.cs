using System.Text.Json.Serialization;
using FashionCnn.Data;
using FashionCnn.Evaluation;
using FashionCnn.Models;
using FashionCnn.Native;
using FashionCnn.Training;

namespace FashionCnn.Runs;

/// <summary>
/// What a run came to, as <c>result.json</c> keeps it. Losses and accuracies of the epoch whose weights the model ended with: the
/// last one, or the best on held-out images where these decide; null when no epoch was finished.
/// </summary>
/// <param name="Model">The model's id.</param>
/// <param name="Data">The data set's name.</param>
/// <param name="Sample">The built-in sample was used, not the full set.</param>
/// <param name="TrainImages">Training images, those that were held out among them.</param>
/// <param name="TestImages">Images evaluated on.</param>
/// <param name="Epochs">Epochs finished.</param>
/// <param name="BatchSize">Images per step.</param>
/// <param name="Seed">What started the random numbers.</param>
/// <param name="Threads">Threads that Torch computed with.</param>
/// <param name="Device">cpu or cuda.</param>
/// <param name="Completed">Training was not interrupted.</param>
/// <param name="StoppedEarly">Held-out images no longer got better, so it ended before the last epoch.</param>
/// <param name="FinalEpoch">The epoch whose weights the model ended with.</param>
/// <param name="TrainSeconds">Time spent training in the finished epochs.</param>
/// <param name="TestSeconds">Time spent evaluating.</param>
/// <param name="TrainLoss">Running mean of that epoch.</param>
/// <param name="TrainAccuracy">Running mean of that epoch, 0 to 1.</param>
/// <param name="TestLoss">On the test images, after that epoch.</param>
/// <param name="TestAccuracy">On the test images, after that epoch, 0 to 1.</param>
/// <param name="Parameters">All parameters of the model.</param>
/// <param name="MultiplyAccumulates">Of convolutions and dense layers, per image; null in files that were written before it was counted.</param>
/// <param name="Precision">fp32 or bf16; runs from before there was a choice were computed in fp32.</param>
/// <param name="LeftOutImages">Pictures that were left out because they could not be read.</param>
internal sealed record RunResult(
    string Model,
    string Data,
    bool Sample,
    int TrainImages,
    int TestImages,
    int Epochs,
    int BatchSize,
    long Seed,
    int Threads,
    string Device,
    bool Completed,
    bool StoppedEarly,
    int? FinalEpoch,
    double TrainSeconds,
    double TestSeconds,
    double? TrainLoss,
    double? TrainAccuracy,
    double? TestLoss,
    double? TestAccuracy,
    long Parameters,
    long? MultiplyAccumulates = null,
    string Precision = ComputePrecision.Fp32,
    int LeftOutImages = 0)
{
    /// <summary>The 95 % interval of the accuracy on the test images; null when no epoch was finished.</summary>
    [JsonIgnore]
    public Interval? AccuracyInterval => TestAccuracy is { } accuracy ? Interval.OfShare((int)Math.Round(accuracy * TestImages), TestImages) : null;

    /// <summary>The result of a run that has ended.</summary>
    public static RunResult Of(ModelDescriptor model, DataSet data, RunSettings settings, TrainingOutcome outcome)
    {
        var final = outcome.Final;
        return new RunResult(
            model.Id,
            data.Name,
            data.IsSample,
            data.Train.Count,
            data.Test.Count,
            outcome.History.Count,
            settings.Training.BatchSize,
            settings.Seed,
            settings.Threads,
            settings.Device,
            !outcome.Canceled,
            outcome.StoppedEarly,
            final?.Epoch,
            outcome.History.Sum(record => record.TrainSeconds),
            outcome.History.Sum(record => record.TestSeconds),
            final?.TrainLoss,
            final?.TrainAccuracy,
            final?.TestLoss,
            final?.TestAccuracy,
            model.TotalParameters,
            model.MultiplyAccumulates,
            settings.Precision,
            data.LeftOut.Count);
    }
}
