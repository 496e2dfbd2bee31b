using System.Text.Json.Nodes;
using FashionCnn.Data;
using FashionCnn.Models;
using FashionCnn.Runs;
using FashionCnn.Training;
using Xunit;

namespace FashionCnn.Runtime.Tests.Runs;

/// <summary>Which runs are averaged as seeds of one training, and what they are called.</summary>
public sealed class RunComparisonTests : IDisposable
{
    private static readonly DataSet Data = TestModels.Stripes(train: 101, test: 40);

    private readonly TemporaryFolder folder = new();

    public void Dispose() => folder.Dispose();

    [Fact]
    public void Runs_whose_settings_were_changed_and_runs_on_other_images_are_not_averaged_as_seeds()
    {
        Start("a", Settings(epochs: 2));
        Start("b", Settings(epochs: 2) with { Seed = 4 });
        Start("changed", Settings(epochs: 1) with { Seed = 5 });
        Continue("changed", new RunChanges { Epochs = 2, LearningRate = 0.02 });
        Start("others", Settings(epochs: 2) with { Seed = 6 }, Data with { Train = Other(Data.Train) });

        var comparison = RunComparison.Of([Open("a").Read(), Open("b").Read(), Open("changed").Read(), Open("others").Read()]);

        Assert.Equal(["small a", "small b"], Assert.Single(comparison.Groups).Runs.Select(run => run.Name));
        Assert.Contains("settings of small changed were changed while it was trained (learning_rate 0.01 -> 0.02 from epoch 2), so it is not averaged with others", comparison.Notes);
        Assert.Contains("not all runs were trained on the same images", comparison.Notes);
    }

    [Fact]
    public void Runs_with_other_regularizers_or_frozen_layers_are_not_averaged_as_seeds()
    {
        ModelDescriptor? regularized = null;
        regularized = TestModels.Small with { Regularizers = [new("dense1.weight", L1: 0, L2: 0.1)], Create = () => new SmallNet(regularized!) };
        Start("a", Settings(epochs: 1));
        Start("b", Settings(epochs: 1) with { Seed = 4 });
        Start("regularized", Settings(epochs: 1) with { Seed = 5 }, model: regularized);

        var comparison = RunComparison.Of([Open("a").Read(), Open("b").Read(), Open("regularized").Read()]);

        Assert.Equal(["small a", "small b"], Assert.Single(comparison.Groups).Runs.Select(run => run.Name));
        var plain = Open("a").Read().Configuration;
        Assert.NotEqual(plain.WithoutSeed, (plain with { Frozen = ["conv1"] }).WithoutSeed);
    }

    [Fact]
    public void A_seed_counts_once_in_an_average()
    {
        Start("a", Settings(epochs: 2));
        Start("b", Settings(epochs: 2) with { Seed = 4 });
        Start("again", Settings(epochs: 1));
        Continue("again", new RunChanges { Epochs = 2 });

        var comparison = RunComparison.Of([Open("a").Read(), Open("again").Read(), Open("b").Read()]);

        Assert.Equal(["small a", "small b"], Assert.Single(comparison.Groups).Runs.Select(run => run.Name));
        Assert.Equal((Open("a").Read().Result.TestLoss!.Value + Open("b").Read().Result.TestLoss!.Value) / 2, comparison.Groups[0].TestLoss.Mean, 12);
        Assert.Contains("small again has the seed of small a, so it is not averaged once more", comparison.Notes);
    }

    [Fact]
    public void Training_images_that_an_earlier_version_did_not_record_are_not_called_others()
    {
        Start("old", Settings(epochs: 1));
        Start("new", Settings(epochs: 1));
        var config = JsonNode.Parse(File.ReadAllText(folder.File("old/config.json")))!;
        Assert.True(config.AsObject().Remove("train_fingerprint"));
        File.WriteAllText(folder.File("old/config.json"), config.ToJsonString());

        var comparison = RunComparison.Of([Open("old").Read(), Open("new").Read()]);

        Assert.Equal(["an earlier version did not record which images small old was trained on"], comparison.Notes);
    }

    [Fact]
    public void A_finished_run_without_predictions_is_not_called_interrupted()
    {
        Start("a", Settings(epochs: 1));
        Start("b", Settings(epochs: 1) with { Seed = 4 });
        File.Delete(folder.File("a/predictions.csv"));

        Assert.Equal(["small a has no predictions.csv, so it is left out of the image-by-image comparison"], RunComparison.Of([Open("a").Read(), Open("b").Read()]).Notes);
    }

    [Fact]
    public void Runs_that_held_out_different_parts_were_not_trained_on_as_many_images()
    {
        Start("a", Settings(epochs: 1));
        Start("b", Settings(epochs: 1) with { Training = Settings(epochs: 1).Training with { ValidationSplit = 0.4 } });

        Assert.Contains("the runs were not trained for the same number of epochs and images", RunComparison.Of([Open("a").Read(), Open("b").Read()]).Notes);
    }

    [Fact]
    public void Runs_in_folders_of_one_name_are_told_apart()
    {
        Start("first/run", Settings(epochs: 1));
        Start("second/run", Settings(epochs: 1) with { Seed = 4 });
        Start("third", Settings(epochs: 1) with { Seed = 5 });

        var comparison = RunComparison.Of([Open("first/run").Read(), Open("second/run").Read(), Open("third").Read()]);

        Assert.Equal(["small first/run", "small second/run", "small third"], comparison.Runs.Select(run => run.Name));
    }

    private static RunSettings Settings(int epochs) => new(
        new TrainingSettings { Optimizer = new AdamSettings(0.01), ValidationSplit = 0.2, BatchSize = 8, Epochs = epochs }, Seed: 3, Threads: 1, Device: "cpu");

    private void Start(string name, RunSettings settings, DataSet? data = null, ModelDescriptor? model = null) => _ = Run.Start(
        model ?? TestModels.Small, data ?? Data, settings, () => RunFolder.TryCreate(folder.File(name)) ?? throw new InvalidOperationException("the folder is taken"), new RunOptions());

    private void Continue(string name, RunChanges changes) => _ = Run.Continue(Open(name), TestModels.Small, changes, _ => Data, new RunOptions());

    private RunFolder Open(string name) => RunFolder.Open(folder.File(name));

    private static ImageSet Other(ImageSet images) => new([.. images.Pixels.Select(pixel => (byte)(pixel ^ 1))], images.Labels, images.Shape);
}
