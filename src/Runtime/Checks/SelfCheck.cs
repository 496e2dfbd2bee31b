using FashionCnn.Models;
using FashionCnn.Native;
using TorchSharp;
using static System.FormattableString;
using static TorchSharp.torch;

namespace FashionCnn.Checks;

/// <summary>
/// Computes every layer of a model once at its real shape and compares it with double precision, since on some processors some of
/// Torch's kernels compute something else than they should.
/// </summary>
internal static class SelfCheck
{
    // Enough for normalization over the batch.
    private const int RecordedImages = 2;

    // One alone would hide what is written to the place of another.
    private const int FewImages = 2;

    /// <summary>
    /// Checks convolutions, pooling, normalization and dense layers on random values: outputs, and for training the gradients of inputs and
    /// parameters, each layer by itself. A wrong kernel may end the process: where that must not happen, call this in a process of its own.
    /// Torch's random numbers and number of threads are left as they were.
    /// </summary>
    /// <param name="model">The model. It is created again, twice; trained weights do not matter.</param>
    /// <param name="setting">How it is going to be used.</param>
    /// <param name="announce">Told a layer's name before it is computed.</param>
    /// <param name="imageGradients">Check the gradient of the images too, which training does not need.</param>
    /// <exception cref="NativeLibraryException">Torch's native library cannot be loaded.</exception>
    public static SelfCheckVerdict Run(ModelDescriptor model, SelfCheckSetting setting, Action<string>? announce = null, bool imageGradients = false)
    {
        NativeTorch.EnsureLoaded();
        return TorchRandom.Seeded(1, () =>
        {
            using var threads = new TorchThreads(setting.Threads);
            return Check(model, setting, announce, imageGradients);
        });
    }

    private static SelfCheckVerdict Check(ModelDescriptor descriptor, SelfCheckSetting setting, Action<string>? announce, bool imageGradients)
    {
        using var scope = NewDisposeScope();
        using var model = descriptor.Create();
        using var exact = descriptor.Create();
        _ = exact.to(float64);
        model.Precision = ComputePrecision.Type(setting.Precision);
        model.ChannelsLast = setting.Layout == MemoryLayout.ChannelsLast;

        exact.Precision = float64;
        var images = rand(RecordedImages, descriptor.Input.Channels, descriptor.Input.Height, descriptor.Input.Width).requires_grad_(imageGradients);
        var recorded = Record(model, images, announce, (operation, x) => operation.Compute(x));
        // Which operations there are, and not what they compute, is asked of the second model.
        using var outputs = recorded.Select(operation => operation.Output).GetEnumerator();
        var references = Record(exact, images, announce: null, (_, _) => outputs.MoveNext() ? zeros(outputs.Current, dtype: float64) : throw new InvalidOperationException("The model has not the same operations twice."));
        var layers = recorded.Zip(references, (actual, reference) => new CheckedLayer(actual, reference)).ToList();
        SetRandomValues(model, exact);
        var faults = new List<(CheckedLayer Layer, LayerFault Fault)>();
        // First, since training changes moving statistics.
        Check(training: false, setting.EvaluationBatch);
        if (setting.TrainingBatch > 0)
        {
            Check(training: true, setting.TrainingBatch);
        }

        return new SelfCheckVerdict([.. faults.OrderBy(found => layers.IndexOf(found.Layer)).Select(found => found.Fault).DistinctBy(fault => fault.Layer)]);

        void Check(bool training, int batch)
        {
            model.train(training);
            exact.train(training);
            foreach (var layer in layers.DistinctBy(layer => layer.Key))
            {
                announce?.Invoke(layer.Actual.Label);
                if (layer.Problem(batch, training, ComputePrecision.Type(setting.Precision)) is { } problem)
                {
                    faults.Add((layer, new LayerFault(layer.Actual.Label, problem)));
                }
            }
        }
    }

    /// <summary>Gives two models the same random parameters and statistics, the second one in double precision.</summary>
    private static void SetRandomValues(ImageClassifier model, ImageClassifier exact)
    {
        using var guard = no_grad();
        var targets = exact.state_dict();
        foreach (var (name, value) in model.state_dict())
        {
            // Variances are above 0. bf16 holds the values exactly, so that the weights' rounding is no difference.
            _ = name.EndsWith("running_var", StringComparison.Ordinal) || name.EndsWith("variance", StringComparison.Ordinal) ? value.uniform_(0.5, 1.5) : value.uniform_(-1, 1);
            _ = value.copy_(value.to(bfloat16));
            _ = targets[name].copy_(value);
        }
    }

    private static List<RecordedOperation> Record(ImageClassifier model, Tensor images, Action<string>? announce, Func<Operation, Tensor, Tensor> compute)
    {
        var labels = new LayerLabels(model);
        var recorded = new List<RecordedOperation>();
        model.train();
        model.Watch = (operation, x) =>
        {
            var label = labels.Of(operation);
            announce?.Invoke(label);
            var input = LayerInput.Of(x);
            var y = compute(operation, x);
            recorded.Add(new RecordedOperation(operation, label, input, y.shape));
            return y;
        };
        try
        {
            _ = model.forward(images);
        }
        finally
        {
            model.Watch = null;
        }

        return recorded;
    }

    private sealed record RecordedOperation(Operation Operation, string Label, LayerInput Input, long[] Output)
    {
        public LayerFunction Function => new(Operation.Compute, [.. (Operation.Layer?.named_parameters() ?? []).Where(pair => pair.parameter.requires_grad)]);
    }

    private sealed record CheckedLayer(RecordedOperation Actual, RecordedOperation Reference)
    {
        // One check does for all layers of a shape.
        public string Key => $"{Actual.Operation.Shape} {Actual.Input.Description}";

        /// <summary>What is wrong; null when nothing is.</summary>
        public string? Problem(int batch, bool training, ScalarType precision)
        {
            var mixes = training && Actual.Operation.Layer is BatchNormalization { IsFrozen: false };
            var images = mixes ? Math.Max(1, batch / Comparison.DistinctImages) * Comparison.DistinctImages : batch;
            var worst = Comparison.Measure(Actual.Function, Reference.Function, Actual.Input, images, training, mixes, mixes ? Comparison.DistinctImages : FewImages).MaxBy(deviation => deviation.Value)!;
            return worst.Value <= Comparison.Tolerance(precision) ? null
                : double.IsFinite(worst.Value) ? Invariant($"the {worst.What} is wrong by {Percent(worst.Value)} of its largest value ({Percent(Comparison.Tolerance(precision))} is allowed)")
                : $"the {worst.What} is not finite, or not zero where it should be";
        }

        private static string Percent(double share) => share >= 1e4 ? Invariant($"{share * 100:0.#e+0} %") : Invariant($"{share * 100:G2} %");
    }
}
