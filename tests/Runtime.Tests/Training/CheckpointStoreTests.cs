using FashionCnn.Data;
using FashionCnn.Models;
using FashionCnn.Storage;
using FashionCnn.Training;
using Xunit;
using static TorchSharp.torch;

namespace FashionCnn.Runtime.Tests.Training;

public sealed class CheckpointStoreTests : IDisposable
{
    private readonly TemporaryFolder folder = new();

    public void Dispose() => folder.Dispose();

    [Fact]
    public void The_newest_checkpoint_is_read()
    {
        var store = Written(1, 2, 3);

        Assert.Equal(3, StepOf(store));
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

        store.Write(written, Tensors(7));
        using var file = store.Open(NoWarning);
        var read = file.Content;

        Assert.Equal(written.State.History, read.State.History);
        Assert.Equal((written.State.LossSum, 7), (read.State.LossSum, read.State.GlobalStep));
        Assert.Equal([1f, 7f], file.File.Read("model/w").data<float>().ToArray());
        Assert.Equal(7, file.File.Read("optimizer/w/step").item<long>());
        Assert.Equal([1, 2, 3], file.File.Read("random").data<byte>().ToArray());
        Assert.Equal(written.Layers, read.Layers);
        Assert.Equal([0.1, 0.01, 0.001], Assert.IsType<PiecewiseConstantDecaySchedule>(read.Settings.Training.LearningRateSchedule).Values);
        Assert.Equal(written.Settings.Training.EarlyStopping, read.Settings.Training.EarlyStopping);
        Assert.Equal(written.Origin.Started, read.Origin.Started);
        Assert.Equal(written.Origin.Changes, read.Origin.Changes);
    }

    // A checkpoint's buffers are as large as the model and the optimizer's state: left lying, a run's memory would grow at every epoch.
    [Fact]
    public void Many_checkpoints_take_no_more_memory_than_a_few()
    {
        const int Megabyte = 1 << 20;
        using var large = zeros(16 * Megabyte);
        var store = new CheckpointStore(folder.Path, TimeSpan.Zero);
        var before = GC.GetTotalMemory(forceFullCollection: true);
        var held = new List<long>();
        for (var step = 1; step <= 12; step++)
        {
            store.Write(Checkpoint(step), [KeyValuePair.Create("optimizer/w/m", large)]);
            held.Add((GC.GetTotalMemory(forceFullCollection: false) - before) / Megabyte);
        }

        Assert.All(held, megabytes => Assert.InRange(megabytes, -64, 4));
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

            using (var read = store.Open(warnings.Add))
            {
                Assert.Equal(1, read.Content.State.Step);
            }

            Assert.StartsWith(path, Assert.Single(warnings), StringComparison.Ordinal);
            Assert.EndsWith("The one before it is used, if there is one.", warnings[0], StringComparison.Ordinal);
        }
    }

    [Fact]
    public void A_program_that_was_killed_between_two_renamings_loses_nothing()
    {
        var store = Written(1, 2);
        // The third was written; the second was, or was not yet, moved away.
        using (var stream = File.Create(folder.File("checkpoint-next.safetensors")))
        {
            CheckpointFile.Write(stream, Checkpoint(3), Tensors(3));
        }

        Assert.Equal(3, StepOf(store));
        File.Move(folder.File("checkpoint.safetensors"), folder.File("checkpoint-previous.safetensors"), overwrite: true);
        Assert.Equal(3, StepOf(store));

        store.Write(Checkpoint(4), Tensors(4));
        Assert.Equal(4, StepOf(store));
    }

    [Fact]
    public void Without_a_whole_checkpoint_the_message_says_what_to_do()
    {
        var store = new CheckpointStore(folder.Path, TimeSpan.Zero);
        Assert.False(RunFiles.HasCheckpoint(folder.Path));
        File.WriteAllText(folder.File("checkpoint.safetensors"), "none");
        Assert.True(RunFiles.HasCheckpoint(folder.Path));

        Assert.Equal($"{folder.Path}: there is no checkpoint to continue from. Start a new run.", Assert.Throws<InputException>(() => store.Open(_ => { })).Message);
    }

    [Fact]
    public void A_folder_that_cannot_be_written_leaves_the_last_checkpoint_whole()
    {
        var store = Written(1);
        Directory.CreateDirectory(folder.File("checkpoint-next.safetensors"));

        var exception = Assert.Throws<CheckpointNotWrittenException>(() => store.Write(Checkpoint(2), Tensors(2)));

        Assert.StartsWith($"the checkpoint cannot be written to {folder.Path}: ", exception.Message, StringComparison.Ordinal);
        Assert.EndsWith($"The last good one, of epoch 1, step 1, is whole; make room and continue the run.", exception.Message, StringComparison.Ordinal);
        Assert.Equal(1, StepOf(new CheckpointStore(folder.Path, TimeSpan.Zero)));
        Assert.Empty(Directory.GetFiles(folder.Path, "*.tmp"));
    }

    [Fact]
    public void Another_architecture_is_refused_with_the_first_layer_that_differs()
    {
        var conv = new LayerInfo("conv1", "Conv2D", LayerFamily.Convolution, "3x3 same relu", [LayerInfo.Image], new LayerShape(28, 28, 64), 640, 0, 451_584);
        var model = TestModels.Small with { ArchitectureFingerprint = "new", Layers = [conv, Dense("softmax")] };
        const string Conv = "conv1 (Conv2D 3x3 same relu, 28x28x64)";

        Assert.Equal(
            "The checkpoint of small does not fit small: its layer 2 is dense1 (Dense relu, 10), the model's dense1 (Dense softmax, 10). Restore the spec that the run was started with, or start a new run.",
            Refusal([Conv, "dense1 (Dense relu, 10)"], model));
        Assert.Contains("its layer 2 is missing, the model's dense1", Refusal([Conv], model), StringComparison.Ordinal);
        Assert.Contains($"its layer 3 is {Conv}, the model's missing", Refusal([.. FashionCnn.Training.Checkpoint.Describe(model), Conv], model), StringComparison.Ordinal);
        Assert.Contains("settings of its layers differ", Refusal(FashionCnn.Training.Checkpoint.Describe(model), model), StringComparison.Ordinal);
        (Checkpoint(1) with { ArchitectureFingerprint = "new" }).CheckFits(model);
    }

    [Fact]
    public void Other_regularizers_are_refused()
    {
        var model = TestModels.Small with { Regularizers = [new("dense1.weight", L1: 0, L2: 0.01)] };

        Assert.Equal(
            "The checkpoint of small does not fit small: the run's regularizers are none, the model's dense1.weight (l1 0, l2 0.01). Restore the spec that the run was started with, or start a new run.",
            Assert.Throws<InputException>(() => (Checkpoint(1) with { Regularizers = [] }).CheckFits(model)).Message);
        (Checkpoint(1) with { Regularizers = ["dense1.weight (l1 0, l2 0.01)"] }).CheckFits(model);
        // From before they were recorded.
        Checkpoint(1).CheckFits(model);
    }

    private static LayerInfo Dense(string activation) => new("dense1", "Dense", LayerFamily.Dense, activation, ["conv1"], new LayerShape(10), 1, 0, 1);

    // As the program wrote them before checkpoints had a version: the optimizer's state as Torch's own bytes.
    [Fact]
    public void A_checkpoint_of_an_earlier_version_is_refused_in_one_sentence()
    {
        using (var stream = File.Create(folder.File("checkpoint.safetensors")))
        {
            using var weights = zeros(2);
            using var optimizer = zeros(3, uint8);
            Safetensors.Write(
                stream,
                [KeyValuePair.Create("model/w", weights), KeyValuePair.Create("optimizer", optimizer)],
                new Dictionary<string, string> { ["model"] = "small", ["architecture_fingerprint"] = "a", ["checkpoint"] = "{}", ["sha256"] = "4d006da635622503091808b8103a01e4d09819f06431751d50d39365fcd1ad7f" });
        }

        Assert.Equal(
            $"{folder.File("checkpoint.safetensors")}: the checkpoint was written by an earlier version of the program, which this one cannot continue; start a new run.",
            Assert.ThrowsAny<InputException>(() => new CheckpointStore(folder.Path, TimeSpan.Zero).Open(NoWarning)).Message);
    }

    // The parts that are written and read one after the other end at no tensor's end.
    [Fact]
    public void A_tensor_larger_than_a_part_comes_back_as_it_was()
    {
        using var scope = NewDisposeScope();
        var large = rand(3, 1_500_001);
        var store = new CheckpointStore(folder.Path, TimeSpan.Zero);
        store.Write(Checkpoint(1), [KeyValuePair.Create("model/w", large.t())]);

        using var file = store.Open(NoWarning);

        Assert.True(file.File.Read("model/w").t().contiguous().bytes.SequenceEqual(large.bytes));
    }

    [LargeFileFact]
    public void A_checkpoint_above_2_GiB_with_a_tensor_above_2_GiB_is_read()
    {
        const long Size = 600_000_000;
        using var scope = NewDisposeScope();
        var large = zeros(Size);
        large[Size - 1] = 7;
        var store = new CheckpointStore(folder.Path, TimeSpan.Zero);
        store.Write(Checkpoint(1), [KeyValuePair.Create("model/w", large), KeyValuePair.Create("random", tensor(new byte[] { 1, 2, 3 }))]);

        using var file = store.Open(NoWarning);

        Assert.True(new FileInfo(folder.File("checkpoint.safetensors")).Length > int.MaxValue);
        Assert.Equal(7, file.File.Read("model/w")[Size - 1].item<float>());
        Assert.Equal([1, 2, 3], file.File.Read("random").data<byte>().ToArray());
    }

    private static int StepOf(CheckpointStore store)
    {
        using var checkpoint = store.Open(NoWarning);
        return checkpoint.Content.State.Step;
    }

    private static string Refusal(IReadOnlyList<string> layers, ModelDescriptor model) =>
        Assert.Throws<InputException>(() => (Checkpoint(1) with { Layers = layers }).CheckFits(model)).Message;

    private CheckpointStore Written(params int[] steps)
    {
        var store = new CheckpointStore(folder.Path, TimeSpan.Zero);
        foreach (var step in steps)
        {
            store.Write(Checkpoint(step), Tensors(step));
        }

        return store;
    }

    private static void NoWarning(string message) => Assert.Fail(message);

    private static Checkpoint Checkpoint(int step) => new()
    {
        Model = "small",
        ArchitectureFingerprint = "a",
        Layers = ["conv1 (Conv2D, 1x1x1)"],
        Settings = new RunSettings(new TrainingSettings(), 1, 1, "cpu"),
        Data = new DataReference("d", "somewhere", false, 1, 1, "f", "g"),
        State = TrainingState.Start with { Step = step, GlobalStep = step },
        Origin = new RunOrigin(DateTimeOffset.UnixEpoch, [new SettingChange(1, 0, "threads", "1", "2", false)]),
    };

    private static List<KeyValuePair<string, Tensor>> Tensors(int step) =>
    [
        KeyValuePair.Create("model/w", tensor(new float[] { 1, step })),
        KeyValuePair.Create("optimizer/w/step", tensor((long)step)),
        KeyValuePair.Create("random", tensor(new byte[] { 1, 2, 3 })),
    ];
}
