using FashionCnn.Models;
using FashionCnn.Training;
using FashionCnn.Tuning;
using Xunit;
using static TorchSharp.torch;

namespace FashionCnn.Runtime.Tests.Tuning;

public sealed class TuningTests : IDisposable
{
    private static readonly RunSettings Settings = new(new TrainingSettings { BatchSize = 8 }, Seed: 1, Threads: 4, Device: "cpu");

    private static readonly TuningCandidates Candidates = new([MemoryLayout.ChannelsLast, MemoryLayout.ChannelsFirst], [4, 2, 1], [100, 50]);

    private static readonly TuningChoice Choice = new(MemoryLayout.ChannelsFirst, 2, 50);

    private readonly TemporaryFolder folder = new();

    public void Dispose() => folder.Dispose();

    [Theory]
    [InlineData(new[] { 100.0 }, 0)]
    [InlineData(new[] { 100.0, 130, 120 }, 1)]
    [InlineData(new[] { 100.0, 90, 101 }, 0)]
    [InlineData(new[] { 50.0, 99, 100 }, 1)]
    [InlineData(new[] { 97.0, 90, 100 }, 2)]
    public void The_first_of_the_fastest_is_chosen_give_or_take_noise(double[] imagesPerSecond, int chosen) =>
        Assert.Equal(chosen, TuningChoice.Fastest(imagesPerSecond.Index().Select(one => (one.Index, one.Item)).ToList()));

    [Fact]
    public void Nothing_can_be_chosen_from_nothing() => Assert.Throws<ArgumentException>(() => TuningChoice.Fastest(new List<(int, double)>()));

    [Theory]
    [InlineData(4, true, true, new[] { 4, 2, 1 }, 2)]
    [InlineData(2, true, true, new[] { 2, 1 }, 2)]
    [InlineData(1, true, true, new[] { 1 }, 2)]
    [InlineData(4, false, false, new[] { 4 }, 1)]
    public void What_is_given_is_no_candidate_for_a_change(int threads, bool layoutIsFree, bool threadsAreFree, int[] counts, int layouts)
    {
        var candidates = TuningCandidates.For(TestModels.Small, Settings with { Threads = threads, Layout = MemoryLayout.ChannelsFirst }, layoutIsFree, threadsAreFree, long.MaxValue);

        Assert.Equal(counts, candidates.Threads);
        Assert.Equal(layouts, candidates.Layouts.Count);
        Assert.Equal(MemoryLayout.ChannelsFirst, candidates.Layouts[0]);
        Assert.Equal([100, 50, 200, 500], candidates.EvaluationBatches);
    }

    [Fact]
    public void Evaluation_batches_fit_into_the_memory()
    {
        var model = TestModels.Small with { Layers = [new LayerInfo("conv1", "Conv2D", LayerFamily.Convolution, string.Empty, [LayerInfo.Image], new LayerShape(8, 8, 4), 40, 0, 0)] };

        // 1,024 bytes an image, and a quarter of the memory.
        Assert.Equal([100, 50, 200], TuningCandidates.For(model, Settings, layout: true, threads: true, memory: 1_024 * 4 * 200).EvaluationBatches);
        Assert.Equal([100], TuningCandidates.For(model, Settings, layout: true, threads: true, memory: 1).EvaluationBatches);
    }

    [Fact]
    public void A_choice_is_read_as_it_was_written_and_holds_for_nothing_else()
    {
        var store = new TuningStore(folder.File("tuning"));
        Assert.Null(store.Read(TestModels.Small, Settings, Candidates));

        store.Write(TestModels.Small, Settings, Candidates, Choice);

        Assert.Equal(Choice, store.Read(TestModels.Small, Settings, Candidates));
        // What it decides itself, and the seed, is nothing to it.
        Assert.Equal(Choice, store.Read(TestModels.Small, Settings with { Seed = 2, Layout = MemoryLayout.ChannelsFirst, EvaluationBatch = 7 }, Candidates));
        Assert.Null(store.Read(TestModels.Small with { ArchitectureFingerprint = "b" }, Settings, Candidates));
        Assert.Null(store.Read(TestModels.Small, Settings with { Precision = "bf16" }, Candidates));
        Assert.Null(store.Read(TestModels.Small, Settings with { Device = "cuda" }, Candidates));
        Assert.Null(store.Read(TestModels.Small, Settings with { Training = Settings.Training with { BatchSize = 9 } }, Candidates));
        Assert.Null(store.Read(TestModels.Small, Settings, Candidates with { Threads = [4] }));
        Assert.Null(store.Read(TestModels.Small, Settings, Candidates with { Layouts = [MemoryLayout.ChannelsLast] }));
    }

    [Theory]
    [InlineData("channels_first\t3\t50")]
    [InlineData("rows\t2\t50")]
    [InlineData("channels_first\t2\t51")]
    [InlineData("channels_first\t2")]
    [InlineData("channels_first\tmany\t50")]
    public void A_file_with_no_possible_choice_is_none(string line)
    {
        var store = new TuningStore(folder.File("tuning"));
        store.Write(TestModels.Small, Settings, Candidates, Choice);
        var file = Assert.Single(Directory.GetFiles(folder.File("tuning")));
        File.WriteAllText(file, File.ReadAllText(file).Replace("channels_first\t2\t50", line, StringComparison.Ordinal));

        Assert.Null(store.Read(TestModels.Small, Settings, Candidates));
    }

    [Fact]
    public void Every_candidate_is_measured_and_random_numbers_and_threads_are_left_as_they_were()
    {
        manual_seed(5);
        using var expected = rand(3);
        manual_seed(5);
        var settings = Settings with { Threads = 1, Training = new TrainingSettings { BatchSize = 8, Optimizer = new SgdSettings(1e10), ValidationSplit = 0.5, EarlyStopping = new EarlyStoppingSettings(1) } };

        var training = Tuner.MeasureTraining(TestModels.Small, settings, [(MemoryLayout.ChannelsLast, 1), (MemoryLayout.ChannelsFirst, 2)]);
        var evaluation = Tuner.MeasureEvaluation(TestModels.Small, settings, [5, 10, 20]);

        Assert.Equal(2, training.Count);
        Assert.Equal(3, evaluation.Count);
        Assert.All([.. training, .. evaluation], speed => Assert.InRange(speed, 1, 1e9));
        Assert.Equal(1, get_num_threads());
        using var drawn = rand(3);
        Assert.Equal(expected.data<float>().ToArray(), drawn.data<float>().ToArray());
    }

    [Fact]
    public void Measuring_can_be_stopped()
    {
        using var stopped = new CancellationTokenSource();
        stopped.Cancel();

        Assert.Throws<OperationCanceledException>(() => Tuner.MeasureTraining(TestModels.Small, Settings, [(MemoryLayout.ChannelsLast, 1)], stopped.Token));
        Assert.Throws<OperationCanceledException>(() => Tuner.MeasureEvaluation(TestModels.Small, Settings, [10], stopped.Token));
    }
}
