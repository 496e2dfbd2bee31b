using FashionCnn.Checks;
using FashionCnn.Data;
using FashionCnn.Models;
using FashionCnn.Runs;
using FashionCnn.Training;
using Xunit;
using static TorchSharp.torch;

namespace FashionCnn.Generator.Tests.Semantics;

/// <summary>What <c>"trainable": false</c> means: Keras's frozen layers.</summary>
public sealed class FrozenTests : IDisposable
{
    private const string Frozen = ", \"trainable\": false";

    private readonly string folder = Directory.CreateTempSubdirectory("fashioncnn-").FullName;

    public void Dispose() => Directory.Delete(folder, recursive: true);

    // Everything that moves weights is on: decay, regularizers, clipping, averages.
    [Theory]
    [InlineData("""{ "type": "AdamW", "weight_decay": 0.1, "use_ema": true, "global_clipnorm": 1 }""", "fp32", MemoryLayout.ChannelsLast)]
    [InlineData("""{ "type": "AdamW", "weight_decay": 0.1, "use_ema": true, "clipnorm": 0.5 }""", "bf16", MemoryLayout.ChannelsLast)]
    [InlineData("""{ "type": "SGD", "learning_rate": 0.1, "momentum": 0.9, "weight_decay": 0.1 }""", "fp32", MemoryLayout.ChannelsFirst)]
    public void Frozen_weights_and_statistics_stay_the_same_bytes_and_the_others_are_trained(string optimizer, string precision, string layout)
    {
        using var scope = NewDisposeScope();
        using var model = Net(Frozen, optimizer).Create();
        using var before = Scattered(model);

        _ = Trainer.Train(model, Images(), Settings(model.Model) with { Precision = precision, Layout = layout });

        using var after = ModelSnapshot.Of(model);
        var changed = before.Tensors.Where(pair => !pair.Value.equal(after.Tensors[pair.Key]).all().item<bool>()).Select(pair => pair.Key).Order();
        Assert.Equal(before.Tensors.Keys.Where(name => !name.StartsWith("conv1.", StringComparison.Ordinal) && !name.StartsWith("batch_norm1.", StringComparison.Ordinal)).Order(), changed);
        Assert.All(model.named_parameters().Where(pair => !changed.Contains(pair.name)), pair => Assert.Null(pair.parameter.grad));
    }

    [Theory]
    [InlineData("", MemoryLayout.ChannelsLast, ScalarType.Float32)]
    [InlineData("", MemoryLayout.ChannelsFirst, ScalarType.Float32)]
    [InlineData("", MemoryLayout.ChannelsLast, ScalarType.BFloat16)]
    [InlineData(", \"activation\": \"relu\"", MemoryLayout.ChannelsLast, ScalarType.Float32)]
    public void A_frozen_batch_normalization_computes_in_training_what_it_does_in_evaluation(string activation, string layout, ScalarType precision)
    {
        using var scope = NewDisposeScope();
        using var frozen = Spec($$"""
            { "type": "Conv2D", "filters": 3, "kernel_size": 3{{activation}} }, { "type": "BatchNormalization", "trainable": false }, { "type": "Flatten" }, { "type": "Dense", "units": 3 }
            """).Create();
        frozen.ChannelsLast = layout == MemoryLayout.ChannelsLast;
        frozen.Precision = precision;
        using var before = Scattered(frozen);
        var images = rand(5, 2, 6, 6);

        frozen.train();
        var trained = frozen.forward(images);
        trained.sum().backward();
        frozen.eval();
        var evaluated = frozen.forward(images);

        // In evaluation the convolution takes the normalization along, which rounds differently.
        Assert.True(trained.allclose(evaluated, precision == bfloat16 ? 0.05 : 1e-4, precision == bfloat16 ? 0.2 : 1e-4));
        using var after = ModelSnapshot.Of(frozen);
        Assert.All(before.Tensors, pair => Assert.True(pair.Value.equal(after.Tensors[pair.Key]).all().item<bool>(), pair.Key));
        // The gradient goes through it to the convolution.
        Assert.NotNull(frozen.get_parameter("conv1.weight")!.grad);
    }

    // Against double precision: the gradients that are left, through frozen layers of every kind.
    [Theory]
    [InlineData(ScalarType.Float32)]
    [InlineData(ScalarType.BFloat16)]
    public void Gradients_go_through_frozen_layers(ScalarType precision)
    {
        var model = CompiledModels.Load([SpecFile.Read(Path.Combine(Repository.Fixtures, "valid", "frozen.json"))]).Values.Single();

        var differences = ModelComparison.Measure(model, precision, batchSize: 6, seed: 1);

        Assert.Equal(
            ["output", "gradient of the input", "gradient of conv5.weight", "gradient of conv5.bias", "gradient of batch_norm6.weight", "gradient of batch_norm6.bias", "gradient of dense2.weight", "gradient of dense2.bias"],
            differences.Select(difference => difference.Quantity));
        Assert.All(differences.Where(_ => precision == float32), difference => Assert.InRange(difference.Value, 0, 1e-3));
        Assert.Empty(SelfCheck.Run(model, new SelfCheckSetting(precision == float32 ? "fp32" : "bf16", 1, 6, 6, MemoryLayout.ChannelsLast)).Faults);
    }

    [Fact]
    public void What_contains_a_layer_freezes_it_whatever_it_says_itself()
    {
        var model = CompiledModels.Load([SpecFile.Read(Path.Combine(Repository.Fixtures, "valid", "frozen.json"))]).Values.Single();

        Assert.Equal(["conv5", "batch_norm6", "dense2"], model.Layers.Where(layer => layer.Parameters > layer.NonTrainableParameters).Select(layer => layer.Name));
        Assert.All(model.Layers.Where(layer => layer.IsFrozen), layer => Assert.Equal((layer.Parameters, true), (layer.NonTrainableParameters, layer.Settings.EndsWith("frozen", StringComparison.Ordinal))));
        // conv5: 3 · 3 · 3 · 4 + 4; batch_norm6: 2 · 4; dense2: 6 · 3 + 3.
        Assert.Equal(112 + 8 + 21, model.TrainableParameters);
        Assert.Equal(["conv5.weight"], model.Regularizers.Select(regularizer => regularizer.Weight));
    }

    [Fact]
    public void Freezing_changes_how_a_network_is_trained_but_not_which_network_it_is()
    {
        var (free, frozen) = (Net(string.Empty), Net(Frozen));

        Assert.Equal(free.ArchitectureFingerprint, frozen.ArchitectureFingerprint);
        Assert.NotEqual(free.TrainingFingerprint, frozen.TrainingFingerprint);
        Assert.Equal(free.TrainingFingerprint, Net(", \"trainable\": true").TrainingFingerprint);
        Assert.Equal(free.TotalParameters, frozen.TotalParameters);
        using var model = free.Create();
        var file = Path.Combine(folder, "free.safetensors");
        ModelWeights.Save(model, file);
        using var other = frozen.Create();
        _ = ModelWeights.Load(other, file);
    }

    [Fact]
    public void Where_everything_is_frozen_there_is_nothing_to_train()
    {
        var all = Spec("""{ "type": "Flatten" }, { "type": "Dense", "units": 3, "trainable": false }""");
        using var model = all.Create();

        var fault = Assert.Throws<InputException>(() => Trainer.Train(model, Images(), Settings(all)));

        Assert.Equal("net has nothing to train: every layer with weights is frozen. Remove \"trainable\": false from at least one of them in its spec.", fault.Message);
    }

    [Fact]
    public void A_run_with_frozen_layers_is_continued_to_the_same_bytes_but_not_with_others_frozen()
    {
        var net = Net(Frozen, """{ "type": "Adam", "use_ema": true }""");
        using var stop = new CancellationTokenSource();
        _ = Start(net, "whole", CancellationToken.None);
        var stopped = Start(net, "stopped", stop.Token, what =>
        {
            if (what is EpochDone)
            {
                stop.Cancel();
            }
        });
        Assert.False(stopped.Completed);

        var fault = Assert.Throws<InputException>(() => Continue(Net(string.Empty, """{ "type": "Adam", "use_ema": true }""")));
        Assert.Equal("The checkpoint of net does not fit net: the run's frozen layers are conv1, batch_norm1, the model's none. Restore the spec that the run was started with, or start a new run.", fault.Message);
        Assert.True(Continue(net).Completed);
        Assert.Equal(File.ReadAllBytes(Path.Combine(folder, "whole", "weights.safetensors")), File.ReadAllBytes(Path.Combine(folder, "stopped", "weights.safetensors")));

        RunResult Continue(ModelDescriptor model) => Run.Continue(RunFolder.Open(Path.Combine(folder, "stopped")), model, new RunChanges(), _ => Images(), new RunOptions());
    }

    private RunResult Start(ModelDescriptor model, string name, CancellationToken cancellation, Action<RunEvent>? onEvent = null) => Run.Start(
        model, Images(), Settings(model), () => RunFolder.TryCreate(Path.Combine(folder, name))!.Value, new RunOptions { Cancellation = cancellation, OnEvent = onEvent });

    private static RunSettings Settings(ModelDescriptor model) => new(model.Training with { Epochs = 2, BatchSize = 5 }, Seed: 1, Threads: 1, Device: "cpu");

    private static DataSet Images()
    {
        return new DataSet("made", "by the test", Verified: false, IsSample: false, ["a", "b", "c"], Set(20, 1), Set(5, 2));

        static ImageSet Set(int count, int seed)
        {
            var pixels = new byte[count * 72];
            new Random(seed).NextBytes(pixels);
            return new ImageSet(pixels, [.. Enumerable.Range(0, count).Select(i => i % 3)], new ImageShape(6, 6, 2));
        }
    }

    private static ModelDescriptor Net(string trainable, string optimizer = """{ "type": "Adam" }""") => Spec(
        $$"""
        { "type": "Conv2D", "filters": 3, "kernel_size": 3, "kernel_regularizer": { "type": "L2" }{{trainable}} }, { "type": "BatchNormalization"{{trainable}} },
        { "type": "Conv2D", "filters": 3, "kernel_size": 2, "kernel_regularizer": { "type": "L2" } }, { "type": "BatchNormalization" }, { "type": "Flatten" }, { "type": "Dense", "units": 3 }
        """,
        $$""", "training": { "optimizer": {{optimizer}} }""");

    private static ModelDescriptor Spec(string layers, string training = "") => CompiledModels.Load(
        [SpecFile.Of($$"""{ "version": 1, "input": { "shape": [6, 6, 2] }, "layers": [ {{layers}} ]{{training}} }""", "net.json")]).Values.Single();

    /// <summary>Gives everything another value than the one that it starts with; the copy is of those.</summary>
    private static ModelSnapshot Scattered(ImageClassifier model)
    {
        using var guard = no_grad();
        foreach (var (_, values) in model.state_dict())
        {
            _ = values.uniform_(0.2, 0.8);
        }

        return ModelSnapshot.Of(model);
    }
}
