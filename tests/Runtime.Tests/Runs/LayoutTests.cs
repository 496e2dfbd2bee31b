using System.Text.Json.Nodes;
using FashionCnn.Models;
using FashionCnn.Runs;
using FashionCnn.Storage;
using FashionCnn.Training;
using TorchSharp.Modules;
using Xunit;
using static TorchSharp.torch;

namespace FashionCnn.Runtime.Tests.Runs;

/// <summary>The memory layout and the evaluation batch of a run are recorded, used, and kept.</summary>
public sealed class LayoutTests : IDisposable
{
    private static readonly List<(bool Training, bool ChannelsLast, long Images)> Seen = [];

    private static readonly ModelDescriptor Plain = TestModels.Descriptor("plain", TestModels.Input, 3, () => new LayoutNet(Plain!));

    private readonly TemporaryFolder folder = new();

    public LayoutTests() => Seen.Clear();

    public void Dispose() => folder.Dispose();

    [Theory]
    [InlineData("auto", MemoryLayout.ChannelsLast)]
    [InlineData(MemoryLayout.ChannelsLast, MemoryLayout.ChannelsLast)]
    [InlineData(MemoryLayout.ChannelsFirst, MemoryLayout.ChannelsFirst)]
    public void Auto_chooses_channels_last(string choice, string layout)
    {
        Assert.Equal(layout, MemoryLayout.Resolve(choice));
        using var module = Plain.Create();
        Assert.Equal(MemoryLayout.Resolve("auto"), MemoryLayout.Of(module.ChannelsLast));
        Assert.Equal("layout", Assert.Throws<InputException>(() => MemoryLayout.Resolve("rows")).Setting);
    }

    [Theory]
    [InlineData(MemoryLayout.ChannelsLast, 7)]
    [InlineData(MemoryLayout.ChannelsFirst, 40)]
    public void Training_and_evaluation_use_what_the_settings_say_and_so_does_a_run_that_is_continued(string layout, int evaluationBatch)
    {
        _ = Start(Plain, Settings with { Layout = layout, EvaluationBatch = evaluationBatch });
        Check();

        Seen.Clear();
        _ = Continue(Plain, new RunChanges { Epochs = 2 });
        Check();

        void Check()
        {
            Assert.Equal((layout, evaluationBatch), (Configuration.Layout, Configuration.EvaluationBatch));
            Assert.All(Seen, pass => Assert.Equal(layout == MemoryLayout.ChannelsLast, pass.ChannelsLast));
            Assert.Equal(8, Seen.Where(pass => pass.Training).Max(pass => pass.Images));
            // After each epoch, and for predictions.csv.
            Assert.Equal(Enumerable.Repeat((long)evaluationBatch, 40 / evaluationBatch), Seen.Where(pass => !pass.Training && pass.Images == evaluationBatch).Select(pass => pass.Images).Take(40 / evaluationBatch));
            Assert.Equal(2 * 40, Seen.Where(pass => !pass.Training).Sum(pass => pass.Images));
        }
    }

    [Fact]
    public void A_new_run_records_its_layout_and_one_that_did_not_goes_on_in_channels_last()
    {
        _ = Start(Plain, Settings);
        Assert.Equal(MemoryLayout.ChannelsLast, Configuration.Layout);

        Rewrite(config => Assert.True(config.Remove("layout") && config.Remove("evaluation_batch")));
        Assert.Equal((null, 100), (Configuration.Layout, Configuration.EvaluationBatch));
        _ = Continue(Plain, new RunChanges { Epochs = 2 });

        Assert.Equal(MemoryLayout.ChannelsLast, Configuration.Layout);
        Assert.Equal(["epochs"], Configuration.Changes.Select(change => change.Setting));
    }

    [Fact]
    public void A_change_of_the_layout_is_recorded_and_decides_nothing()
    {
        _ = Start(Plain, Settings);

        _ = Continue(Plain, new RunChanges { Epochs = 2, Layout = MemoryLayout.ChannelsFirst });

        Assert.Equal(["epochs 1 -> 2 from epoch 2", "layout channels_last -> channels_first from epoch 2"], Configuration.Changes.Select(change => change.ToString()));
        Assert.Empty(Configuration.DecidingChanges);
    }

    [Fact]
    public void The_layout_stays_unless_it_is_given()
    {
        var before = Settings with { Precision = "bf16", Layout = MemoryLayout.ChannelsFirst };

        Assert.Equal(MemoryLayout.ChannelsFirst, new RunChanges { Precision = "fp32" }.Apply(before).Layout);
        Assert.Equal(MemoryLayout.ChannelsLast, new RunChanges { Layout = "auto" }.Apply(before).Layout);
    }

    [Fact]
    public void Runs_in_different_layouts_count_as_runs_with_the_same_settings()
    {
        _ = Start(Plain, Settings);
        var first = Configuration;

        Assert.Equal(first.WithoutSeed, (first with { Layout = MemoryLayout.ChannelsFirst, EvaluationBatch = 50 }).WithoutSeed);
        Assert.Equal(first.WithoutSeed, (first with { Layout = null }).WithoutSeed);
    }

    [Theory]
    [InlineData("layout", "\"rows\"", "layout cannot be \"rows\"; it must be channels_last or channels_first.")]
    [InlineData("evaluation_batch", "0", "evaluation_batch cannot be 0; it must be 1 or more.")]
    public void What_cannot_be_is_refused(string key, string value, string message)
    {
        _ = Start(Plain, Settings);

        Rewrite(config => config[key] = JsonNode.Parse(value));

        Assert.EndsWith($"the file is damaged: {message}", Assert.Throws<InputException>(() => Configuration).Message, StringComparison.Ordinal);
    }

    private static RunSettings Settings => new(new TrainingSettings { BatchSize = 8, Epochs = 1 }, Seed: 3, Threads: 1, Device: "cpu");

    private RunConfiguration Configuration => RunFolder.Open(folder.File("run")).ReadConfiguration();

    private RunResult Start(ModelDescriptor model, RunSettings settings) =>
        Run.Start(model, TestModels.Stripes(24, 40), settings, () => RunFolder.TryCreate(folder.File("run"))!.Value, new RunOptions());

    private RunResult Continue(ModelDescriptor model, RunChanges changes) =>
        Run.Continue(RunFolder.Open(folder.File("run")), model, changes, _ => TestModels.Stripes(24, 40), new RunOptions());

    private void Rewrite(Action<JsonObject> change)
    {
        var config = JsonNode.Parse(File.ReadAllText(folder.File("run/config.json")))!.AsObject();
        change(config);
        AtomicFile.WriteText(folder.File("run/config.json"), config.ToJsonString());
    }

    /// <summary>Notes how the output of its convolution lies in memory.</summary>
    private sealed class LayoutNet : ImageClassifier
    {
        public LayoutNet(ModelDescriptor descriptor)
            : base(descriptor)
        {
            Conv1 = Register("conv1", CreateConv2D(channels: 1, filters: 4, kernel: (3, 3), padding: (1, 1)));
            Dense1 = Register("dense1", CreateDense(features: 4 * 8 * 8, units: 3));
        }

        public Conv2d Conv1 { get; }

        public Linear Dense1 { get; }

        protected override Tensor Logits(Tensor x)
        {
            x = conv2d(Conv1, x);
            Seen.Add((training, x.stride()[1] == 1, x.shape[0]));
            return linear(Dense1, flatten(x));
        }
    }
}
