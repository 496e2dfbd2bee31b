using FashionCnn.Evaluation;
using FashionCnn.Models;
using FashionCnn.Native;

namespace FashionCnn.Checks;

/// <summary>What a model is going to be used for, as far as it decides which of Torch's kernels compute it.</summary>
/// <param name="Precision"><c>fp32</c> or <c>bf16</c>.</param>
/// <param name="Threads">Threads that Torch computes with.</param>
/// <param name="TrainingBatch">Images per training step; 0 when the model is not trained.</param>
/// <param name="EvaluationBatch">Images that are evaluated at once.</param>
/// <param name="Layout"><c>channels_last</c> or <c>channels_first</c>.</param>
internal sealed record SelfCheckSetting(string Precision, int Threads, int TrainingBatch, int EvaluationBatch, string Layout = MemoryLayout.ChannelsLast)
{
    /// <summary>Training, which evaluates after each epoch.</summary>
    public static SelfCheckSetting Training(string precision, int threads, int batchSize) => new(precision, threads, batchSize, Evaluator.DefaultBatchSize);

    /// <summary>Evaluation on many images.</summary>
    public static SelfCheckSetting Evaluation(string precision, int threads) => new(precision, threads, 0, Evaluator.DefaultBatchSize);

    /// <summary>Prediction, one image at a time.</summary>
    public static SelfCheckSetting Prediction(int threads) => new(ComputePrecision.Fp32, threads, 0, Classification.BatchSize);
}
