using FashionCnn.Compiler.Infer;
using FashionCnn.Compiler.Layers;
using Xunit;

namespace FashionCnn.Compiler.Tests;

public sealed class RegularizerTests
{
    [Theory]
    [InlineData("""{ "type": "L1" }""", 0.01, 0)]
    [InlineData("""{ "type": "L2" }""", 0, 0.01)]
    [InlineData("""{ "type": "L1L2", "l1": 0.5 }""", 0.5, 0)]
    [InlineData("""{ "type": "L1L2", "l2": 0.25, "l1": 0.5 }""", 0.5, 0.25)]
    public void A_regularizer_has_the_defaults_of_Keras(string regularizer, double l1, double l2) =>
        Assert.Equal([new WeightRegularizer("dense1.weight", l1, l2)], Regularizers.Of(Network(regularizer).Layers));

    [Fact]
    public void One_without_factors_adds_nothing() => Assert.Empty(Regularizers.Of(Network("""{ "type": "L1L2" }""").Layers));

    [Fact]
    public void A_regularizer_changes_the_training_and_not_the_network()
    {
        var (weak, strong) = (Network("""{ "type": "L2", "l2": 0.1 }"""), Network("""{ "type": "L2", "l2": 0.2 }"""));
        var (ends, none) = (Network("""{ "type": "L1L2", "l2": 0.1 }"""), Network("""{ "type": "L1L2" }"""));

        Assert.Single(new[] { weak, strong, ends, none }.Select(Fingerprint.OfArchitecture).Distinct());
        Assert.Equal(3, new[] { weak, strong, none }.Select(Fingerprint.OfTraining).Distinct().Count());
        Assert.Equal(Fingerprint.OfTraining(weak), Fingerprint.OfTraining(ends));
        Assert.NotEqual(weak, strong);
        Assert.Equal(weak, Network("""{ "l2": 1e-1, "type": "L2" }"""));
    }

    private static NetworkPlan Network(string regularizer) => SpecCompiler.Compile(
        "net.json",
        $$"""{ "version": 1, "input": { "shape": [4, 4, 1] }, "layers": [{ "type": "Flatten" }, { "type": "Dense", "units": 2, "kernel_regularizer": {{regularizer}} }] }""").Plan!.Network!;
}
