using FashionCnn.CommandLine.Study;
using FashionCnn.Data;
using FashionCnn.Models;
using FashionCnn.Runs;
using FashionCnn.Training;
using Xunit;

namespace FashionCnn.CommandLine.Tests.Study;

/// <summary>Which runs are rows of the study's table.</summary>
public sealed class StudyRunsTests
{
    private static readonly ModelDescriptor Model = ProjectModels.All.Single(model => model.Id == "model1a");
    private static readonly RunSettings Settings = new(Model.Training, Seed: 1, Threads: 2, "cpu");

    // A run on the study's images, which are not at hand.
    private static readonly RunConfiguration Full = RunConfiguration.Of(Model, DataSets.Open(DataSets.Sample, DataEnvironment.Current), Settings, RunOrigin.Now) with
    {
        Data = "Fashion-MNIST",
        Sample = false,
        TrainImages = 60_000,
        TestImages = 10_000,
        TrainFingerprint = "train",
        TestFingerprint = "test",
        DataLocation = "/images",
    };

    [Fact]
    public void A_full_run_is_one_whatever_its_seed_precision_threads_layout_and_machine()
    {
        var wanted = StudyRuns.OnPublished(trainImages: null, testImages: null, Model, Settings);

        Assert.True(wanted.Has(Full));
        Assert.True(wanted.Has(Full with
        {
            Seed = 7,
            Precision = "bf16",
            Threads = 64,
            Layout = "channels_first",
            EvaluationBatch = 500,
            TestAtEnd = true,
            Device = "cuda",
            DataLocation = string.Empty,
            Versions = new Dictionary<string, string>(),
            Changes = [new SettingChange(2, 0, "threads", "1", "2", Decides: false)],
        }));
    }

    [Fact]
    public void Another_network_training_or_data_is_none()
    {
        var wanted = StudyRuns.OnPublished(trainImages: null, testImages: null, Model, Settings);

        Assert.False(wanted.Has(Full with { Model = "model1b" }));
        Assert.False(wanted.Has(Full with { ArchitectureFingerprint = "other" }));
        Assert.False(wanted.Has(Full with { Training = Full.Training with { Epochs = 24 } }));
        Assert.False(wanted.Has(Full with { Training = Full.Training with { BatchSize = 64 } }));
        Assert.False(wanted.Has(Full with { TrainImages = 6_000 }));
        Assert.False(wanted.Has(Full with { TestImages = 1_000 }));
        Assert.False(wanted.Has(Full with { DataVerified = false }));
        Assert.False(wanted.Has(Full with { Data = "MNIST" }));
        Assert.False(wanted.Has(Full with { Changes = [new SettingChange(2, 0, "precision", "bf16", "fp32", Decides: true)] }));
        // Trained by the arithmetic before Keras's.
        Assert.False(wanted.Has(Full with { Version = 2 }));
    }

    [Fact]
    public void Data_that_is_not_verified_is_told_by_its_content()
    {
        var data = DataSets.Open(DataSets.Sample, DataEnvironment.Current) with { Verified = false, IsSample = false };
        var wanted = StudyRuns.On(data, Model, Settings);
        var run = RunConfiguration.Of(Model, data, Settings, RunOrigin.Now);

        Assert.True(wanted.Has(run));
        Assert.False(wanted.Has(run with { TrainFingerprint = "other" }));
        Assert.False(wanted.Has(run with { TestFingerprint = "other" }));
    }

    [Fact]
    public void Fewer_images_of_the_study_are_its_first_ones()
    {
        var wanted = StudyRuns.OnPublished(trainImages: 6_000, testImages: 70_000, Model, Settings);

        Assert.True(wanted.Has(Full with { TrainImages = 6_000 }));
        Assert.False(wanted.Has(Full));
    }
}
