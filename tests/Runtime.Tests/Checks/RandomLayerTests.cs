using Xunit;

namespace FashionCnn.Runtime.Tests.Checks;

public sealed class RandomLayerTests
{
    private const int Seed = 1;
    private const int Count = 400;

    [Fact]
    public void Random_layers_agree_with_double_precision()
    {
        var outcome = LayerScan.Run(Seed, Count);

        Assert.True(outcome.Faults.Count == 0, outcome.Summary);
        Assert.Equal(Count, outcome.Layers);
    }
}
