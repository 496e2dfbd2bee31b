using Xunit;
using static TorchSharp.torch;

namespace FashionCnn.Runtime.Tests.Models;

public sealed class PredictTests
{
    [Fact]
    public void Several_threads_predict_at_once_with_a_model_that_another_one_trains()
    {
        using var scope = NewDisposeScope();
        using var model = TestModels.Small.Create();
        model.train();
        var images = rand(6, 1, 8, 8);
        var expected = model.predict(images).data<float>().ToArray();
        var statistics = model.state_dict()["batch_norm1.running_mean"].data<float>().ToArray();

        var actual = new float[8][];
        var threads = Enumerable.Range(0, actual.Length).Select(i => new Thread(() =>
        {
            using var own = NewDisposeScope();
            for (var round = 0; round < 20; round++)
            {
                actual[i] = model.predict(images).data<float>().ToArray();
            }
        })).ToList();
        threads.ForEach(thread => thread.Start());
        threads.ForEach(thread => thread.Join());

        Assert.All(actual, values => Assert.Equal(expected, values));
        Assert.True(model.training);
        Assert.Equal(statistics, model.state_dict()["batch_norm1.running_mean"].data<float>().ToArray());
        // In training mode dropout drops and the batch decides the statistics: predict did neither.
        Assert.NotEqual(expected, nn.functional.softmax(model.forward(images), 1).data<float>().ToArray());
    }
}
