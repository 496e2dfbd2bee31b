using FashionCnn.Checks;
using FashionCnn.Models;
using FashionCnn.Native;
using FashionCnn.Runs;
using FashionCnn.Runtime.Tests.Native;
using FashionCnn.Training;
using TorchSharp.Modules;
using Xunit;
using static TorchSharp.torch;
using Size = FashionCnn.Compiler.Keys.Size;

namespace FashionCnn.Runtime.Tests.Checks;

public sealed class SelfCheckTests
{
    public enum Mistake
    {
        None,
        Output,
        LastImage,
        NotFinite,
        WeightGradient,
        InputGradient,
    }

    [Theory]
    [InlineData(Mistake.None, null)]
    [InlineData(Mistake.Output, "the output is wrong by ")]
    [InlineData(Mistake.LastImage, "the output is wrong by ")]
    [InlineData(Mistake.NotFinite, "the output is not finite")]
    [InlineData(Mistake.WeightGradient, "the gradient of weight is wrong by ")]
    [InlineData(Mistake.InputGradient, "the gradient of the input is wrong by ")]
    public void A_mistake_is_found_and_its_layer_named(Mistake mistake, string? problem)
    {
        var model = TestModels.Descriptor("mistaken", TestModels.Input, 3, () => new MistakenNet(TestModels.Small, mistake));

        // 9 images: the last one does not belong to a repetition of four.
        var verdict = SelfCheck.Run(model, new SelfCheckSetting("fp32", Threads: 1, TrainingBatch: 9, EvaluationBatch: 3));

        Assert.Equal(problem is null, verdict.Passed);
        if (problem is not null)
        {
            var fault = Assert.Single(verdict.Faults);
            Assert.Equal("conv2 (conv2d)", fault.Layer);
            Assert.StartsWith(problem, fault.Problem, StringComparison.Ordinal);
        }
    }

    [Fact]
    public void Layers_are_announced_before_they_are_computed()
    {
        var announced = new List<string>();

        SelfCheck.Run(TestModels.Small, new SelfCheckSetting("fp32", 1, 0, 1), announced.Add);

        // Once recorded, once checked.
        string[] layers = ["conv1 (conv2d)", "batch_norm1 (batch_norm)", "max_pool2d", "dense1 (linear)"];
        Assert.Equal([.. layers, .. layers], announced);
    }

    [Fact]
    public void Random_numbers_and_threads_are_left_as_they_were()
    {
        manual_seed(5);
        using var expected = rand(3);
        manual_seed(5);

        SelfCheck.Run(TestModels.Small, new SelfCheckSetting("fp32", Threads: 2, TrainingBatch: 8, EvaluationBatch: 4));

        Assert.Equal(1, get_num_threads());
        using var drawn = rand(3);
        Assert.Equal(expected.data<float>().ToArray(), drawn.data<float>().ToArray());
    }

    [Fact]
    public void What_is_checked_leaves_no_live_tensor_behind()
    {
        // Making the models does: Torch goes on counting what their parameters were made from.
        Assert.Equal(Left(trainingBatch: 0), Left(trainingBatch: 8));

        static long Left(int trainingBatch)
        {
            var before = LiveTensors.Count();
            SelfCheck.Run(TestModels.Small, new SelfCheckSetting("fp32", 1, trainingBatch, 4));
            return LiveTensors.Count() - before;
        }
    }

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(7)]
    [InlineData(101)]
    public void Any_batch_size_can_be_checked(int batch) =>
        Assert.Empty(SelfCheck.Run(TestModels.Small, new SelfCheckSetting("bf16", 1, batch, batch)).Faults);

    // Repetitions whose rounding adds up made a kernel of 28x28 images look wrong from 256 images on.
    [Theory]
    [InlineData(256)]
    [InlineData(1_024)]
    public void Rounding_does_not_grow_with_the_batch(int batch)
    {
        var input = new ImageShape(28, 28, 1);
        var kernel = RandomKernel.Over(input, new Size(3, 3), Size.One, Size.One, isSame: true)!;
        var layer = RandomLayer.Of("convolution", string.Empty, input, batch, "fp32", innermost: true, threads: 1, model => model.Convolution(1, 32, 1, bias: true, kernel));

        Assert.Empty(SelfCheck.Run(layer.Model, new SelfCheckSetting("fp32", 1, batch, 2)).Faults);
    }

    // With channels innermost, Torch's gradient of one row ends the process.
    [Theory]
    [InlineData("fp32")]
    [InlineData("bf16")]
    public void Group_normalization_of_one_row_is_computed(string precision)
    {
        var model = TestModels.Descriptor("normalized", new ImageShape(1, 2, 12), 3, () => new NormalizedNet(TestModels.Small));

        Assert.Empty(SelfCheck.Run(model, new SelfCheckSetting(precision, 1, 16, 16)).Faults);
    }

    [X86LinuxFact]
    public void A_processor_that_hides_its_caches_fails_the_check_until_it_is_mended()
    {
        var hidden = ChildProcess.Run(HiddenCachesCheck.Name, "hidden");
        var mended = ChildProcess.Run(HiddenCachesCheck.Name, "mended");

        Assert.True(HiddenCachesCheck.Blamed(hidden.ExitCode, hidden.Lines, hidden.Error) is not null, $"exit code {hidden.ExitCode}\n{string.Join('\n', hidden.Lines)}\n{hidden.Error}");
        Assert.Equal((0, string.Empty), (mended.ExitCode, mended.Error));
        Assert.Equal("mended", mended.Lines[0]);
        Assert.True(HiddenCachesCheck.FoundNothing(mended.ExitCode, mended.Lines), string.Join('\n', mended.Lines));
    }

    // Only a fault that the check found, or a kernel that ended the process, shows that the caches were hidden.
    [Theory]
    [InlineData(0, "computing conv2 (conv2d)|wrong conv2 (conv2d): the output is not finite|end", "", "conv2")]
    [InlineData(136, "computing conv2 (conv2d)|computing conv3 (conv2d)", "", "conv3")]
    [InlineData(134, "computing conv4 (conv2d)", "free(): invalid pointer", "conv4")]
    [InlineData(0, "computing conv2 (conv2d)|end", "", null)]
    [InlineData(0, "computing dense1 (linear)|wrong dense1 (linear): the output is not finite|end", "", null)]
    [InlineData(136, "computing conv1 (conv2d)", "", null)]
    [InlineData(136, "", "", null)]
    [InlineData(1, "computing conv2 (conv2d)", "", null)]
    [InlineData(2, "", "Work: scan", null)]
    [InlineData(134, "computing conv2 (conv2d)", "Unhandled exception. System.InvalidOperationException", null)]
    [InlineData(137, "computing conv2 (conv2d)", "", null)]
    public void A_child_that_ends_in_another_way_blames_no_layer(int exitCode, string lines, string error, string? layer) =>
        Assert.Equal(layer, HiddenCachesCheck.Blamed(exitCode, lines.Split('|', StringSplitOptions.RemoveEmptyEntries), error));

    [Theory]
    [InlineData(Mistake.None, true, true)]
    [InlineData(Mistake.Output, false, false)]
    [InlineData(Mistake.WeightGradient, false, true)]
    public void A_program_checks_what_it_trains_and_what_it_predicts_with(Mistake mistake, bool trains, bool predicts)
    {
        var model = TestModels.Descriptor("mistaken", TestModels.Input, 3, () => new MistakenNet(TestModels.Small, mistake));
        var announced = new List<string>();

        // In bf16, which some processors compute by default, the mistake is within the rounding.
        var training = Run.SelfCheck(model, new TrainingOptions { Precision = PrecisionChoice.Fp32 }, onLayer: announced.Add);
        var prediction = Classifier.SelfCheck(model, new ClassifierOptions(), images: 3, announced.Add);

        Assert.Equal((trains, predicts), (training.Passed, prediction.Passed));
        Assert.All([.. training.Faults, .. prediction.Faults], fault => Assert.Equal("conv2 (conv2d)", fault.Layer));
        Assert.Contains("conv2 (conv2d)", announced);
    }

    [Fact]
    public void What_a_program_checks_is_computed_as_its_options_say()
    {
        var seen = new HashSet<(long Images, int Threads, ScalarType Precision, bool IsTraining)>();
        var model = TestModels.Descriptor("watched", TestModels.Input, 3, () => new MistakenNet(TestModels.Small, Mistake.None, seen));
        var options = new TrainingOptions { Precision = PrecisionChoice.Bf16, Threads = 2, Settings = new TrainingSettings { BatchSize = 7 } };

        _ = Run.SelfCheck(model, options);

        Assert.Equal(1, get_num_threads());
        // The first two images record the layers' shapes.
        Assert.Equal([(2, true), (7, true), (100, false)], seen.Select(call => (call.Images, call.IsTraining)).Distinct().Order());
        Assert.All(seen, call => Assert.Equal((2, bfloat16), (call.Threads, call.Precision)));

        seen.Clear();
        _ = Classifier.SelfCheck(model);
        _ = Classifier.SelfCheck(model, images: 5);

        // One image is computed as two.
        Assert.Equal([(2, false), (2, true), (5, false)], seen.Select(call => (call.Images, call.IsTraining)).Distinct().Order());
        Assert.All(seen, call => Assert.Equal((1, float32), (call.Threads, call.Precision)));
    }

    // The check draws from Torch's random numbers, as fresh weights do.
    [Fact]
    public async Task A_model_that_is_made_meanwhile_has_the_weights_of_its_seed()
    {
        using var expected = Trainer.Create(TestModels.Small, seed: 7);
        Task<ImageClassifier>? making = null;

        _ = Run.SelfCheck(TestModels.Small, onLayer: _ =>
        {
            making ??= Task.Run(() => Trainer.Create(TestModels.Small, seed: 7));
            Assert.False(making.Wait(TimeSpan.FromMilliseconds(20)));
        });

        using var made = await making!;
        Assert.All(expected.parameters().Zip(made.parameters()), pair => Assert.True(pair.First.equal(pair.Second).all().item<bool>()));
    }

    [Fact]
    public void What_cannot_be_checked_is_refused()
    {
        var options = new TrainingOptions { Settings = new TrainingSettings { BatchSize = 0 } };

        Assert.Equal("batch_size", Assert.Throws<InputException>(() => Run.SelfCheck(TestModels.Small, options)).Setting);
        Assert.Throws<ArgumentOutOfRangeException>(() => Classifier.SelfCheck(TestModels.Small, images: 0));
    }

    private sealed class NormalizedNet : ImageClassifier
    {
        public NormalizedNet(ModelDescriptor descriptor)
            : base(descriptor)
        {
            GroupNorm1 = Register("group_norm1", CreateGroupNormalization(groups: 1, channels: 12, epsilon: 0.001));
            Dense1 = Register("dense1", CreateDense(features: 12, units: 3));
        }

        public GroupNorm GroupNorm1 { get; }

        public Linear Dense1 { get; }

        // By way of another order of dimensions, the channels lie innermost in fp32 too.
        protected override Tensor Logits(Tensor x) =>
            linear(Dense1, global_avg_pool2d(group_norm(GroupNorm1, x.permute(0, 2, 3, 1).contiguous().permute(0, 3, 1, 2))));
    }

    private sealed class MistakenNet : ImageClassifier
    {
        private readonly Mistake mistake;
        private readonly HashSet<(long, int, ScalarType, bool)>? seen;

        public MistakenNet(ModelDescriptor descriptor, Mistake mistake, HashSet<(long, int, ScalarType, bool)>? seen = null)
            : base(descriptor)
        {
            this.mistake = mistake;
            this.seen = seen;
            Conv1 = Register("conv1", CreateConv2D(channels: 1, filters: 4, kernel: (3, 3)));
            Conv2 = Register("conv2", CreateConv2D(channels: 4, filters: 4, kernel: (3, 3)));
            Dense1 = Register("dense1", CreateDense(features: 64, units: 3));
        }

        public Conv2d Conv1 { get; }

        public Conv2d Conv2 { get; }

        public Linear Dense1 { get; }

        protected override Tensor Logits(Tensor x)
        {
            x = relu_(conv2d(Conv1, x));
            x = Operate(x, Conv2, static (model, layer, x) => ((MistakenNet)model).Convolve(layer, x), nameof(conv2d));
            return linear(Dense1, flatten(x));
        }

        private Tensor Convolve(Conv2d layer, Tensor x)
        {
            var weight = layer.weight!.to(Precision);
            var bias = layer.bias!.to(Precision);
            Tensor Exact(Tensor input, Tensor kernel) => nn.functional.conv2d(input, kernel, bias);
            var y = Exact(x, weight);
            if (Precision == float64)
            {
                return y;
            }

            _ = seen?.Add((x.shape[0], get_num_threads(), Precision, training));
            return mistake switch
            {
                Mistake.Output => y * 1.001,
                Mistake.LastImage => cat([y.narrow(0, 0, y.shape[0] - 1), y.narrow(0, y.shape[0] - 1, 1) * 1.001]),
                Mistake.NotFinite => y / (y - y.detach()).sign().abs().sub(1).neg().sub(1),
                // The value stays: what is added is 0, but has a gradient.
                Mistake.WeightGradient => y + ((Exact(x.detach(), weight) - Exact(x, weight).detach()) * 0.1),
                Mistake.InputGradient => y + ((Exact(x, weight.detach()) - Exact(x, weight).detach()) * 0.1),
                _ => y,
            };
        }
    }
}
