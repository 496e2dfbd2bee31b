using System.Runtime.InteropServices;
using FashionCnn.Models;
using TorchSharp.Modules;
using static TorchSharp.torch;

namespace FashionCnn.CommandLine.Tests;

/// <summary>
/// Models whose second convolution computes something wrong, as a wrong kernel would, and the test assembly as a program that trains and
/// checks them.
/// </summary>
internal static partial class FaultyModels
{
    private const int FloatingPointException = 8;

    public static ModelDescriptor Sound { get; } = Descriptor("sound", Fault.None, () => Sound!);

    public static ModelDescriptor WrongInBf16 { get; } = Descriptor("wrong_in_bf16", Fault.Bf16, () => WrongInBf16!);

    public static ModelDescriptor Wrong { get; } = Descriptor("wrong", Fault.Always, () => Wrong!);

    public static ModelDescriptor Deadly { get; } = Descriptor("deadly", Fault.Deadly, () => Deadly!);

    public static IReadOnlyList<ModelDescriptor> All { get; } = [Sound, WrongInBf16, Wrong, Deadly];

    /// <summary>On rank 1, training changes a weight by more than the step.</summary>
    public static ModelDescriptor Drifting { get; } = Descriptor("drifting", Fault.Drift, () => Drifting!);

    /// <summary>On rank 1, training computes what is not a number.</summary>
    public static ModelDescriptor NotANumber { get; } = Descriptor("not_a_number", Fault.NotANumber, () => NotANumber!);

    /// <summary>The test assembly, started as a program.</summary>
    public static ChildProgram Program { get; } = new("dotnet", [typeof(FaultyModels).Assembly.Location]);

    /// <summary>Instead of a command: writes the names of all environment variables.</summary>
    public const string ShowEnvironment = "show-environment";

    /// <summary>The same of a process that it starts as it starts self-checks.</summary>
    public const string ShowEnvironmentOfChild = "show-environment-of-child";

    public static int Main(string[] args)
    {
        switch (args)
        {
            case [ShowEnvironment]:
                Console.Write(string.Join('\n', Environment.GetEnvironmentVariables().Keys.Cast<string>()));
                return 0;
            case [ShowEnvironmentOfChild]:
                Console.Write(Processes.Finish(Program.Start(ShowEnvironment)).Output);
                return 0;
            default:
                return CommandLineProgram.Run(args, [.. All, Drifting, NotANumber]);
        }
    }

    private static ModelDescriptor Descriptor(string id, Fault fault, Func<ModelDescriptor> self) => TestModels.Descriptor(id, new ImageShape(28, 28, 1), 10, () => new FaultyNet(self(), fault)) with
    {
        ArchitectureFingerprint = id,
        Layers =
        [
            new LayerInfo("conv1", "Conv2D", LayerFamily.Convolution, "3x3", [LayerInfo.Image], new LayerShape(13, 13, 4), 40, 0, 0),
            new LayerInfo("conv2", "Conv2D", LayerFamily.Convolution, "3x3", ["conv1"], new LayerShape(6, 6, 4), 148, 0, 0),
            new LayerInfo("max_pool1", "MaxPooling2D", LayerFamily.Pooling, "2x2", ["conv2"], new LayerShape(3, 3, 4), 0, 0, 0),
            new LayerInfo("dense1", "Dense", LayerFamily.Dense, "", ["max_pool1"], new LayerShape(10), 370, 0, 0),
        ],
    };

    [LibraryImport("libc")]
    private static partial int raise(int signal);

    private enum Fault
    {
        None,
        Bf16,
        Always,
        Deadly,
        Drift,
        NotANumber,
    }

    private sealed class FaultyNet : ImageClassifier
    {
        private readonly Fault fault;

        public FaultyNet(ModelDescriptor descriptor, Fault fault)
            : base(descriptor)
        {
            this.fault = fault;
            Conv1 = Register("conv1", CreateConv2D(channels: 1, filters: 4, kernel: (3, 3), stride: (2, 2)));
            Conv2 = Register("conv2", CreateConv2D(channels: 4, filters: 4, kernel: (3, 3), stride: (2, 2)));
            Dense1 = Register("dense1", CreateDense(features: 36, units: 10));
        }

        public Conv2d Conv1 { get; }

        public Conv2d Conv2 { get; }

        public Linear Dense1 { get; }

        protected override Tensor Logits(Tensor x)
        {
            if (fault == Fault.Drift && IsOnRankOne && training)
            {
                using var guard = no_grad();
                _ = Dense1.bias!.add_(1e-6);
            }

            x = relu_(conv2d(Conv1, x));
            x = Operate(x, Conv2, static (model, layer, x) => ((FaultyNet)model).Convolve(layer, x), nameof(conv2d));
            x = max_pool2d(x, (2, 2), (2, 2));
            return linear(Dense1, flatten(x));
        }

        private static bool IsOnRankOne => (Environment.GetEnvironmentVariable("OMPI_COMM_WORLD_RANK") ?? Environment.GetEnvironmentVariable("PMI_RANK")) == "1";

        private Tensor Convolve(Conv2d layer, Tensor x)
        {
            if (fault == Fault.Deadly && Precision != float64)
            {
                _ = raise(FloatingPointException);
            }

            var y = nn.functional.conv2d(x, layer.weight!.to(Precision), layer.bias!.to(Precision), [2, 2]);
            return fault == Fault.NotANumber && IsOnRankOne && training ? y * double.NaN : (fault == Fault.Bf16 && Precision == bfloat16) || (fault == Fault.Always && Precision != float64) ? y * 1.5 : y;
        }
    }
}
