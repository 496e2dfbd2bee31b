using System.Globalization;

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
            }
        }
    }

    private static void Steps(TrainingOptions options, TextWriter output)
    {
        output.WriteLine("| model | batch | hand-written images/s | fp32 images/s | ratio | bf16 images/s | ratio | fp32 of its ceiling | bf16 of its ceiling |");
        output.WriteLine("|---|---:|---:|---:|---:|---:|---:|---:|---:|");
        foreach (var (model, batch) in from model in options.Models from batch in options.BatchSizes select (model, batch))
        {
            var steps = StepsPerRound(model, batch);
            using var byHand = WorkerProcess.Start("step", ByHand, model, batch, options.Threads, steps);
            using var single = WorkerProcess.Start("step", Single, model, batch, options.Threads, steps);
            using var mixed = WorkerProcess.Start("step", Mixed, model, batch, options.Threads, steps);
            using var singleCeiling = WorkerProcess.Start("product", Single, model, batch, options.Threads, steps);
            using var mixedCeiling = WorkerProcess.Start("product", Mixed, model, batch, options.Threads, steps);
            TakeTurns(options.Rounds, byHand, single, singleCeiling, mixed, mixedCeiling);
            Row(
                output,
                model,
                $"{batch}",
                Speed(byHand, steps * batch),
                Speed(single, steps * batch),
                Ratio(byHand, single),
                Speed(mixed, steps * batch),
                Ratio(byHand, mixed),
                OfCeiling(model, single, steps * batch, singleCeiling),
                OfCeiling(model, mixed, steps * batch, mixedCeiling));
        }
    }

    private static void PyTorch(TrainingOptions options, TextWriter output)
    {
        output.WriteLine("| model | batch | PyTorch images/s | fp32 images/s | ratio | bf16 images/s | ratio |");
        output.WriteLine("|---|---:|---:|---:|---:|---:|---:|");
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

            using var single = WorkerProcess.Start("step", Single, model, batch, options.Threads, steps);
            using var mixed = WorkerProcess.Start("step", Mixed, model, batch, options.Threads, steps);
            TakeTurns(options.Rounds, python, single, mixed);
            Row(
                output, model, $"{batch}", Speed(python, steps * batch), Speed(single, steps * batch), Ratio(python, single), Speed(mixed, steps * batch), Ratio(python, mixed));
        }
    }

    private static void Evaluation(TrainingOptions options, TextWriter output)
    {
        output.WriteLine("| model | hand-written images/s | fp32 images/s | ratio | bf16 images/s | ratio |");
        output.WriteLine("|---|---:|---:|---:|---:|---:|");
        var batch = options.BatchSizes[^1];
        foreach (var model in options.Models)
        {
            using var byHand = WorkerProcess.Start("evaluation", ByHand, model, batch, options.Threads, 1);
            using var single = WorkerProcess.Start("evaluation", Single, model, batch, options.Threads, 1);
            using var mixed = WorkerProcess.Start("evaluation", Mixed, model, batch, options.Threads, 1);
            TakeTurns(options.Rounds, byHand, single, mixed);
            Row(
                output,
                model,
                Speed(byHand, Worker.EvaluationImages),
                Speed(single, Worker.EvaluationImages),
                Ratio(byHand, single),
                Speed(mixed, Worker.EvaluationImages),
                Ratio(byHand, mixed));
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
                [(ByHand, ByHand, false), ("fp32, default allocator", Single, false), (Single, Single, true), ("bf16, default allocator", Mixed, false), (Mixed, Mixed, true)];
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
        output.WriteLine("| batch | fp32, 1 thread images/s | fp32, 2 threads | ratio | bf16, 1 thread images/s | bf16, 2 threads | ratio |");
        output.WriteLine("|---:|---:|---:|---:|---:|---:|---:|");
        foreach (var batch in new[] { 16, 32, 64, 128, 256, 512 })
        {
            var steps = StepsPerRound(model, batch);
            using var single1 = WorkerProcess.Start("step", Single, model, batch, 1, steps);
            using var single2 = WorkerProcess.Start("step", Single, model, batch, 2, steps);
            using var mixed1 = WorkerProcess.Start("step", Mixed, model, batch, 1, steps);
            using var mixed2 = WorkerProcess.Start("step", Mixed, model, batch, 2, steps);
            TakeTurns(options.Rounds, single1, single2, mixed1, mixed2);
            Row(
                output,
                $"{batch}",
                Speed(single1, steps * batch),
                Speed(single2, steps * batch),
                Ratio(single1, single2),
                Speed(mixed1, steps * batch),
                Speed(mixed2, steps * batch),
                Ratio(mixed1, mixed2));
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

    private static string Ratio(WorkerProcess slow, WorkerProcess fast) => Text($"{slow.Median / fast.Median:0.00}");

    /// <summary>6 floating-point operations per multiply-accumulate: 2 forward, 2 for each of the gradients of input and weights.</summary>
    private static string OfCeiling(string model, WorkerProcess worker, int images, WorkerProcess ceiling)
    {
        var step = 6.0 * ModelCatalog.All.Single(candidate => candidate.Id == model).MultiplyAccumulates * images / worker.Median;
        var limit = 2.0 * Math.Pow(Worker.ProductSize, 3) * Worker.ProductsPerRound / ceiling.Median;
        return Text($"{step / 1e6:0} of {limit / 1e6:0} GFLOP/s, {step / limit:0%}");
    }

    private static void Row(TextWriter output, params string[] cells) => output.WriteLine($"| {string.Join(" | ", cells)} |");

    private static string Text(FormattableString text) => text.ToString(CultureInfo.InvariantCulture);
}
