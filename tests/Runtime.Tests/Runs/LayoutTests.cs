using System.Text.Json.Nodes;
using FashionCnn.Models;
using FashionCnn.Native;
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

    private static readonly ModelDescriptor Normalized = Plain with
    {
        Layers = [new LayerInfo("batch_norm1", "BatchNormalization", LayerFamily.Normalization, string.Empty, [LayerInfo.Image], new LayerShape(8, 8, 1), 4, 2, 0)],
        Create = () => new LayoutNet(Normalized!),
    };

    private readonly TemporaryFolder folder = new();

    public LayoutTests() => Seen.Clear();

    public void Dispose() => folder.Dispose();

    [Theory]
    [InlineData("auto", true, "fp32", MemoryLayout.ChannelsFirst)]
    [InlineData("auto", true, "bf16", MemoryLayout.ChannelsLast)]
    [InlineData("auto", false, "fp32", MemoryLayout.ChannelsLast)]
    [InlineData(MemoryLayout.ChannelsLast, true, "fp32", MemoryLayout.ChannelsLast)]
    [InlineData(MemoryLayout.ChannelsFirst, false, "bf16", MemoryLayout.ChannelsFirst)]
    public void Auto_chooses_by_precision_and_normalization(string choice, bool normalizes, string precision, string layout)
    {
        var model = normalizes ? Normalized : Plain;

        Assert.Equal(layout, MemoryLayout.Resolve(choice, model, precision));
        using var module = model.Create();
        module.Precision = ComputePrecision.Type(precision);
        Assert.Equal(MemoryLayout.Resolve("auto", model, precision), MemoryLayout.Of(module.ChannelsLast));
        Assert.Equal("layout", Assert.Throws<InputException>(() => MemoryLayout.Resolve("rows", model, precision)).Setting);
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
    public void A_new_run_records_what_was_chosen_for_it_and_one_that_did_not_is_continued_in_it()
    {
        _ = Start(Normalized, Settings);
        Assert.Equal(MemoryLayout.ChannelsFirst, Configuration.Layout);

        Rewrite(config => Assert.True(config.Remove("layout") && config.Remove("evaluation_batch")));
        Assert.Equal((null, 100), (Configuration.Layout, Configuration.EvaluationBatch));
        var store = new CheckpointStore(folder.File("run"), TimeSpan.Zero);
        using (NewDisposeScope())
        using (var end = store.Open(warning => Assert.Fail(warning)))
        {
            store.Write(end.Content with { Settings = end.Content.Settings with { Layout = null } }, [.. end.File.Tensors.Keys.Select(name => KeyValuePair.Create(name, end.File.Read(name)))]);
        }

        _ = Continue(Normalized, new RunChanges { Epochs = 2 });

        Assert.Equal(MemoryLayout.ChannelsFirst, Configuration.Layout);
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
    public void With_another_precision_the_layout_is_chosen_anew_unless_it_is_given()
    {
        var before = (Settings with { Precision = "bf16" }).For(Normalized);
        Assert.Equal(MemoryLayout.ChannelsLast, before.Layout);

        Assert.Equal(MemoryLayout.ChannelsFirst, new RunChanges { Precision = "fp32" }.Apply(before, Normalized).Layout);
        Assert.Equal(MemoryLayout.ChannelsLast, new RunChanges { Precision = "fp32", Layout = MemoryLayout.ChannelsLast }.Apply(before, Normalized).Layout);
        Assert.Equal(MemoryLayout.ChannelsFirst, new RunChanges().Apply(before with { Layout = MemoryLayout.ChannelsFirst }, Normalized).Layout);
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
