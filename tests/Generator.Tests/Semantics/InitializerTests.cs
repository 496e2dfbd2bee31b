using Xunit;
using static FashionCnn.Generator.Tests.Semantics.OneLayer;
using static TorchSharp.torch;

namespace FashionCnn.Generator.Tests.Semantics;

public sealed class InitializerTests
{
    // A 3x3 kernel from 3 channels to 64 has fans of 27 and 576. A normal distribution that is truncated at twice its deviation has 0.87962566 of it
    // left, so that the limit of one that is widened lies at 2 / 0.87962566 of what is left.
    [Theory]
    [InlineData("\"glorot_uniform\"", 2.0 / 603, 1.7321)]
    [InlineData("\"glorot_normal\"", 2.0 / 603, 2.2736)]
    [InlineData("\"he_uniform\"", 2.0 / 27, 1.7321)]
    [InlineData("\"he_normal\"", 2.0 / 27, 2.2736)]
    [InlineData("\"lecun_uniform\"", 1.0 / 27, 1.7321)]
    [InlineData("\"lecun_normal\"", 1.0 / 27, 2.2736)]
    [InlineData("\"random_uniform\"", 0.05 * 0.05 / 3, 1.7321)]
    [InlineData("{ \"type\": \"random_uniform\", \"minval\": 1, \"maxval\": 3 }", 1.0 / 3, 1.7321, 2)]
    [InlineData("\"random_normal\"", 0.05 * 0.05, 0)]
    [InlineData("{ \"type\": \"random_normal\", \"mean\": -1, \"stddev\": 0.3 }", 0.09, 0, -1)]
    [InlineData("\"truncated_normal\"", 0.05 * 0.05 * 0.77374, 2.2736)]
    [InlineData("{ \"type\": \"truncated_normal\", \"mean\": 0.5, \"stddev\": 2 }", 4 * 0.77374, 2.2736, 0.5)]
    [InlineData("\"variance_scaling\"", 1.0 / 27, 2.2736)]
    [InlineData("{ \"type\": \"variance_scaling\", \"scale\": 3, \"mode\": \"fan_out\" }", 3.0 / 576, 2.2736)]
    [InlineData("{ \"type\": \"variance_scaling\", \"mode\": \"fan_avg\", \"distribution\": \"uniform\" }", 2.0 / 603, 1.7321)]
    [InlineData("{ \"type\": \"variance_scaling\", \"distribution\": \"untruncated_normal\" }", 1.0 / 27, 0)]
    public void Initializers_have_Kerass_mean_variance_and_limits(string initializer, double variance, double limit, double mean = 0)
    {
        using var scope = NewDisposeScope();
        manual_seed(1);
        using var model = Load($$"""{ "type": "Conv2D", "filters": 64, "kernel_size": 3, "kernel_initializer": {{initializer}} }""", 3);

        var values = model.state_dict()["conv1.weight"] - mean;

        Assert.Equal(0, values.mean().item<float>(), 5 * Math.Sqrt(variance / 1728));
        Assert.Equal(1, values.var().item<float>() / variance, 0.15);
        // The largest of 1,728 normal values lies beyond three deviations, but for one time in a hundred.
        var (low, high) = limit == 0 ? (2.9, 5) : (0.95 * limit, 1.001 * limit);
        Assert.InRange(values.abs().max().item<float>() / Math.Sqrt(variance), low, high);
    }

    // Of the transposed kernel Keras counts the fans the other way round: 9 · 64 in and 9 · 3 out.
    [Fact]
    public void A_transposed_kernel_has_Kerass_fans()
    {
        using var scope = NewDisposeScope();
        manual_seed(1);
        using var model = Load("""{ "type": "Conv2DTranspose", "filters": 64, "kernel_size": 3, "kernel_initializer": "lecun_normal" }""", 3);

        Assert.Equal(1, model.state_dict()["conv_transpose1.weight"].var().item<float>() * 576, 0.15);
    }

    // Of 1 x 1 x 3072 factors, of 2 x 1 x 384 (height x width x channels), and of 3072.
    [Theory]
    [InlineData("""{ "type": "Reshape", "target_shape": [1, 1, 3072] }, { "type": "PReLU", "alpha_initializer": "lecun_normal" }""", 1)]
    [InlineData("""{ "type": "Reshape", "target_shape": [2, 4, 384] }, { "type": "PReLU", "shared_axes": [2], "alpha_initializer": "lecun_normal" }""", 2)]
    [InlineData("""{ "type": "Reshape", "target_shape": [2, 4, 384] }, { "type": "PReLU", "shared_axes": [2], "alpha_initializer": { "type": "variance_scaling", "mode": "fan_out" } }""", 768)]
    [InlineData("""{ "type": "Flatten" }, { "type": "PReLU", "alpha_initializer": "lecun_normal" }""", 3072)]
    public void Factors_of_PReLU_have_Kerass_fans(string layers, int fan)
    {
        using var scope = NewDisposeScope();
        manual_seed(1);
        using var model = Load(layers, 32);

        Assert.Equal(1, model.state_dict()["prelu1.weight"].var().item<float>() * fan, 0.15);
    }

    // Keras's matrix has a kernel's last dimension as columns, all others as rows: outputs, of a transposed convolution inputs, of a depthwise one
    // the multiplier.
    [Theory]
    [InlineData("""{ "type": "Conv2D", "filters": 5, "kernel_size": 2, "kernel_initializer": "orthogonal" }""", "conv1", 1, 5, 1)]
    [InlineData("""{ "type": "Conv2D", "filters": 20, "kernel_size": 2, "kernel_initializer": { "type": "orthogonal", "gain": 3 } }""", "conv1", 1, 20, 3)]
    [InlineData("""{ "type": "Conv2DTranspose", "filters": 4, "kernel_size": 2, "kernel_initializer": "orthogonal" }""", "conv_transpose1", 1, 3, 1)]
    [InlineData("""{ "type": "DepthwiseConv2D", "kernel_size": 2, "depth_multiplier": 2, "depthwise_initializer": "orthogonal" }""", "depthwise_conv1", 3, 2, 1)]
    [InlineData("""{ "type": "Flatten" }, { "type": "Dense", "units": 6, "kernel_initializer": "orthogonal" }""", "dense1", 1, 6, 1)]
    public void An_orthogonal_kernel_has_orthogonal_columns_or_rows(string layer, string name, int groups, int columns, double gain)
    {
        using var scope = NewDisposeScope();
        using var model = Load(layer, 3);

        var matrix = model.state_dict()[$"{name}.weight"].reshape(groups, columns, -1).transpose(0, 1).reshape(columns, -1);

        var products = matrix.shape[1] >= columns ? matrix.matmul(matrix.t()) : matrix.t().matmul(matrix);
        Assert.True(products.allclose(eye(products.shape[0]) * gain * gain, 1e-4, 1e-5));
    }
}
