using System.Diagnostics;
using FashionCnn.Data;
using FashionCnn.Evaluation;
using FashionCnn.Models;
using FashionCnn.Native;
using FashionCnn.Training;
using TorchSharp;
using static TorchSharp.torch;

namespace FashionCnn.Tuning;

/// <summary>
/// Measures how fast a model is trained and evaluated in several settings: real steps at the real shapes, on images of noise. All are
/// measured in turn, again and again, so that what else happens on the machine meets them alike; the median counts. Torch's random
/// numbers and number of threads are left as they were. A wrong kernel may end the process, so a setting is to pass its self-check first.
/// </summary>
internal static class Tuner
{
    private const int MinRounds = 3;
    private const int MaxRounds = 9;
    private const int StepsPerRound = 3;
    private const int ImagesPerEpoch = 2_048;

    // Noise need not be more than this.
    private const int NoiseBytes = 64 << 20;

    // No weight moves noticeably, so that no loss can grow without bound.
    private const double LearningRate = 1e-12;

    private static readonly TimeSpan Enough = TimeSpan.FromSeconds(3);

    /// <summary>Images per second in training.</summary>
    /// <param name="model">The model. It is created again.</param>
    /// <param name="settings">Precision, device, optimizer, batch size, layout and threads.</param>
    /// <param name="duration">How long to measure at least.</param>
    /// <param name="cancellation">Looked at after every step.</param>
    /// <exception cref="OperationCanceledException">It was canceled.</exception>
    public static double MeasureTraining(ModelDescriptor model, RunSettings settings, TimeSpan duration, CancellationToken cancellation = default) =>
        MeasureTraining(model, settings, [(settings.Layout, settings.Threads)], duration, int.MaxValue, cancellation)[0];

    /// <summary>Images per second in training, in several settings.</summary>
    /// <param name="model">The model. It is created again.</param>
    /// <param name="settings">Precision, device, optimizer and batch size.</param>
    /// <param name="candidates">Layouts and numbers of threads.</param>
    /// <param name="cancellation">Looked at after every step.</param>
    /// <exception cref="OperationCanceledException">It was canceled.</exception>
    public static IReadOnlyList<double> MeasureTraining(ModelDescriptor model, RunSettings settings, IReadOnlyList<(string Layout, int Threads)> candidates, CancellationToken cancellation = default) =>
        MeasureTraining(model, settings, candidates, Enough, MaxRounds, cancellation);

    private static IReadOnlyList<double> MeasureTraining(
        ModelDescriptor model, RunSettings settings, IReadOnlyList<(string Layout, int Threads)> candidates, TimeSpan enough, int maxRounds, CancellationToken cancellation) => Around(() =>
    {
        var batch = settings.Training.BatchSize;
        var training = settings.Training with
        {
            Epochs = int.MaxValue,
            Optimizer = settings.Training.Optimizer with { LearningRate = LearningRate },
            LearningRateSchedule = null,
            ValidationSplit = 0,
            EarlyStopping = null,
        };
        using var network = model.Create();
        using var session = new TrainingSession(network, Noise(model, Math.Max(batch, Math.Min(ImagesPerEpoch, NoiseBytes / Bytes(model)) / batch * batch)), settings with { Training = training });
        return Rounds(candidates, candidate =>
        {
            network.ChannelsLast = candidate.Layout == MemoryLayout.ChannelsLast;
            set_num_threads(candidate.Threads);
            return Steps(session, cancellation);
        }, enough, maxRounds, cancellation).ConvertAll(seconds => batch / seconds);
    });

    /// <summary>Images per second in evaluation.</summary>
    /// <param name="model">The model. It is created again.</param>
    /// <param name="settings">Precision, device, layout and threads.</param>
    /// <param name="batches">Images that are evaluated at once.</param>
    /// <param name="cancellation">Looked at after every batch.</param>
    /// <exception cref="OperationCanceledException">It was canceled.</exception>
    public static IReadOnlyList<double> MeasureEvaluation(ModelDescriptor model, RunSettings settings, IReadOnlyList<int> batches, CancellationToken cancellation = default) => Around(() =>
    {
        set_num_threads(settings.Threads);
        using var network = model.Create();
        network.to(device(settings.Device));
        network.Precision = ComputePrecision.Type(settings.Precision);
        network.ChannelsLast = settings.Layout == MemoryLayout.ChannelsLast;
        return Rounds(batches, batch =>
        {
            using var images = new Batches(Noise(model, batch).Train, device(settings.Device));
            var clock = Stopwatch.StartNew();
            _ = Evaluator.Evaluate(network, images, batchSize: batch, cancellation: cancellation);
            return [clock.Elapsed.TotalSeconds];
        }, Enough, MaxRounds, cancellation).Select((seconds, i) => batches[i] / seconds).ToList();
    });

    private static IReadOnlyList<double> Around(Func<IReadOnlyList<double>> measure)
    {
        NativeTorch.EnsureLoaded();
        using var threads = new TorchThreads(null);
        using var random = get_rng_state();
        try
        {
            return measure();
        }
        finally
        {
            set_rng_state(random);
        }
    }

    /// <summary>The median time of each candidate, in seconds.</summary>
    private static List<double> Rounds<T>(IReadOnlyList<T> candidates, Func<T, IEnumerable<double>> measure, TimeSpan enough, int maxRounds, CancellationToken cancellation)
    {
        var times = candidates.Select(_ => new List<double>()).ToList();
        // The first round makes the kernels.
        var clock = new Stopwatch();
        for (var round = 0; round <= MinRounds || (round <= maxRounds && clock.Elapsed < enough); round++)
        {
            foreach (var (candidate, taken) in candidates.Zip(times))
            {
                var found = measure(candidate).ToList();
                cancellation.ThrowIfCancellationRequested();
                if (round > 0)
                {
                    taken.AddRange(found);
                }
            }

            clock.Start();
        }

        return times.ConvertAll(Median);
    }

    private static double Median(List<double> values)
    {
        values.Sort();
        return (values[(values.Count - 1) / 2] + values[values.Count / 2]) / 2;
    }

    /// <summary>The times of a few steps. The one before them is not counted: it follows on another candidate's.</summary>
    private static List<double> Steps(TrainingSession session, CancellationToken cancellation)
    {
        using var enough = CancellationTokenSource.CreateLinkedTokenSource(cancellation);
        var times = new List<double>();
        long? before = null;
        _ = session.Run(
            _ =>
            {
                if (before is { } start)
                {
                    times.Add(Stopwatch.GetElapsedTime(start).TotalSeconds);
                }

                before = Stopwatch.GetTimestamp();
                if (times.Count == StepsPerRound)
                {
                    enough.Cancel();
                }
            },
            onEpoch: null,
            checkpoints: null,
            enough.Token);
        return times;
    }

    private static int Bytes(ModelDescriptor model) => model.Input.Height * model.Input.Width * model.Input.Channels;

    private static DataSet Noise(ModelDescriptor model, int count)
    {
        var random = new Random(1);
        var pixels = new byte[(long)count * Bytes(model)];
        random.NextBytes(pixels);
        var labels = new int[count];
        for (var i = 0; i < count; i++)
        {
            labels[i] = random.Next(model.Classes);
        }

        var images = new ImageSet(pixels, labels, model.Input);
        return new DataSet("noise", "made for tuning", Verified: false, IsSample: false, DataSet.Numbers(model.Classes), images, images.Take(Math.Min(2, count)));
    }
}
