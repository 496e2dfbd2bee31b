using FashionCnn.Native;
using FashionCnn.Runs;
using TorchSharp;
using Xunit;

namespace FashionCnn.Runtime.Tests.Runs;

/// <summary>Training for a program of one's own changes nothing of the process, and gives the weights that a run gives.</summary>
public sealed class LibraryTests : IDisposable
{
    private readonly TemporaryFolder folder = new();

    public void Dispose() => folder.Dispose();

    [Fact]
    public void Torch_goes_on_as_if_nothing_had_been_trained_and_a_folder_changes_no_weight()
    {
        var data = TestModels.Stripes(24, 8);
        var options = new TrainingOptions { Settings = TestModels.Small.Training with { Epochs = 1, BatchSize = 8 }, Threads = 1 };
        var threads = torch.get_num_threads();
        _ = torch.manual_seed(5);
        var expected = torch.rand(1).item<float>();
        _ = torch.manual_seed(5);

        using var inMemory = Run.Start(TestModels.Small, data, options);
        using var inFolder = Run.Start(TestModels.Small, data, options with { Folder = folder.File("run") });

        Assert.Equal((threads, expected), (torch.get_num_threads(), torch.rand(1).item<float>()));
        inMemory.Classifier.Save(folder.File("a.safetensors"));
        inFolder.Classifier.Save(folder.File("b.safetensors"));
        Assert.Equal(File.ReadAllBytes(folder.File("a.safetensors")), File.ReadAllBytes(folder.File("b.safetensors")));
    }

    [Theory]
    [InlineData(null, PrecisionChoice.Fp32)]
    [InlineData("run", PrecisionChoice.Fp32)]
    [InlineData(null, PrecisionChoice.Bf16)]
    [InlineData("run", PrecisionChoice.Bf16)]
    public void A_model_outlives_the_dispose_scope_in_which_it_was_made(string? run, PrecisionChoice precision)
    {
        TrainedModel trained;
        Classifier loaded;
        using (torch.NewDisposeScope())
        {
            trained = Run.Start(TestModels.Small, TestModels.Stripes(24, 8), new TrainingOptions { Settings = TestModels.Small.Training with { Epochs = 1, BatchSize = 8 }, Precision = precision, Folder = run is null ? null : folder.File(run) });
            trained.Classifier.Save(folder.File("weights.safetensors"));
            loaded = Classifier.Load(TestModels.Small, folder.File("weights.safetensors"), new ClassifierOptions { Precision = precision });
        }

        using (trained)
        using (loaded)
        {
            using var images = torch.rand(2, 1, 8, 8);
            Assert.Equal(trained.Classifier.Predict(images)[0], loaded.Predict(images)[0]);
        }
    }

    [Fact]
    public void A_file_of_weights_that_lies_beside_no_run_names_the_classes()
    {
        using var trained = Run.Start(TestModels.Small, TestModels.Stripes(24, 8), new TrainingOptions { Settings = TestModels.Small.Training with { Epochs = 1, BatchSize = 8 } });
        trained.Classifier.Save(folder.File("named.safetensors"));

        using var named = Classifier.Load(TestModels.Small, folder.File("named.safetensors"));
        using var given = Classifier.Load(TestModels.Small, folder.File("named.safetensors"), new ClassifierOptions { ClassNames = ["a", "b", "c"] });

        Assert.Equal(["top", "middle", "bottom"], named.ClassNames);
        Assert.Equal(["a", "b", "c"], given.ClassNames);
    }

    [Fact]
    public void A_canceled_training_keeps_what_was_trained()
    {
        using var stop = new CancellationTokenSource();
        var options = new TrainingOptions { OnStep = _ => stop.Cancel(), Threads = 1 };

        using var trained = Run.Start(TestModels.Small, TestModels.Stripes(64, 8), options, stop.Token);

        Assert.Equal((true, 0), (trained.WasCanceled, trained.History.Count));
    }

    [Fact]
    public void Values_out_of_range_are_refused_where_they_are_set()
    {
        Assert.Throws<ArgumentOutOfRangeException>(() => new TrainingOptions { Seed = -1 });
        Assert.Throws<ArgumentOutOfRangeException>(() => new TrainingOptions { Threads = 0 });
        Assert.Throws<ArgumentOutOfRangeException>(() => new TrainingOptions { CheckpointInterval = TimeSpan.Zero });
        Assert.Throws<ArgumentOutOfRangeException>(() => Run.Start(TestModels.Small, TestModels.Stripes(8, 8), new TrainingOptions { Device = (FashionCnn.Native.DeviceChoice)9 }));
    }
}
