using System.Globalization;
using FashionCnn.Native;

namespace FashionCnn.Benchmarks.Training;

/// <summary>
/// Measures training. What is compared runs in processes of its own, since the allocator's setting and the peak of memory belong to
/// a process; these take turns, so that whatever else the machine does meets all alike. The tables show medians.
/// </summary>
internal static class TrainingBenchmark
{
    private const string ByHand = "hand-written";
    private const string Single = "fp32";
    private const string Mixed = "bf16";

    // The first one is OpenMP's own.
    private static readonly int[] SpinCounts = [300_000, 10_000, 5_000, 2_500, 1_000];

    private static readonly int[] GrowingBatches = [16, 32, 64, 128, 256, 512];

    // Where the processor has no instructions for bf16, the kernels of fp32 compute it, and nobody gains by it.
    private static readonly string[] Precisions = ComputePrecision.Resolve("auto", "cpu") == Mixed ? [Single, Mixed] : [Single];

    public static void Run(TrainingOptions options, TextWriter output)
    {
        foreach (var section in options.Sections)
        {
            output.WriteLine();
            switch (section)
            {
                case "step":
                    Steps(options, output);
                    break;
                case "pytorch":
                    PyTorch(options, output);
                    break;
                case "evaluation":
                    Evaluation(options, output);
                    break;
                case "process":
                    Processes(options, output);
                    break;
                case "growth":
                    Growth(options, output);
                    break;
                case "waiting":
                    Waiting(options, output);
                    break;
                case "self-check":
                    SelfCheckTime.Run(options, output);
                    break;
            }
        }
    }

    /// <summary>
    /// A training step against two references and the limit. The hand-written program runs as people write it, and with the memory kept that it
    /// frees, as ours does; ranges are those of the rounds.
    /// </summary>
    private static void Steps(TrainingOptions options, TextWriter output)
    {
        output.WriteLine("| model | batch | hand-written images/s | the same, memory kept | precision | images/s | of hand-written | of memory kept | of the limit |");
        output.WriteLine("|---|---:|---:|---:|---|---:|---:|---:|---:|");
        foreach (var (model, batch) in from model in options.Models from batch in options.BatchSizes select (model, batch))
        {
            var steps = StepsPerRound(model, batch);
            using var byHand = WorkerProcess.Start("step", ByHand, model, batch, options.Threads, steps, keepsMemory: false);
            using var keeping = WorkerProcess.Start("step", ByHand, model, batch, options.Threads, steps);
            using var single = WorkerProcess.Start("step", Single, model, batch, options.Threads, steps);
            using var mixed = Precisions.Contains(Mixed) ? WorkerProcess.Start("step", Mixed, model, batch, options.Threads, steps) : null;
            WorkerProcess[] workers = mixed is null ? [byHand, keeping, single] : [byHand, keeping, single, mixed];
            var limits = new List<double>();
            for (var round = 0; round < options.Rounds; round++)
            {
                TakeTurns(1, workers);
                limits.Add(MachineSpeed.Limit(options.Threads));
            }

            foreach (var (precision, worker) in new[] { (Single, single), (Mixed, mixed) })
            {
                if (worker is not null)
                {
                    // .NET has no instruction for bf16; where the processor has it, it does twice as much.
                    var limit = Alternation.Median(limits) * (precision == Mixed ? 2 : 1);
                    Row(
                        output, model, $"{batch}", Speed(byHand, steps * batch), Speed(keeping, steps * batch), precision, Speed(worker, steps * batch),
                        RatioAndRange(byHand, worker), RatioAndRange(keeping, worker), OfLimit(model, 6, worker, steps * batch, limit));
                }
            }
        }
    }

    private static void PyTorch(TrainingOptions options, TextWriter output)
    {
        output.WriteLine("| model | batch | PyTorch images/s | precision | images/s | ratio |");
        output.WriteLine("|---|---:|---:|---|---:|---:|");
        var batch = options.BatchSizes[^1];
        foreach (var model in options.Models)
        {
            var steps = StepsPerRound(model, batch);
            using var python = WorkerProcess.StartPyTorch(model, batch, options.Threads, steps);
            if (python is null)
            {
                output.WriteLine("Not measured: Debian's python3-torch is not installed.");
                return;
            }

            foreach (var precision in Precisions)
            {
                using var worker = WorkerProcess.Start("step", precision, model, batch, options.Threads, steps);
                python.Times.Clear();
                TakeTurns(options.Rounds, python, worker);
                Row(output, model, $"{batch}", Speed(python, steps * batch), precision, Speed(worker, steps * batch), RatioAndRange(python, worker));
            }
        }
    }

    private static void Evaluation(TrainingOptions options, TextWriter output)
    {
        output.WriteLine("| model | hand-written images/s | the same, memory kept | precision | images/s | of hand-written | of memory kept | of the limit |");
        output.WriteLine("|---|---:|---:|---|---:|---:|---:|---:|");
        var batch = options.BatchSizes[^1];
        foreach (var (model, precision) in from model in options.Models from precision in Precisions select (model, precision))
        {
            var images = Worker.EvaluationImages(model);
            using var byHand = WorkerProcess.Start("evaluation", ByHand, model, batch, options.Threads, 1, keepsMemory: false);
            using var keeping = WorkerProcess.Start("evaluation", ByHand, model, batch, options.Threads, 1);
            using var worker = WorkerProcess.Start("evaluation", precision, model, batch, options.Threads, 1);
            var limits = new List<double>();
            for (var round = 0; round < options.Rounds; round++)
            {
                TakeTurns(1, byHand, keeping, worker);
                limits.Add(MachineSpeed.Limit(options.Threads));
            }

            Row(
                output, model, Speed(byHand, images), Speed(keeping, images), precision, Speed(worker, images), RatioAndRange(byHand, worker), RatioAndRange(keeping, worker),
                OfLimit(model, 2, worker, images, Alternation.Median(limits) * (precision == Mixed ? 2 : 1)));
        }
    }

    private static void Processes(TrainingOptions options, TextWriter output)
    {
        output.WriteLine("| model | program | first step after s | peak memory MiB | managed bytes per step | live tensors more per step |");
        output.WriteLine("|---|---|---:|---:|---:|---:|");
        var batch = options.BatchSizes[^1];
        foreach (var model in options.Models)
        {
            (string Name, string Variant, bool KeepsMemory)[] programs =

            [
                (ByHand, ByHand, false),
                .. Precisions.SelectMany(precision => new (string, string, bool)[] { ($"{precision}, default allocator", precision, false), (precision, precision, true) }),
            ];
            var summaries = programs.Select(_ => new List<WorkerSummary>()).ToArray();
            for (var round = 0; round < options.Rounds; round++)
            {
                for (var i = 0; i < programs.Length; i++)
                {
                    using var process = WorkerProcess.Start("step", programs[i].Variant, model, batch, options.Threads, 5, programs[i].KeepsMemory);
                    process.Round();
                    summaries[i].Add(process.End());
                }
            }

            for (var i = 0; i < programs.Length; i++)
            {
                double Of(Func<WorkerSummary, double> value) => Alternation.Median(summaries[i].Select(value));
                Row(
                    output, model, programs[i].Name, Text($"{Of(summary => summary.FirstStep) / 1000:0.00}"), Text($"{Of(summary => summary.PeakMemory):0}"),
                    Text($"{Of(summary => summary.ManagedBytes):n0}"), Text($"{Of(summary => summary.LiveTensors):0.##}"));
            }
        }
    }

    private static void Growth(TrainingOptions options, TextWriter output)
    {
        var model = options.Models.Contains("model3") ? "model3" : options.Models[0];
        output.WriteLine($"{model}:");
        output.WriteLine();
        output.WriteLine("| batch | precision | 1 thread images/s | 2 threads | ratio |");
        output.WriteLine("|---:|---|---:|---:|---:|");
        foreach (var (batch, precision) in from batch in GrowingBatches from precision in Precisions select (batch, precision))
        {
            var steps = StepsPerRound(model, batch);
            using var one = WorkerProcess.Start("step", precision, model, batch, 1, steps);
            using var two = WorkerProcess.Start("step", precision, model, batch, 2, steps);
            TakeTurns(options.Rounds, one, two);
            Row(output, $"{batch}", precision, Speed(one, steps * batch), Speed(two, steps * batch), RatioAndRange(one, two));
        }
    }

    /// <summary>How long OpenMP's threads turn before they sleep: one run alone, and two at once.</summary>
    private static void Waiting(TrainingOptions options, TextWriter output)
    {
        output.WriteLine("| model | GOMP_SPINCOUNT | one run images/s | each of two at once | share of one run |");
        output.WriteLine("|---|---:|---:|---:|---:|");
        var batch = options.BatchSizes[0];
        foreach (var model in options.Models)
        {
            var steps = StepsPerRound(model, batch);
            var pairs = SpinCounts.Select(count => Enumerable.Range(0, 2).Select(_ => WorkerProcess.Start("step", Single, model, batch, options.Threads, steps, spinCount: count)).ToArray()).ToList();
            var alone = pairs.Select(_ => new List<double>()).ToList();
            for (var round = 0; round < options.Rounds; round++)
            {
                for (var i = 0; i < pairs.Count; i++)
                {
                    pairs[i][0].Round();
                    alone[i].Add(pairs[i][0].Times[^1]);
                    Parallel.ForEach(pairs[i], worker => worker.Round());
                }
            }

            for (var i = 0; i < pairs.Count; i++)
            {
                // The first one's rounds are alone and with the other in turns; the slower of the two counts.
                var together = pairs[i][0].Times.Where((_, round) => round % 2 == 1).Zip(pairs[i][1].Times, Math.Max).ToList();
                var shares = alone[i].Zip(together, (one, two) => one / two).Order().ToList();
                Row(
                    output, model, Text($"{SpinCounts[i]:n0}"), Text($"{steps * batch / Alternation.Median(alone[i]) * 1000:n0}"), Text($"{steps * batch / Alternation.Median(together) * 1000:n0}"),
                    Text($"{Alternation.Median(shares):0.00} ({shares[0]:0.00} to {shares[^1]:0.00})"));
                pairs[i][0].Dispose();
                pairs[i][1].Dispose();
            }
        }
    }

    private static void TakeTurns(int rounds, params WorkerProcess[] workers)
    {
        for (var round = 0; round < rounds; round++)
        {
            foreach (var worker in workers)
            {
                worker.Round();
            }
        }
    }

    // A round of a few tenths of a second or more, and two steps at least.
    private static int StepsPerRound(string model, int batch) => Math.Max(2, (model == "model1a" ? 1024 : 256) / batch);

    private static string Speed(WorkerProcess worker, int images) => Text($"{images / worker.Median * 1000:n0}");

    private static string RatioAndRange(WorkerProcess slow, WorkerProcess fast)
    {
        var ratios = slow.Times.Zip(fast.Times, (slow, fast) => slow / fast).Order().ToList();
        return Text($"{Alternation.Median(ratios):0.00} ({ratios[0]:0.00} to {ratios[^1]:0.00})");
    }

    /// <summary>
    /// Floating-point operations of multiply-accumulates: 2 forward, and for a training step 2 for each of the gradients of input and weights.
    /// </summary>
    private static string OfLimit(string model, double operations, WorkerProcess worker, int images, double limit)
    {
        var reached = operations * ModelCatalog.All.Single(candidate => candidate.Id == model).MultiplyAccumulates * images / worker.Median / 1e6;
        return Text($"{reached:0} of {limit:0} GFLOP/s, {reached / limit:0%}");
    }

    private static void Row(TextWriter output, params string[] cells) => output.WriteLine($"| {string.Join(" | ", cells)} |");

    private static string Text(FormattableString text) => text.ToString(CultureInfo.InvariantCulture);
}
