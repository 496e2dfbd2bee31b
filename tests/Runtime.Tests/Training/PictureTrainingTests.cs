using FashionCnn.Data;
using FashionCnn.Models;
using FashionCnn.Runtime.Tests.Data;
using FashionCnn.Training;
using Xunit;

namespace FashionCnn.Runtime.Tests.Training;

/// <summary>Training on pictures that are decoded ahead of the step.</summary>
public sealed class PictureTrainingTests : IDisposable
{
    private readonly TemporaryFolder folder = new();

    public PictureTrainingTests()
    {
        var images = TestModels.Stripes(train: 101, test: 40);
        foreach (var (part, set) in new[] { ("train", images.Train), ("test", images.Test) })
        {
            for (var i = 0; i < set.Count; i++)
            {
                var path = folder.File($"{part}/{set.Labels[i]}/{i:000}.png");
                Directory.CreateDirectory(Path.GetDirectoryName(path)!);
                File.WriteAllBytes(path, Pictures.Encoded(Pictures.Gray(8, 8, Pictures.Image(set.Pixels, set.Shape, i))));
            }
        }
    }

    public void Dispose() => folder.Dispose();

    [Fact]
    public void Pictures_from_disk_train_to_the_same_bytes_as_in_memory()
    {
        var expected = Train(Open(long.MaxValue));

        Assert.Equal(expected, Train(Open(0)));
    }

    [Fact]
    public void A_run_on_pictures_from_disk_is_resumed_within_an_epoch_to_the_same_bytes()
    {
        var data = Open(0);
        var expected = Train(data);
        using var checkpoints = new TemporaryFolder();
        var store = new CheckpointStore(checkpoints.Path, TimeSpan.FromHours(1));
        using var stop = new CancellationTokenSource();

        Assert.Null(Train(data, store, from: null, step => { if (step is { Epoch: 2, ImagesDone: 24 }) { stop.Cancel(); } }, stop.Token));

        using var checkpoint = store.Open(problem => Assert.Fail(problem));
        Assert.Equal((2, 3), (checkpoint.Content.State.Epoch, checkpoint.Content.State.Step));
        Assert.Equal(expected, Train(Open(0), from: checkpoint));
    }

    [Fact]
    public void A_picture_that_is_gone_ends_training_with_its_name()
    {
        var data = Open(0);
        File.Delete(folder.File("train/1/" + Path.GetFileName(Directory.GetFiles(folder.File("train/1"))[0])));

        Assert.EndsWith(": there is no such file.", Assert.Throws<InputException>(() => Train(data)).Message, StringComparison.Ordinal);
    }

    [LinuxFact]
    public void No_thread_is_left_when_training_has_ended()
    {
        var data = Open(0);
        var most = 0;
        _ = Train(data, onStep: _ => most = Math.Max(most, Decoders()));

        Assert.True(most >= Environment.ProcessorCount, $"{most}");
        Assert.True(SpinWait.SpinUntil(() => Decoders() == 0, TimeSpan.FromSeconds(10)));

        static int Decoders() => Directory.GetDirectories("/proc/self/task").Count(task => NameOf(task) == PictureDecoder.ThreadName[..15]);

        static string NameOf(string task)
        {
            try
            {
                return File.ReadAllText($"{task}/comm").Trim();
            }
            catch (IOException)
            {
                // It has ended meanwhile.
                return string.Empty;
            }
        }
    }

    [Fact]
    public void Without_test_images_the_held_out_ones_are_evaluated()
    {
        var data = Open(long.MaxValue);
        data = data with { Test = data.Test.Take(0) };
        var settings = Settings() with { Training = Settings().Training with { ValidationSplit = 0.3 } };
        Trainer.Prepare(settings);
        using var model = TestModels.Small.Create();

        var history = Trainer.Train(model, data, settings).History;

        Assert.All(history, epoch => Assert.Equal((epoch.ValidationLoss, epoch.ValidationAccuracy), (epoch.TestLoss, epoch.TestAccuracy)));
        var exception = Assert.Throws<InputException>(() => Trainer.Train(model, data, Settings()));
        Assert.Equal(InputSetting.TestSplit, exception.Setting);
        Assert.EndsWith("has no test images. Set test_split to the fraction of its images to test on, such as 0.2, or hold images out with validation_split.", exception.Message, StringComparison.Ordinal);
    }

    private static RunSettings Settings() =>
        new(new TrainingSettings { Optimizer = new AdamSettings(0.01), BatchSize = 8, Epochs = 2 }, 3, Threads: 1, Device: "cpu");

    /// <summary>The weights after two epochs; null when training was stopped.</summary>
    private static string? Train(DataSet data, CheckpointStore? store = null, CheckpointFile? from = null, Action<StepProgress>? onStep = null, CancellationToken cancellation = default)
    {
        Trainer.Prepare(Settings());
        using var model = TestModels.Small.Create();
        var outcome = Trainer.Train(model, data, Settings(), onStep, checkpoints: store, from: from, cancellation: cancellation);
        return outcome.Canceled ? null : string.Join('\n', model.state_dict().Select(pair => $"{pair.Key} {string.Join(' ', pair.Value.data<float>())}"));
    }

    private DataSet Open(long memory) =>
        DataSets.Open(new DataRequest(folder.Path, TestModels.Input), NoMachine.Environment with { PictureMemory = memory });
}
