using FashionCnn.Data;
using FashionCnn.Models;
using FashionCnn.Runs;
using FashionCnn.Storage;
using FashionCnn.Training;
using Xunit;
using static TorchSharp.torch;

namespace FashionCnn.Runtime.Tests.Runs;

/// <summary>Runs that start with the weights of a file: what fits is taken, and everything else is as without it.</summary>
public sealed class InitialWeightsTests : IDisposable
{
    private static readonly DataSet Data = TestModels.Stripes(train: 40, test: 20);
    // The same layers, but for the number of classes.
    private static readonly ModelDescriptor Four = TestModels.Descriptor("four", TestModels.Input, 4, () => new SmallNet(Four!));

    private readonly TemporaryFolder folder = new();
    private readonly List<RunEvent> events = [];

    public void Dispose() => folder.Dispose();

    [Fact]
    public void What_fits_is_taken_and_the_rest_starts_as_without_the_file()
    {
        Save(steps: 500);
        // So small a rate moves no weight that is not 0.
        var (fresh, tuned) = (Start("fresh", Four, rate: 1e-12), Start("tuned", Four, rate: 1e-12, weights: folder.File("file")));

        Assert.True(fresh.Completed && tuned.Completed);
        // Moving statistics move, and what starts with zeros does at any rate.
        Assert.Equal(["batch_norm1.bias", "batch_norm1.weight", "conv1.bias", "conv1.weight"], NamesOfSame("tuned", folder.File("file")));
        Assert.Equal(["dense1.weight"], NamesOfSame("tuned", "fresh"));

        var taken = events.OfType<RunStarted>().Last().Weights!;
        Assert.Equal((6, 8, 500), (taken.Weights.Tensors, taken.Weights.ModelTensors, taken.Weights.Steps));
        Assert.Equal([("dense1.weight", "3x64", "4x64"), ("dense1.bias", "3", "4")], taken.Differences.Select(difference => (difference.Name, difference.Here!.ShapeText, difference.There!.ShapeText)));
        Assert.Equal(taken.Weights, Open("tuned").ReadConfiguration().InitialWeights);
        Assert.Equal(folder.File("file"), taken.Weights.File);
        Assert.Null(Open("fresh").ReadConfiguration().InitialWeights);
        // 5 steps of this run after the 500 of the file: the moving statistics are settled.
        Assert.Equal("505", SafetensorsFile.Open(folder.File("tuned/weights.safetensors")).Metadata["global_step"]);
        Assert.NotNull(events.OfType<RunEnded>().First().Unsettled);
        Assert.Null(events.OfType<RunEnded>().Last().Unsettled);
    }

    [Fact]
    public void The_fingerprint_is_that_of_the_tensors_and_two_runs_with_the_same_are_alike()
    {
        Save(steps: 500, "one");
        Save(steps: 7, "two");
        Save(steps: 500, "three", seed: 2);

        var prints = new List<RunConfiguration>();
        foreach (var file in new[] { "one", "two", "three" })
        {
            _ = Start($"run {file}", TestModels.Small, weights: folder.File(file));
            prints.Add(Open($"run {file}").ReadConfiguration());
        }

        Assert.Equal(prints[0].InitialWeights!.Fingerprint, prints[1].InitialWeights!.Fingerprint);
        Assert.NotEqual(prints[0].InitialWeights!.Fingerprint, prints[2].InitialWeights!.Fingerprint);
        Assert.NotEqual(prints[0].WithoutSeed, prints[2].WithoutSeed);
        Assert.Equal(prints[0].WithoutSeed, (prints[0] with { InitialWeights = prints[0].InitialWeights! with { File = "elsewhere" } }).WithoutSeed);
        Assert.NotEqual(prints[0].WithoutSeed, (prints[0] with { InitialWeights = null }).WithoutSeed);
    }

    [Fact]
    public void A_run_that_was_killed_is_continued_without_the_file_and_remembers_it()
    {
        Save(steps: null);
        _ = Start("whole", Four, weights: folder.File("file"));
        Assert.Throws<InvalidOperationException>(() => Start("killed", Four, weights: folder.File("file"), onEvent: what =>
        {
            if (what is EpochDone)
            {
                throw new InvalidOperationException("killed");
            }
        }));
        var before = Open("killed").ReadConfiguration().InitialWeights;
        File.Delete(folder.File("file"));

        Assert.True(Run.Continue(Open("killed"), Four, new RunChanges(), _ => DataOf(Four), new RunOptions()).Completed);

        Assert.Equal(File.ReadAllBytes(folder.File("whole/weights.safetensors")), File.ReadAllBytes(folder.File("killed/weights.safetensors")));
        Assert.Equal(before, Open("killed").ReadConfiguration().InitialWeights);
        Assert.NotNull(before);
        // Nothing says how many steps the statistics of the file have seen.
        Assert.False(SafetensorsFile.Open(folder.File("killed/weights.safetensors")).Metadata.ContainsKey("global_step"));
    }

    [Fact]
    public void Statistics_of_which_some_are_new_have_seen_no_steps_but_those_of_the_run()
    {
        Write("file", ("conv1.weight", ones(4, 1, 3, 3)));

        _ = Start("run", TestModels.Small, weights: folder.File("file"));

        Assert.Equal(0, Open("run").ReadConfiguration().InitialWeights!.Steps);
        Assert.Equal("10", SafetensorsFile.Open(folder.File("run/weights.safetensors")).Metadata["global_step"]);
    }

    [Fact]
    public void A_file_of_which_nothing_fits_is_refused_and_leaves_no_folder()
    {
        Write("file", ("conv9.weight", ones(3)), ("conv1.weight", ones(3)), ("conv1.bias", ones(4, dtype: int64)));

        Refused($"{folder.File("file")} does not fit small: none of its 3 tensors has the name, the shape and the type of one of the model's. Give weights of a model that has layers in common with this one.");
    }

    [Fact]
    public void A_damaged_file_is_refused_and_leaves_no_folder()
    {
        Save(steps: 5);
        var whole = File.ReadAllBytes(folder.File("file"));
        File.WriteAllBytes(folder.File("file"), whole[..^100]);
        Refused($"{folder.File("file")}: not a safetensors file, or a damaged one: ");

        Write("file", ("conv1.weight", full(4, 1, 3, 3, double.NaN)), ("other", ones(1)));
        Refused($"{folder.File("file")}: value 1 of conv1.weight is NaN, so nothing can be computed with it. Give other weights.");

        // What is not taken does not matter.
        Write("file", ("conv1.weight", ones(4, 1, 3, 3)), ("other", full(1, double.NaN)));
        Assert.True(Start("run", TestModels.Small, weights: folder.File("file")).Completed);
    }

    private void Refused(string message)
    {
        var exception = Assert.Throws<InputException>(() => Start("run", TestModels.Small, weights: folder.File("file")));
        Assert.StartsWith(message, exception.Message, StringComparison.Ordinal);
        Assert.False(Directory.Exists(folder.File("run")));
    }

    private RunResult Start(string name, ModelDescriptor model, double rate = 0.01, string? weights = null, Action<RunEvent>? onEvent = null) => Run.Start(
        model,
        DataOf(model),
        new RunSettings(new TrainingSettings { Optimizer = new SgdSettings(rate), BatchSize = 8, Epochs = rate < 1e-6 ? 1 : 2 }, Seed: 3, Threads: 1, Device: "cpu"),
        () => RunFolder.TryCreate(folder.File(name))!.Value,
        new RunOptions
        {
            OnEvent = what =>
            {
                events.Add(what);
                onEvent?.Invoke(what);
            },
        },
        weights);

    private static DataSet DataOf(ModelDescriptor model) => Data with { ClassNames = [.. Enumerable.Range(0, model.Classes).Select(i => $"class {i}")] };

    private RunFolder Open(string name) => RunFolder.Open(folder.File(name));

    private void Save(long? steps, string name = "file", long seed = 1)
    {
        manual_seed(seed);
        using var guard = no_grad();
        using var model = TestModels.Small.Create();
        foreach (var (_, values) in model.state_dict())
        {
            _ = values.uniform_(0.5, 1);
        }

        ModelWeights.Save(model, folder.File(name), steps);
    }

    private void Write(string name, params (string Name, Tensor Values)[] tensors) =>
        AtomicFile.Write(folder.File(name), stream => Safetensors.Write(stream, tensors.Select(tensor => KeyValuePair.Create(tensor.Name, tensor.Values)), new Dictionary<string, string>()));

    /// <summary>The tensors that a run's weights share with those of another run, or of a file, byte for byte.</summary>
    private List<string> NamesOfSame(string run, string other)
    {
        using var scope = NewDisposeScope();
        using var mine = SafetensorsFile.Open(folder.File($"{run}/weights.safetensors"));
        using var its = SafetensorsFile.Open(File.Exists(other) ? other : folder.File($"{other}/weights.safetensors"));
        return [.. mine.Tensors.Keys.Where(name => mine.Tensors[name].ShapeText == its.Tensors[name].ShapeText && mine.Read(name).equal(its.Read(name)).all().item<bool>()).Order(StringComparer.Ordinal)];
    }
}
