using FashionCnn.Compiler;
using FashionCnn.Compiler.Infer;
using FashionCnn.Models;
using Xunit;
using static TorchSharp.torch;

namespace FashionCnn.Generator.Tests;

/// <summary>Every spec and every valid fixture is generated, compiled, loaded and run, and must do what its descriptor promises.</summary>
public sealed class RunningModelsTests
{
    public static TheoryData<string> Ids => [.. CompiledModels.Ids];

    // Printed by Keras 3.16 for the same models; multiply-accumulates by hand from the layers' definitions.
    [Theory]
    [InlineData("model1a", 1_633_274, 1_633_274, 6_244_608)]
    [InlineData("model1b", 6_692_810, 6_692_810, 79_137_792)]
    [InlineData("model2", 6_692_810, 6_692_810, 79_137_792)]
    [InlineData("model3", 6_694_346, 6_693_578, 79_137_792)]
    [InlineData("model4", 4_814_474, 4_811_786, 205_649_920)]
    public void The_five_models_have_the_counts_of_the_study(string id, long total, long trainable, long multiplyAccumulates)
    {
        var model = CompiledModels.All[id];

        Assert.Equal((total, trainable, multiplyAccumulates), (model.TotalParameters, model.TrainableParameters, model.MultiplyAccumulates));
        var type = model.Create().GetType();
        Assert.Equal((total, trainable, total - trainable, multiplyAccumulates), (Constant("TotalParameters"), Constant("TrainableParameters"), Constant("NonTrainableParameters"), Constant("MultiplyAccumulates")));

        long Constant(string name) => (long)type.GetField(name)!.GetRawConstantValue()!;
    }

    [Theory]
    [MemberData(nameof(Ids))]
    public void The_live_module_has_the_parameters_that_the_descriptor_counts(string id)
    {
        using var scope = NewDisposeScope();
        var model = CompiledModels.All[id];
        using var module = model.Create();

        var trainable = module.named_parameters().Where(pair => pair.parameter.requires_grad).GroupBy(pair => pair.name.Split('.')[0]).ToDictionary(group => group.Key, group => group.Sum(pair => pair.parameter.numel()));
        var frozen = module.named_parameters().Where(pair => !pair.parameter.requires_grad).Select(pair => (pair.name, values: (Tensor)pair.parameter));
        var others = module.named_buffers().Select(pair => (pair.name, values: pair.buffer)).Concat(frozen).GroupBy(pair => pair.name.Split('.')[0]).ToDictionary(group => group.Key, group => group.Sum(pair => pair.values.numel()));

        Assert.All(model.Layers, layer => Assert.Equal(
            (layer.Name, layer.Parameters, layer.NonTrainableParameters),
            (layer.Name, trainable.GetValueOrDefault(layer.Name) + others.GetValueOrDefault(layer.Name), others.GetValueOrDefault(layer.Name))));
        Assert.Equal(model.TrainableParameters, trainable.Values.Sum());
        Assert.Equal(model.TotalParameters, trainable.Values.Sum() + others.Values.Sum());
    }

    [Theory]
    [MemberData(nameof(Ids))]
    public void The_compiler_knows_the_state_dict_without_the_module(string id)
    {
        using var scope = NewDisposeScope();
        using var module = CompiledModels.All[id].Create();
        var network = SpecCompiler.Compile($"{id}.json", CompiledModels.All[id].Spec).Plan!.Network!;

        Assert.Equal(module.state_dict().Select(pair => $"{pair.Key} {string.Join('x', pair.Value.shape)}"), StateDict.Of(network).Select(tensor => $"{tensor.Name} {string.Join('x', tensor.Shape)}"));
        Assert.Equal(module.modules().OfType<BatchNormalization>().Where(layer => !layer.IsFrozen).Select(layer => layer.Momentum), StateDict.Momenta(network));
    }

    [Fact]
    public void Regularizers_are_listed_by_the_names_of_their_weights()
    {
        var model = CompiledModels.All["regularizers"];
        using var module = model.Create();

        Assert.Equal(
            [
                new("conv1.weight", 0, 0.001), new("conv1.bias", 0.01, 0),
                new("conv2.weight", 0, 0.01), new("conv2.bias", 0.01, 0),
                new("depthwise_conv1.weight", 0.001, 0.002),
                new("separable_conv1.depthwise.weight", 0.003, 0), new("separable_conv1.pointwise.weight", 0, 0.01), new("separable_conv1.pointwise.bias", 0, 0.004),
                new("conv3.weight", 0.01, 0),
                new("dense1.weight", 0, 0.01), new WeightRegularizer("dense1.bias", 0.5, 0),
            ],
            model.Regularizers);
        Assert.Empty(model.Regularizers.Select(regularizer => regularizer.Weight).Except(module.named_parameters().Select(pair => pair.name)));
        Assert.Empty(CompiledModels.All["model3"].Regularizers);
    }

    [Fact]
    public void An_optimizer_has_the_values_of_its_spec()
    {
        Assert.Equal(new AdamSettings(0.002, 0.8, 0.99, 1e-8, 0.01) { Clipnorm = 1.5, UseEma = true, EmaMomentum = 0.9 }, CompiledModels.All["training_adam"].Training.Optimizer);
        Assert.Equal(new AdamWSettings(0.002, 0.8, 0.99, 1e-8, 0) { GlobalClipnorm = 1, UseEma = true }, CompiledModels.All["training_adamw"].Training.Optimizer);
        Assert.Equal(new SgdSettings(0.1, 0.9, Nesterov: true, 1e-4), CompiledModels.All["training_sgd"].Training.Optimizer);
        Assert.Equal(new RmsPropSettings(0.01, 0.95, 0.5, 1e-6, 1e-3) { Clipvalue = 0.5 }, CompiledModels.All["training_rmsprop"].Training.Optimizer);
    }

    [Theory]
    [MemberData(nameof(Ids))]
    public void Forward_and_backward_work_and_every_shape_is_the_promised_one(string id)
    {
        foreach (var (training, batch) in new[] { (true, 1), (true, 7), (false, 1), (false, 7) })
        {
            using var scope = NewDisposeScope();
            var model = CompiledModels.All[id];
            if (batch == 1 && training && NormalizesVectors(model))
            {
                // The variance of one value is undefined; Torch refuses.
                continue;
            }

            manual_seed(1);
            using var module = model.Create();
            module.train(training);
            var shapes = Watch(module);
            using var images = rand(batch, model.Input.Channels, model.Input.Height, model.Input.Width);
            using var logits = module.forward(images);
            using var loss = nn.functional.cross_entropy(logits, zeros(batch, dtype: int64));
            loss.backward();

            Assert.Equal([batch, model.Classes], logits.shape);
            Assert.True(float.IsFinite(loss.item<float>()));
            Assert.All(module.parameters(), parameter => Assert.Equal(parameter.requires_grad, parameter.grad is not null));
            Assert.All(shapes, pair => Assert.Equal((pair.Key, Promised(model, pair.Key, batch)), (pair.Key, string.Join("x", pair.Value))));
        }
    }

    [Theory]
    [MemberData(nameof(Ids))]
    public void Forward_leaves_no_temporary_behind_and_its_input_as_it_was(string id)
    {
        using var scope = NewDisposeScope();
        var model = CompiledModels.All[id];
        using var module = model.Create();
        module.eval();
        using var images = rand(2, model.Input.Channels, model.Input.Height, model.Input.Width);
        using var before = images.clone();
        module.forward(images).Dispose();
        // What earlier tests left to be finalized must not be taken for this model's.
        GC.Collect();
        GC.WaitForPendingFinalizers();

        var live = Tensor.TotalCount;
        module.forward(images).Dispose();

        Assert.Equal(live, Tensor.TotalCount);
        using var same = images.eq(before).all();
        Assert.True(same.item<bool>());
    }

    [Theory]
    [MemberData(nameof(Ids))]
    public void Predict_gives_probabilities_and_restores_the_mode(string id)
    {
        using var scope = NewDisposeScope();
        var model = CompiledModels.All[id];
        using var module = model.Create();
        module.train();
        using var images = rand(3, model.Input.Channels, model.Input.Height, model.Input.Width);

        using var probabilities = module.predict(images);

        Assert.True(module.training);
        Assert.False(probabilities.requires_grad);
        Assert.All(probabilities.sum(1).data<float>().ToArray(), sum => Assert.Equal(1, sum, 1e-5));
    }

    // Eight significant bits in every activation: logits differ by some percent of their spread. The weights and what is kept of them stay float32.
    [Theory]
    [MemberData(nameof(Ids))]
    public void In_bf16_the_logits_are_near_those_in_fp32_and_the_weights_stay_what_they_are(string id)
    {
        using var scope = NewDisposeScope();
        var model = CompiledModels.All[id];
        manual_seed(1);
        using var module = model.Create();
        module.eval();
        using var images = rand(16, model.Input.Channels, model.Input.Height, model.Input.Width);
        var names = module.state_dict().Keys.ToList();
        using var exact = module.forward(images).detach();

        module.Precision = bfloat16;
        using var near = module.forward(images);
        module.train();
        using var logits = module.forward(images);
        using var loss = nn.functional.cross_entropy(logits, zeros(16, dtype: int64));
        loss.backward();

        Assert.Equal((float32, float32), (near.dtype, loss.dtype));
        var spread = exact.std().item<float>() + exact.abs().mean().item<float>();
        Assert.InRange((near - exact).abs().max().item<float>(), float.Epsilon, 0.1f * spread);
        Assert.Equal(names, module.state_dict().Keys);
        Assert.All(module.state_dict().Values, value => Assert.Equal(float32, value.dtype));
        Assert.All(module.parameters().Where(parameter => parameter.requires_grad), parameter => Assert.Equal(float32, parameter.grad!.dtype));
    }

    private static bool NormalizesVectors(ModelDescriptor model) =>
        model.Layers.Any(layer => layer.Kind == "BatchNormalization" && !layer.OutputShape.IsImage);

    /// <summary>The shape that every layer with weights gives, by the layer's name.</summary>
    private static Dictionary<string, long[]> Watch(ImageClassifier module)
    {
        var shapes = new Dictionary<string, long[]>();
        foreach (var (name, child) in module.named_children())
        {
            if (child is nn.Module<Tensor, Tensor> layer)
            {
                layer.register_forward_hook((_, _, output) =>
                {
                    // Torch's layer normalization and matrix product work on the last dimension; the operation around them puts the channels back.
                    shapes[name] = child is LayerNormalization or TorchSharp.Modules.Linear && output.dim() == 4 ? [output.shape[0], output.shape[3], output.shape[1], output.shape[2]] : output.shape;
                    return output;
                });
            }
        }

        return shapes;
    }

    /// <summary>The descriptor's height x width x channels as Torch orders it, with the batch.</summary>
    private static string Promised(ModelDescriptor model, string layer, int batch)
    {
        var shape = model.Layers.Single(candidate => candidate.Name == layer).OutputShape;
        return string.Join("x", shape.IsImage ? [batch, shape.Channels, shape.Height, shape.Width] : new long[] { batch, shape.Channels });
    }
}
