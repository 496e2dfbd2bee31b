using FashionCnn.Distribution;
using FashionCnn.Evaluation;
using FashionCnn.Models;
using FashionCnn.Native;

namespace FashionCnn.Training;

/// <summary>Everything that decides how a run goes, beside the model and the data.</summary>
/// <param name="Training">The spec's training settings with the command line's overrides.</param>
/// <param name="Seed">Starts the weights, the shuffling and dropout. 0 or more.</param>
/// <param name="Threads">Threads that Torch computes with.</param>
/// <param name="Device">"cpu" or "cuda".</param>
/// <param name="Precision">"fp32" or "bf16".</param>
/// <param name="Layout">"channels_last" or "channels_first".</param>
/// <param name="EvaluationBatch">Images that are evaluated at once.</param>
/// <param name="TestAtEnd">Evaluate the test images once, after training, instead of after every epoch.</param>
/// <param name="Ranks">The processes that train together, each on its share of every batch.</param>
/// <param name="Reduce">The type in which they exchange gradients, see <see cref="GradientReduction"/>.</param>
/// <param name="SyncBatchNorm">Batch normalization takes its statistics over the whole batch; otherwise each process takes them over its share.</param>
internal sealed record RunSettings(
    TrainingSettings Training, long Seed, int Threads, string Device, string Precision = ComputePrecision.Fp32, string Layout = MemoryLayout.ChannelsLast, int EvaluationBatch = Evaluator.DefaultBatchSize,
    bool TestAtEnd = false, int Ranks = 1, string Reduce = GradientReduction.Fp32, bool SyncBatchNorm = false);
