using FashionCnn.Data;
using FashionCnn.Evaluation;
using FashionCnn.Runtime.Tests.Data;
using Xunit;
using static TorchSharp.torch;

namespace FashionCnn.Runtime.Tests.Evaluation;

public sealed class EvaluationReportTests
{
    [Fact]
    public void Its_numbers_are_those_of_a_few_plain_loops()
    {
        var data = TestModels.Stripes(train: 60, test: 90);
        manual_seed(1);
        using var model = TestModels.Small.Create();
        var predictions = Predict(model, data);
        var report = EvaluationReport.Of(predictions, data);

        var (right, loss) = (0, 0.0);
        var counts = new int[3, 3];
        model.eval();
        for (var i = 0; i < data.Test.Count; i++)
        {
            using var scope = NewDisposeScope();
            var pixels = data.Test.Pixels[(64 * i)..(64 * (i + 1))].Select(pixel => pixel / 255f).ToArray();
            var logits = model.forward(tensor(pixels).reshape(1, 1, 8, 8)).data<float>().ToArray();
            var (label, predicted) = (data.Test.Labels[i], Array.IndexOf(logits, logits.Max()));
            counts[label, predicted]++;
            right += label == predicted ? 1 : 0;
            loss += Math.Log(logits.Sum(logit => Math.Exp(logit))) - logits[label];
        }

        Assert.Equal(90, report.Images);
        Assert.Equal((double)right / 90, report.Accuracy, 1e-12);
        Assert.Equal(loss / 90, report.Loss, 1e-5);
        for (var label = 0; label < 3; label++)
        {
            var (support, called, both) = (counts[label, 0] + counts[label, 1] + counts[label, 2], counts[0, label] + counts[1, label] + counts[2, label], counts[label, label]);
            var metrics = report.Classes[label];
            Assert.Equal(support, metrics.Support);
            Assert.Equal((double)both / support, metrics.Recall!.Value, 1e-12);
            Assert.Equal(called == 0 ? null : (double?)both / called, metrics.Precision);
            // F1 by its other definition: twice the hits over the hits and both kinds of error.
            Assert.Equal(called == 0 ? null : (double?)Math.Round(2.0 * both / (support + called), 12), metrics.F1 is { } f1 ? Math.Round(f1, 12) : null);
            Assert.Equal([counts[label, 0], counts[label, 1], counts[label, 2]], report.Confusion![label]);
        }
    }

    [Fact]
    public void Of_very_many_classes_there_is_no_matrix()
    {
        Assert.Equal(1_000, Of(1_000).Confusion!.Count);

        var report = Of(50_000);
        Assert.Null(report.Confusion);
        Assert.Equal((50_000, 1), (report.Classes.Count, report.Classes[0].Support));

        static EvaluationReport Of(int classes) => EvaluationReport.Of(
            new Predictions([0, 1], [0, 2], [1, 1], [0, 0]),
            TestModels.Stripes(train: 2, test: 2) with { ClassNames = DataSet.Numbers(classes) });
    }

    [Fact]
    public void Test_images_that_stand_among_the_training_images_are_found_by_content_and_left_out()
    {
        var data = TestModels.Stripes(train: 60, test: 40);
        // Test images 3 and 7 are training images 10 and 50.
        Array.Copy(data.Train.Pixels, 64 * 10, data.Test.Pixels, 64 * 3, 64);
        Array.Copy(data.Train.Pixels, 64 * 50, data.Test.Pixels, 64 * 7, 64);
        using var model = TestModels.Small.Create();
        var predictions = Predict(model, data);

        var report = EvaluationReport.Of(predictions, data);

        Assert.Equal([3, 7], Duplicates.Find(data.Test, data.Train));
        Assert.Equal(2, report.Duplicates);
        var right = Enumerable.Range(0, 40).Where(i => i is not (3 or 7)).Count(i => predictions.Labels[i] == predictions.Predicted[i]);
        Assert.Equal(right / 38.0, report.AccuracyWithoutDuplicates!.Value, 1e-12);
    }

    [Fact]
    public void Images_that_differ_by_less_than_three_of_255_on_average_are_the_same()
    {
        var random = new Random(5);
        var among = TestModels.Stripes(train: 200, test: 1).Train;
        var pixels = among.Pixels[..(64 * 100)];
        for (var image = 0; image < 100; image++)
        {
            // From 0 to 6 on average.
            var noise = image % 13;
            for (var i = 0; i < 64; i++)
            {
                pixels[(64 * image) + i] = (byte)Math.Clamp(pixels[(64 * image) + i] + random.Next(-noise, noise + 1), 0, 255);
            }
        }

        var images = new ImageSet(pixels, among.Labels[..100], among.Shape);
        var expected = Enumerable.Range(0, 100).Where(image => Enumerable.Range(0, 200).Any(other =>
            Enumerable.Range(0, 64).Average(i => Math.Abs(pixels[(64 * image) + i] - among.Pixels[(64 * other) + i])) < 3)).ToList();

        Assert.InRange(expected.Count, 30, 70);
        Assert.Equal(expected, Duplicates.Find(images, among));
    }

    [FullSetFact]
    public void Ten_test_images_of_Fashion_MNIST_stand_among_its_training_images()
    {
        var data = IdxFolder.Read(FullSetFactAttribute.Folder, namedBy: null);

        // By an exhaustive search over all pairs.
        Assert.Equal([2115, 2436, 2605, 2770, 3902, 4926, 4998, 6210, 7391, 9867], Duplicates.Find(data.Test, data.Train));
    }

    [Theory]
    // Newcombe, Statistics in Medicine 17:857 (1998), table I, method 3.
    [InlineData(81, 263, 0.2553, 0.3662)]
    [InlineData(15, 148, 0.0624, 0.1605)]
    [InlineData(0, 20, 0.0000, 0.1611)]
    [InlineData(1, 29, 0.0061, 0.1718)]
    public void The_interval_of_a_share_is_the_published_one(int successes, int trials, double low, double high)
    {
        var interval = Interval.OfShare(successes, trials);

        Assert.Equal(low, interval.Low, 5e-5);
        Assert.Equal(high, interval.High, 5e-5);
    }

    private static Predictions Predict(FashionCnn.Models.ImageClassifier model, DataSet data)
    {
        using var batches = new Batches(data.Test, CPU);
        return Evaluator.Predict(model, batches)!;
    }
}
