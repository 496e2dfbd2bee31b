using System.Diagnostics;
using FashionCnn.Data;
using FashionCnn.Distribution;
using FashionCnn.Native;
using FashionCnn.Training;
using static TorchSharp.torch;

namespace FashionCnn.Benchmarks.Training;

/// <summary>One of two ranks that train when it is their turn.</summary>
internal static class RankWorker
{
    private const int ExchangesAlone = 10;

    /// <summary>
    /// Trains. The first rank answers with a round's milliseconds and, of all steps so far: the bytes and milliseconds of an exchange of all gradients without
    /// training, the milliseconds per step that it waited, worked at the exchange within backward, and was at it after backward; and the share of the gradients that
    /// were on their way by then.
    /// </summary>
    public static void Run(string id, int batch, string reduce, int steps)
    {
        // Open MPI gives each process a terminal of its own, to which .NET would send control sequences.
        Environment.SetEnvironmentVariable("TERM", "dumb");
        ProcessTuning.Apply();
        NativeTorch.EnsureLoaded();
        var ranks = Ranks.Join(Ranks.DefaultPatience) ?? throw new InvalidOperationException("A launcher must start it.");
        set_num_threads(1);
        var descriptor = ModelCatalog.All.Single(model => model.Id == id);
        var settings = new RunSettings(descriptor.Training with { BatchSize = batch }, Seed: 1, Threads: 1, "cpu") { Ranks = ranks.Size, Reduce = reduce };
        Trainer.Prepare(settings);
        using var model = descriptor.Create();
        using var session = new TrainingSession(model, DataSets.Open(choice: null, DataEnvironment.Current), settings, ranks);
        session.Share();
        var alone = Alone(ranks, descriptor.TrainableParameters, reduce);
        var (bytes, exchanges) = (ranks.Traffic.Bytes, 0);
        var before = (ranks.Traffic.Waited, ranks.Traffic.InBackward, ranks.Traffic.AfterBackward);
        var pace = new Pace(steps, () =>
        {
            var traffic = ranks.Traffic;
            return
            [
                (double)(traffic.Bytes - bytes) / exchanges, alone, (traffic.Waited - before.Waited).TotalMilliseconds / exchanges, (traffic.InBackward - before.InBackward).TotalMilliseconds / exchanges,
                (traffic.AfterBackward - before.AfterBackward).TotalMilliseconds / exchanges, (double)traffic.Gradients.Early / traffic.Gradients.All,
            ];
        });
        _ = session.Run(
            _ =>
            {
                exchanges++;
                if (ranks.IsFirst)
                {
                    pace.OnStep();
                }
            },
            onEpoch: null,
            checkpoints: null,
            CancellationToken.None);
    }

    /// <summary>The milliseconds that the exchange takes when nothing else is done.</summary>
    private static double Alone(Ranks ranks, long values, string reduce)
    {
        const int Part = 1 << 20;
        using var memory = zeros(values, dtype: reduce == GradientReduction.Bf16 ? bfloat16 : float32);
        var times = new List<double>();
        for (var i = 0; i < ExchangesAlone; i++)
        {
            _ = ranks.Gather(string.Empty);
            var start = Stopwatch.GetTimestamp();
            for (var first = 0L; first < values; first += Part)
            {
                using var part = memory.narrow(0, first, Math.Min(Part, values - first));
                var request = Start(ranks, part, reduce == GradientReduction.Bf16);
                ranks.Finish(ref request);
            }

            times.Add(Stopwatch.GetElapsedTime(start).TotalMilliseconds);
        }

        return Alternation.Median(times);
    }

    private static unsafe nint Start(Ranks ranks, Tensor part, bool halves)
    {
        fixed (byte* bytes = part.bytes)
        {
            return ranks.StartSum((nint)bytes, (int)part.numel(), halves);
        }
    }
}
