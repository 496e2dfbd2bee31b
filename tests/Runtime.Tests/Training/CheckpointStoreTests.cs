using FashionCnn.Data;
using FashionCnn.Models;
using FashionCnn.Storage;
using FashionCnn.Training;
using Xunit;

namespace FashionCnn.Runtime.Tests.Training;

public sealed class CheckpointStoreTests : IDisposable
{
    private readonly TemporaryFolder folder = new();

    public void Dispose() => folder.Dispose();

    [Fact]
    public void The_newest_checkpoint_is_read()
    {
        var store = Written(1, 2, 3);

        Assert.Equal(3, store.Read(NoWarning).State.Step);
        Assert.Equal(["checkpoint-previous.safetensors", "checkpoint.safetensors"], Directory.GetFiles(folder.Path).Select(Path.GetFileName).Order());
    }

    [Fact]
    public void Everything_comes_back_as_it_was()
    {
        var written = Checkpoint(7) with
        {
            State = Checkpoint(7).State with { LossSum = 0.1 + 0.2, History = [new EpochRecord(1, 1.0 / 3, 0.5, 2.5, 0.25, 1.5, 0.5, 0.75, null)] },
            Settings = new RunSettings(
                new TrainingSettings { Optimizer = new SgdSettings(0.1, 0.9, true), LearningRateSchedule = new PiecewiseConstantDecaySchedule([1, 2], [0.1, 0.01, 0.001]), EarlyStopping = new EarlyStoppingSettings(3, "val_accuracy") }, 5, 2, "cpu"),
        };
        var store = new CheckpointStore(folder.Path, TimeSpan.Zero);

        store.Write(written);
        var read = store.Read(NoWarning);

        Assert.Equal(written.State.History, read.State.History);
        Assert.Equal((written.State.LossSum, written.State.Random.ToList()), (read.State.LossSum, read.State.Random.ToList()), (a, b) => a.LossSum == b.LossSum && a.Item2.SequenceEqual(b.Item2));
        Assert.Equal(written.Optimizer, read.Optimizer);
        Assert.Equal(written.Weights["w"].Data, read.Weights["w"].Data);
        Assert.Empty(read.BestWeights);
        Assert.Equal(written.Layers, read.Layers);
        Assert.Equal([0.1, 0.01, 0.001], Assert.IsType<PiecewiseConstantDecaySchedule>(read.Settings.Training.LearningRateSchedule).Values);
        Assert.Equal(written.Settings.Training.EarlyStopping, read.Settings.Training.EarlyStopping);
    }

    // A checkpoint's buffers are as large as the model and the optimizer's state: left lying, a run's memory would grow at every epoch.
    [Fact]
    public void Many_checkpoints_take_no_more_memory_than_a_few()
    {
        const int Megabyte = 1 << 20;
        var store = new CheckpointStore(folder.Path, TimeSpan.Zero);
        var before = GC.GetTotalMemory(forceFullCollection: true);
        var held = new List<long>();
        for (var step = 1; step <= 12; step++)
        {
            store.Write(Checkpoint(step) with { Optimizer = new byte[16 * Megabyte] });
            held.Add((GC.GetTotalMemory(forceFullCollection: false) - before) / Megabyte);
        }

        Assert.All(held, megabytes => Assert.InRange(megabytes, -64, 40));
    }

    // Every byte is under a sum or in the header's frame: whichever is turned, the file is known to be damaged.
    [Fact]
    public void A_damaged_newest_checkpoint_is_named_and_the_one_before_it_is_used()
    {
        var store = Written(1, 2);
        var path = folder.File("checkpoint.safetensors");
        var whole = File.ReadAllBytes(path);
        var random = new Random(1);
        var damages = Enumerable.Range(0, 300).Select(_ => (Func<byte[], byte[]>)(bytes =>
        {
            bytes[random.Next(bytes.Length)] ^= (byte)(1 << random.Next(8));
            return bytes;
        })).Concat([bytes => bytes[..(bytes.Length / 2)], _ => [], bytes => [.. bytes, 0]]);

        foreach (var damage in damages)
        {
            File.WriteAllBytes(path, damage([.. whole]));
            var warnings = new List<string>();

            var read = store.Read(warnings.Add);

            Assert.Equal(1, read.State.Step);
            Assert.StartsWith(path, Assert.Single(warnings), StringComparison.Ordinal);
            Assert.EndsWith("The one before it is taken, if there is one.", warnings[0], StringComparison.Ordinal);
        }
    }

    [Fact]
    public void A_program_that_was_killed_between_two_renamings_loses_nothing()
    {
        var store = Written(1, 2);
        // The third was written; the second was, or was not yet, moved away.
        using (var stream = File.Create(folder.File("checkpoint-next.safetensors")))
        {
            CheckpointFile.Write(stream, Checkpoint(3));
        }

        Assert.Equal(3, store.Read(NoWarning).State.Step);
        File.Move(folder.File("checkpoint.safetensors"), folder.File("checkpoint-previous.safetensors"), overwrite: true);
        Assert.Equal(3, store.Read(NoWarning).State.Step);

        store.Write(Checkpoint(4));
        Assert.Equal(4, store.Read(NoWarning).State.Step);
    }

    [Fact]
    public void What_was_half_written_is_cleared_away()
    {
        var store = Written(1);
        File.WriteAllText(folder.File("checkpoint-next.safetensors.123-abc.tmp"), "half");

        Assert.Equal(1, store.Read(NoWarning).State.Step);
        Assert.Equal(["checkpoint.safetensors"], Directory.GetFiles(folder.Path).Select(Path.GetFileName));
    }

    [Fact]
    public void Without_a_whole_checkpoint_the_message_says_what_to_do()
    {
        var store = new CheckpointStore(folder.Path, TimeSpan.Zero);
        Assert.False(CheckpointStore.IsIn(folder.Path));
        File.WriteAllText(folder.File("checkpoint.safetensors"), "none");
        Assert.True(CheckpointStore.IsIn(folder.Path));

        Assert.Equal($"{folder.Path}: there is no checkpoint to go on from. Start a new run.", Assert.Throws<InputException>(() => store.Read(_ => { })).Message);
    }

    [Fact]
    public void A_folder_that_cannot_be_written_leaves_the_last_checkpoint_whole()
    {
        var store = Written(1);
        Directory.CreateDirectory(folder.File("checkpoint-next.safetensors"));

        var exception = Assert.Throws<IOException>(() => store.Write(Checkpoint(2)));

        Assert.StartsWith($"the checkpoint cannot be written to {folder.Path}: ", exception.Message, StringComparison.Ordinal);
        Assert.EndsWith($"The last good one, of epoch 1, step 1, is whole; make room and go on with --resume {folder.Path}.", exception.Message, StringComparison.Ordinal);
        Assert.Equal(1, CheckpointFile.Read(folder.File("checkpoint.safetensors")).State.Step);
        Assert.Empty(Directory.GetFiles(folder.Path, "*.tmp"));
    }

    [Fact]
    public void Another_architecture_is_refused_with_the_first_layer_that_differs()
    {
        var conv = new LayerInfo("conv1", "Conv2D", LayerFamily.Convolution, "3x3 same relu", [LayerInfo.Image], new LayerShape(28, 28, 64), 640, 0, 451_584);
        var model = TestModels.Small with { ArchitectureFingerprint = "new", Layers = [conv, Dense("softmax")] };

        Assert.Equal(
            "The checkpoint of small does not fit small: its layer 2 is dense1 (Dense relu, 10), the model's dense1 (Dense softmax, 10). Restore the spec that the run was started with, or start a new run.",
            Refusal([conv, Dense("relu")], model));
        Assert.Contains("its layer 2 is missing, the model's dense1", Refusal([conv], model), StringComparison.Ordinal);
        Assert.Contains("its layer 3 is conv1 (Conv2D 3x3 same relu, 28x28x64), the model's missing", Refusal([.. model.Layers, conv], model), StringComparison.Ordinal);
        Assert.Contains("settings of its layers differ", Refusal(model.Layers, model), StringComparison.Ordinal);
        (Checkpoint(1) with { ArchitectureFingerprint = "new" }).CheckFits(model);
    }

    private static LayerInfo Dense(string activation) => new("dense1", "Dense", LayerFamily.Dense, activation, ["conv1"], new LayerShape(10), 1, 0, 1);

    private static string Refusal(IReadOnlyList<LayerInfo> layers, ModelDescriptor model) =>
        Assert.Throws<InputException>(() => (Checkpoint(1) with { Layers = layers }).CheckFits(model)).Message;

    private CheckpointStore Written(params int[] steps)
    {
        var store = new CheckpointStore(folder.Path, TimeSpan.Zero);
        foreach (var step in steps)
        {
            store.Write(Checkpoint(step));
        }

        return store;
    }

    private static void NoWarning(string message) => Assert.Fail(message);

    private static Checkpoint Checkpoint(int step) => new()
    {
        Model = "small",
        ArchitectureFingerprint = "a",
        Layers = [new LayerInfo("conv1", "Conv2D", LayerFamily.Convolution, "", [LayerInfo.Image], new LayerShape(1, 1, 1), 1, 0, 1)],
        Settings = new RunSettings(new TrainingSettings(), 1, 1, "cpu"),
        Data = new DataReference("d", "somewhere", false, 1, 1, "f"),
        State = TrainingState.Start with { Step = step, Random = [1, 2, 3] },
        Weights = new Dictionary<string, StoredTensor> { ["w"] = new([2], [0, 0, 128, 63, 1, 2, 3, (byte)step]) },
        BestWeights = new Dictionary<string, StoredTensor>(),
        Optimizer = [9, 8, (byte)step],
    };
}
