using FashionCnn.Data;
using FashionCnn.Evaluation;
using Xunit;
using static TorchSharp.torch;

namespace FashionCnn.Runtime.Tests.Evaluation;

public sealed class EvaluatorTests
{
    [Fact]
    public void Loss_and_accuracy_are_what_the_logits_say_image_by_image()
    {
        using var scope = NewDisposeScope();
        manual_seed(1);
        using var model = TestModels.Small.Create();
        var images = TestModels.Stripes(1, 230).Test;
        using var batches = new Batches(images, CPU);

        var result = Evaluator.Evaluate(model, batches)!;

        model.eval();
        double loss = 0, correct = 0;
        for (var i = 0; i < images.Count; i++)
        {
            var pixels = images.Pixels[(64 * i)..(64 * (i + 1))].Select(pixel => pixel / 255f).ToArray();
            var logits = model.forward(tensor(pixels).reshape(1, 1, 8, 8)).data<float>().ToArray();
            loss += Math.Log(logits.Sum(logit => Math.Exp(logit))) - logits[images.Labels[i]];
            correct += Array.IndexOf(logits, logits.Max()) == images.Labels[i] ? 1 : 0;
        }

        Assert.Equal(loss / images.Count, result.Loss, 1e-5);
        Assert.Equal(correct / images.Count, result.Accuracy, 1e-12);
    }

    [Fact]
    public void Evaluation_changes_neither_the_model_nor_the_random_numbers()
    {
        using var scope = NewDisposeScope();
        manual_seed(1);
        using var model = TestModels.Small.Create();
        using var batches = new Batches(TestModels.Stripes(1, 30).Test, CPU);
        model.train();
        var mean = model.state_dict()["batch_norm1.running_mean"].clone();
        var state = get_rng_state().data<byte>().ToArray();

        Evaluator.Evaluate(model, batches);

        Assert.True(model.training);
        Assert.Equal(state, get_rng_state().data<byte>().ToArray());
        Assert.Equal(mean.data<float>().ToArray(), model.state_dict()["batch_norm1.running_mean"].data<float>().ToArray());
    }
}
