using System.Diagnostics;
using System.Globalization;
using FashionCnn.Distribution;
using static TorchSharp.torch;

namespace FashionCnn.Benchmarks.Training;

/// <summary>
/// Two ranks of one thread against one process of one and of two threads, in turns; and what a model of the time says of more machines.
/// </summary>
internal static class RankBenchmark
{
    // What a message takes on its way, at the least, by switched Ethernet.
    private const double Latency = 0.03;

    private static readonly int[] Machines = [8, 32, 128];
    private static readonly double[] Gigabits = [10, 100];

    public static int Run(string[] args, TextWriter output)
    {
        var (models, batch, rounds, launcher) = (new[] { "model1a", "model3" }, 32, 7, Environment.UserName == "root" ? "mpirun --allow-run-as-root --oversubscribe" : "mpirun --oversubscribe");
        foreach (var pair in args.Chunk(2))
        {
            switch (pair)
            {
                case ["--models", var names]:
                    models = names.Split(',');
                    break;
                case ["--batch", var number]:
                    batch = int.Parse(number, CultureInfo.InvariantCulture);
                    break;
                case ["--rounds", var number]:
                    rounds = int.Parse(number, CultureInfo.InvariantCulture);
                    break;
                case ["--launcher", var command]:
                    launcher = command;
                    break;
                default:
                    Console.Error.WriteLine($"This option cannot be read: {string.Join(' ', pair)}");
                    return 2;
            }
        }

        output.WriteLine("| model | reduce | 1 thread images/s | 2 threads | 2 ranks of 1 thread | against 2 threads | predicted |");
        output.WriteLine("|---|---|---:|---:|---:|---:|---:|");
        var exchanges = new List<(string Model, string Reduce, double[] Numbers)>();
        var speeds = new List<(string Model, double TwoThreads, double Parameters)>();
        foreach (var model in models)
        {
            var steps = Math.Max(4, (model == "model1a" ? 2048 : 512) / batch);
            foreach (var reduce in new[] { GradientReduction.Fp32, GradientReduction.Bf16 })
            {
                using var one = WorkerProcess.Start("step", "fp32", model, batch, 1, steps);
                using var two = WorkerProcess.Start("step", "fp32", model, batch, 2, steps);
                WorkerProcess[] halves = [WorkerProcess.Start("step", "fp32", model, batch / 2, 1, steps), WorkerProcess.Start("step", "fp32", model, batch / 2, 1, steps)];
                using var ranks = WorkerProcess.StartRanks(launcher, model, batch, reduce, steps);
                var both = new List<double>();
                for (var round = 0; round < rounds; round++)
                {
                    // The second rank sleeps when it has waited for a second.
                    Thread.Sleep(1500);
                    one.Round();
                    two.Round();
                    Parallel.ForEach(halves, half => half.Round());
                    both.Add(halves.Max(half => half.Times[^1]));
                    ranks.Round();
                }

                Array.ForEach(halves, half => half.Dispose());
                var exchange = ranks.Last;
                // Half of the images in each of two processes at once, and then the exchange as it is without training.
                var predicted = (Alternation.Median(both) / steps) + exchange[2];
                var ratios = two.Times.Zip(ranks.Times, (slow, fast) => slow / fast).Order().ToList();
                Row(
                    output, model, reduce, Speed(one.Median), Speed(two.Median), Speed(ranks.Median), Text($"{Alternation.Median(ratios):0.00} ({ratios[0]:0.00} to {ratios[^1]:0.00})"), Text($"{batch / predicted * 1000:n0}"));
                exchanges.Add((model, reduce, exchange));
                if (reduce == GradientReduction.Fp32)
                {
                    speeds.Add((model, two.Median / steps, ModelCatalog.All.Single(other => other.Id == model).TrainableParameters));
                }

                string Speed(double milliseconds) => Text($"{steps * batch / milliseconds * 1000:n0}");
            }
        }

        Exchanges(exchanges, output);
        foreach (var (model, step, parameters) in speeds)
        {
            Projection(model, step, parameters, batch, output);
        }

        foreach (var model in models)
        {
            Copying(model, output);
        }

        return 0;
    }

    private static void Exchanges(List<(string Model, string Reduce, double[] Numbers)> exchanges, TextWriter output)
    {
        output.WriteLine();
        output.WriteLine("| model | reduce | MB per step | exchange alone ms | within backward ms | after backward ms | on their way when backward ends | all waiting ms |");
        output.WriteLine("|---|---|---:|---:|---:|---:|---:|---:|");
        foreach (var (model, reduce, numbers) in exchanges)
        {
            Row(
                output, model, reduce, Text($"{numbers[1] / 1e6:0.0}"), Text($"{numbers[2]:0.0}"), Text($"{numbers[4]:0.0}"), Text($"{numbers[5]:0.0}"), Text($"{numbers[6]:0%}"), Text($"{numbers[3]:0.0}"));
        }
    }

    /// <summary>A step on machines like this one, each with a batch of its own: the step here, and a ring's exchange that nothing overlaps.</summary>
    private static void Projection(string model, double step, double parameters, int batch, TextWriter output)
    {
        output.WriteLine();
        output.WriteLine(Text($"{model}, {batch} images on each machine, {step:0} ms a step here:"));
        output.WriteLine();
        output.WriteLine("| machines | Gbit/s | reduce | exchange ms | step ms | images/s | of machines that exchange nothing |");
        output.WriteLine("|---:|---:|---|---:|---:|---:|---:|");
        foreach (var (machines, gigabits, reduce) in from machines in Machines from gigabits in Gigabits from reduce in new[] { GradientReduction.Fp32, GradientReduction.Bf16 } select (machines, gigabits, reduce))
        {
            var bytes = 2.0 * (machines - 1) / machines * parameters * (reduce == GradientReduction.Bf16 ? 2 : 4);
            var exchange = (bytes * 8 / gigabits / 1e6) + (2 * (machines - 1) * Latency);
            Row(
                output, $"{machines}", Text($"{gigabits:0}"), reduce, Text($"{exchange:0.0}"), Text($"{step + exchange:0}"), Text($"{machines * batch / (step + exchange) * 1000:n0}"), Text($"{step / (step + exchange):0%}"));
        }
    }

    /// <summary>Gradients copied into a bucket, against a bucket that they live in: it is set to 0 before the step, and backward adds to it.</summary>
    private static void Copying(string model, TextWriter output)
    {
        using var network = ModelCatalog.All.Single(other => other.Id == model).Create();
        using var guard = no_grad();
        var gradients = network.parameters().Select(weight => randn_like(weight)).ToList();
        using var bucket = zeros(gradients.Sum(gradient => gradient.numel()));
        set_num_threads(1);
        var (copies, living) = (new List<double>(), new List<double>());
        for (var round = 0; round < 21; round++)
        {
            copies.Add(Time(() => ForEach((view, gradient) => view.copy_(gradient))));
            living.Add(Time(() =>
            {
                _ = bucket.zero_();
                ForEach((view, gradient) => view.add_(gradient));
            }));
        }

        output.WriteLine();
        output.WriteLine(Text($"{model}: gradients copied into buckets {Alternation.Median(copies):0.0} ms a step; living there, set to 0 and added to, {Alternation.Median(living):0.0} ms."));

        void ForEach(Func<Tensor, Tensor, Tensor> action)
        {
            using var scope = NewDisposeScope();
            var start = 0L;
            foreach (var gradient in gradients)
            {
                _ = action(bucket.narrow(0, start, gradient.numel()).view(gradient.shape), gradient);
                start += gradient.numel();
            }
        }
    }

    private static double Time(Action action)
    {
        var start = Stopwatch.GetTimestamp();
        action();
        return Stopwatch.GetElapsedTime(start).TotalMilliseconds;
    }

    private static void Row(TextWriter output, params string[] cells) => output.WriteLine($"| {string.Join(" | ", cells)} |");

    private static string Text(FormattableString text) => text.ToString(CultureInfo.InvariantCulture);
}
