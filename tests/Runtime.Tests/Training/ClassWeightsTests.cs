using FashionCnn.Data;
using FashionCnn.Models;
using FashionCnn.Training;
using Xunit;
using static TorchSharp.torch;

namespace FashionCnn.Runtime.Tests.Training;

public sealed class ClassWeightsTests
{
    private static readonly DataSet Data = TestModels.Stripes(train: 101, test: 40);

    [Fact]
    public void Balanced_makes_every_class_count_alike()
    {
        Assert.Equal([100.0 / (3 * 50), 100.0 / (3 * 40), 100.0 / (3 * 10), 0], ClassWeights.Balanced.Of([50, 40, 10, 0]));
        Assert.Equal([1, 2.5, 0], new ClassWeights(1, 2.5, 0).Of([1, 2, 3]));
    }

    // Keras's sum_over_batch_size: the sum of the weighted losses, divided by the number of images.
    [Theory]
    [InlineData(0)]
    [InlineData(0.1)]
    public void The_first_loss_is_the_weighted_sum_divided_by_the_images(double smoothing)
    {
        double[] weights = [0.5, 2, 3];
        double? reported = null;
        var settings = Settings(new ClassWeights(weights), smoothing);
        Trainer.Prepare(settings);
        using var model = TestModels.Small.Create();
        Trainer.Train(model, Data, settings, step => reported ??= step.Loss);

        using var scope = NewDisposeScope();
        Trainer.Prepare(settings);
        using var plain = TestModels.Small.Create();
        plain.train();
        plain.Place = new RandomPlace(4, 0);
        var places = Shuffle.Order(101, 4, 1)[..8];
        var pixels = places.SelectMany(place => Data.Train.Pixels.Skip((int)place * 64).Take(64)).Select(pixel => pixel / 255f).ToArray();
        var logits = plain.forward(tensor(pixels).reshape(8, 1, 8, 8)).data<float>().ToArray().Chunk(3).ToArray();
        var expected = 0.0;
        foreach (var (values, place) in logits.Zip(places))
        {
            var sum = Math.Log(values.Sum(value => Math.Exp(value)));
            var label = Data.Train.Labels[place];
            var loss = Enumerable.Range(0, 3).Sum(i => ((i == label ? 1 - smoothing : 0) + (smoothing / 3)) * (sum - values[i]));
            expected += weights[label] * loss / 8;
        }

        Assert.Equal(expected, reported!.Value, 1e-5);
    }

    [Fact]
    public void A_class_that_counts_for_nothing_is_learned_worse_and_equal_weights_change_little()
    {
        var (none, equal, without) = (Recall(null), Recall(new ClassWeights(1, 1, 1)), Recall(new ClassWeights(1, 1, 0)));

        Assert.Equal(none, equal, 0.1);
        Assert.True(without < none, $"{without} {none}");
    }

    [Fact]
    public void Another_number_of_weights_than_classes_is_refused()
    {
        var exception = Assert.Throws<InputException>(() => Trained(Settings(new ClassWeights(1, 2), 0)));

        Assert.Equal("class_weights has 2 numbers, but small has 3 classes. Give 3 numbers, in the order of the classes, or balanced.", exception.Message);
        Assert.Equal("class_weights", exception.Setting);
        Assert.Equal(
            "training: \"class_weights\" must be a number of at least 0, but is -1",
            Assert.Throws<InputException>(() => Trained(Settings(new ClassWeights(1, -1, 1), 0))).Message);
    }

    [Fact]
    public void They_come_back_from_the_file_of_a_run_as_they_were()
    {
        foreach (var weights in new[] { ClassWeights.Balanced, new ClassWeights(1, 2.5, 0) })
        {
            var settings = new TrainingSettings { ClassWeights = weights };
            Assert.Equal(settings, FashionCnn.Runs.RunJson.Read<TrainingSettings>(FashionCnn.Runs.RunJson.Write(settings)));
        }
    }

    /// <summary>Of the last class.</summary>
    private static double Recall(ClassWeights? weights)
    {
        using var model = Trained(Settings(weights, 0));
        using var test = new Batches(Data.Test, CPU);
        return new FashionCnn.Evaluation.ConfusionMatrix(FashionCnn.Evaluation.Evaluator.Predict(model, test)!, 3).Metrics[2].Recall!.Value;
    }

    private static ImageClassifier Trained(RunSettings settings)
    {
        Trainer.Prepare(settings);
        var model = TestModels.Small.Create();
        Trainer.Train(model, Data, settings);
        return model;
    }

    private static RunSettings Settings(ClassWeights? weights, double smoothing) =>
        new(new TrainingSettings { Optimizer = new AdamSettings(0.01), BatchSize = 8, Epochs = 3, ClassWeights = weights, LabelSmoothing = smoothing }, 4, Threads: 1, Device: "cpu");
}
