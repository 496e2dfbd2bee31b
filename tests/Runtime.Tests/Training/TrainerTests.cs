using FashionCnn.Data;
using FashionCnn.Models;
using FashionCnn.Storage;
using FashionCnn.Training;
using Xunit;
using static TorchSharp.torch;

namespace FashionCnn.Runtime.Tests.Training;

public sealed class TrainerTests
{
    private static readonly DataSet Data = TestModels.Stripes(train: 101, test: 40);

    [Fact]
    public void The_loss_falls_and_the_model_learns()
    {
        var history = Run(Settings(seed: 1, epochs: 5)).History;

        Assert.Equal([1, 2, 3, 4, 5], history.Select(epoch => epoch.Epoch));
        Assert.True(history[^1].TrainLoss < 0.5 * history[0].TrainLoss);
        Assert.True(history[^1].TestAccuracy > 0.9);
    }

    [Fact]
    public void Settings_and_images_that_cannot_be_used_are_refused_before_anything_is_changed()
    {
        using var model = TestModels.Small.Create();
        using var before = model.parameters().First().clone();
        var settings = Settings(seed: 1, epochs: 1);

        var exception = Assert.Throws<InputException>(() => Trainer.Train(model, Data, settings with { Training = settings.Training with { LabelSmoothing = 1.5 } }));
        Assert.Equal("label_smoothing", exception.Setting);
        Assert.Throws<InputException>(() => Trainer.Train(model, Data with { Train = new ImageSet(Data.Train.Pixels, Data.Train.Labels, new ImageShape(1, 1, Data.Train.Shape.Count)) }, settings));
        Assert.True(before.equal(model.parameters().First()).all().item<bool>());
    }

    [Fact]
    public void One_seed_gives_one_history_and_another_seed_another()
    {
        var first = Numbers(Run(Settings(seed: 5, epochs: 2)));

        Assert.Equal(first, Numbers(Run(Settings(seed: 5, epochs: 2))));
        Assert.NotEqual(first, Numbers(Run(Settings(seed: 6, epochs: 2))));
    }

    [Fact]
    public void A_step_leaves_no_live_tensor_behind()
    {
        var live = new List<long>();
        _ = LiveTensors.Count();

        Run(Settings(seed: 1, epochs: 3), onStep: _ => live.Add(Tensor.TotalCount));

        Assert.Equal(3 * 13, live.Count);
        Assert.Single(live.Distinct());
    }

    [Fact]
    public void A_step_allocates_little_managed_memory()
    {
        var allocated = new List<long>();

        Run(Settings(seed: 1, epochs: 2), onStep: _ => allocated.Add(GC.GetAllocatedBytesForCurrentThread()));

        // The last steps of the second epoch: those before meet code for the first time.
        Assert.All(allocated.Skip(20).Zip(allocated.Skip(21), (before, after) => after - before), bytes => Assert.InRange(bytes, 1, 64 * 1024));
    }

    [Fact]
    public void Training_leaves_nothing_behind_but_the_model()
    {
        var settings = Settings(seed: 1, epochs: 1);
        Trainer.Prepare(settings);
        using var model = TestModels.Small.Create();
        var before = LiveTensors.Count();

        Trainer.Train(model, Data, settings);

        Assert.Equal(before, LiveTensors.Count());
    }

    [Fact]
    public void Progress_counts_every_image_once_and_ends_in_the_epochs_means()
    {
        var steps = new List<StepProgress>();
        var history = Run(Settings(seed: 1, epochs: 1), onStep: steps.Add).History;

        // 101 images in batches of 8: the last one, of 5, is the thirteenth.
        Assert.Equal(Enumerable.Range(1, 12).Select(step => 8 * step).Append(101), steps.Select(step => step.ImagesDone));
        Assert.Equal((history[0].TrainLoss, history[0].TrainAccuracy), (steps[^1].Loss, steps[^1].Accuracy));
        Assert.Equal(Math.Round(steps[^1].Accuracy * 101), steps[^1].Accuracy * 101, 1e-9);
    }

    [Fact]
    public void Stopping_keeps_the_finished_epochs_and_what_was_trained()
    {
        using var stop = new CancellationTokenSource();
        var settings = Settings(seed: 1, epochs: 10);
        Trainer.Prepare(settings);
        using var model = TestModels.Small.Create();
        var before = model.state_dict()["conv1.weight"].data<float>().ToArray();

        var outcome = Trainer.Train(model, Data, settings, step => { if (step is { Epoch: 3, ImagesDone: 16 }) { stop.Cancel(); } }, cancellation: stop.Token);

        Assert.True(outcome.Canceled);
        Assert.Equal(2, outcome.History.Count);
        Assert.NotEqual(before, model.state_dict()["conv1.weight"].data<float>().ToArray());
    }

    // The same network and images as a plain loop, without anything of the trainer: same weights to the last bit.
    [Fact]
    public void Training_is_what_a_plain_loop_does()
    {
        var settings = Settings(seed: 3, epochs: 2);
        Trainer.Prepare(settings);
        using var model = TestModels.Small.Create();
        Trainer.Train(model, Data, settings);

        using var scope = NewDisposeScope();
        Trainer.Prepare(settings);
        using var plain = TestModels.Small.Create();
        var moments = plain.parameters().Select(parameter => (Weight: parameter, M: zeros_like(parameter), V: zeros_like(parameter))).ToList();
        var step = 0;
        for (var epoch = 1; epoch <= 2; epoch++)
        {
            plain.train();
            var order = Shuffle.Order(101, 3, epoch);
            for (var start = 0; start < 101; start += 8)
            {
                var places = order.Skip(start).Take(8).ToArray();
                var pixels = places.SelectMany(place => Data.Train.Pixels.Skip((int)place * 64).Take(64)).Select(pixel => pixel / 255f).ToArray();
                plain.zero_grad();
                plain.Place = new RandomPlace(3, step++);
                var logits = plain.forward(tensor(pixels).reshape(places.Length, 1, 8, 8));
                nn.functional.cross_entropy(logits, tensor(places.Select(place => (long)Data.Train.Labels[place]).ToArray())).backward();
                using var guard = no_grad();
                foreach (var (weight, m, v) in moments)
                {
                    m.mul_(0.9).add_(weight.grad! * 0.1);
                    v.mul_(0.999).add_(weight.grad!.square() * 0.001);
                    weight.sub_(m * (0.01 * Math.Sqrt(1 - Math.Pow(0.999, step)) / (1 - Math.Pow(0.9, step))) / (v.sqrt() + 1e-7));
                }
            }
        }

        // Adam's root makes much of the last bit where gradients are nearly 0.
        Assert.All(plain.state_dict(), pair => Assert.True((pair.Value - model.state_dict()[pair.Key]).abs().max().item<float>() < 1e-4, pair.Key));
    }

    [Fact]
    public void Training_ends_with_the_averages_which_are_what_was_evaluated()
    {
        using var folder = new TemporaryFolder();
        var settings = Settings(seed: 3, epochs: 2);
        settings = settings with { Training = settings.Training with { Optimizer = new AdamSettings(0.05) { UseEma = true, EmaMomentum = 0.9 } } };
        var store = new CheckpointStore(folder.Path, TimeSpan.Zero);
        Trainer.Prepare(settings);
        using var model = TestModels.Small.Create();

        var outcome = Trainer.Train(model, Data, settings, checkpoints: store);

        using var scope = NewDisposeScope();
        using var checkpoint = store.Open(problem => Assert.Fail(problem))!;
        foreach (var (name, weight) in model.named_parameters())
        {
            var average = checkpoint.File.Read($"{CheckpointFile.Average}{name}");
            Assert.Equal(average.data<float>().ToArray(), weight.data<float>().ToArray());
            Assert.NotEqual(average.data<float>().ToArray(), checkpoint.File.Read($"{CheckpointFile.Model}{name}").data<float>().ToArray());
        }

        using var test = new Batches(Data.Test, CPU);
        Assert.Equal(outcome.History[^1].TestLoss, FashionCnn.Evaluation.Evaluator.Evaluate(model, test)!.Loss);
    }

    private static TrainingOutcome Run(RunSettings settings, Action<StepProgress>? onStep = null)
    {
        Trainer.Prepare(settings);
        using var model = TestModels.Small.Create();
        return Trainer.Train(model, Data, settings, onStep);
    }

    private static RunSettings Settings(long seed, int epochs) =>
        new(new TrainingSettings { Optimizer = new AdamSettings(0.01), BatchSize = 8, Epochs = epochs }, seed, Threads: 1, Device: "cpu");

    private static IEnumerable<(double, double, double?, double?)> Numbers(TrainingOutcome outcome) =>
        outcome.History.Select(epoch => (epoch.TrainLoss, epoch.TrainAccuracy, epoch.TestLoss, epoch.TestAccuracy));
}
