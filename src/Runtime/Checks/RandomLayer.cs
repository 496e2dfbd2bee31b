using FashionCnn.Models;
using static TorchSharp.torch;

namespace FashionCnn.Checks;

/// <summary>A layer at a shape, and the precision to compute it in.</summary>
/// <param name="Kind">What it is, such as <c>depthwise convolution</c>.</param>
/// <param name="Model">A model of this one layer, whose output is the layer's own; its description says all of it.</param>
/// <param name="Precision"><c>fp32</c> or <c>bf16</c>.</param>
/// <param name="Threads">1 or 2.</param>
/// <param name="BatchSize">Images in a batch.</param>
internal sealed record RandomLayer(string Kind, ModelDescriptor Model, string Precision, int Threads, int BatchSize)
{
    /// <summary>Everything that one needs to compute it again.</summary>
    public override string ToString() => $"{Model.Description}, batch {BatchSize}, {Precision}, {Threads} thread{(Threads == 1 ? string.Empty : "s")}";

    internal static RandomLayer Of(
        string kind, string settings, ImageShape input, int batch, string precision, bool innermost, int threads, Func<OneLayer, Func<Tensor, Tensor>> build)
    {
        var description = string.Join(", ", new[] { kind, settings, $"input {input}", innermost ? "channels innermost" : "channels first" }.Where(part => part.Length > 0));
        ModelDescriptor descriptor = null!;
        descriptor = new ModelDescriptor
        {
            Id = "random_layer",
            Name = nameof(OneLayer),
            Description = description,
            Input = input,
            // It is no classifier: nobody asks for classes or counts.
            Classes = 0,
            TotalParameters = 0,
            TrainableParameters = 0,
            MultiplyAccumulates = 0,
            Layers = [],
            Training = new TrainingSettings(),
            ArchitectureFingerprint = description,
            TrainingFingerprint = string.Empty,
            Spec = string.Empty,
            Create = () => new OneLayer(descriptor, innermost, build),
        };
        return new RandomLayer(kind, descriptor, precision, threads, batch);
    }
}
