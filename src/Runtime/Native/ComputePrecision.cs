using static TorchSharp.torch;

namespace FashionCnn.Native;

/// <summary>
/// Chooses the precision that a network is computed in: fp32, or bf16, in which activations and copies of the weights have eight
/// significant bits while the weights themselves, their statistics and the loss stay in fp32.
/// </summary>
internal static class ComputePrecision
{
    /// <summary>Single precision.</summary>
    public const string Fp32 = "fp32";

    /// <summary>Mixed precision.</summary>
    public const string Bf16 = "bf16";

    private const string ProcessorDescription = "/proc/cpuinfo";

    // Ampere. Torch computes bf16 on older GPUs too, but emulates it.
    private static readonly Version FirstWithBf16 = new(8, 0);

    /// <summary>The word for a choice.</summary>
    /// <exception cref="ArgumentOutOfRangeException">There is no such choice.</exception>
    public static string WordOf(PrecisionChoice choice) => choice switch
    {
        PrecisionChoice.Auto => "auto",
        PrecisionChoice.Fp32 => Fp32,
        PrecisionChoice.Bf16 => Bf16,
        _ => throw new ArgumentOutOfRangeException(nameof(choice), choice, "There is no such precision."),
    };

    /// <summary>Turns <c>auto</c>, <c>fp32</c> or <c>bf16</c> into <c>fp32</c> or <c>bf16</c>: auto is bf16 where the device computes it natively.</summary>
    /// <param name="choice">What is asked for.</param>
    /// <param name="device"><c>cpu</c> or <c>cuda</c>.</param>
    /// <exception cref="InputException">There is no such precision.</exception>
    public static string Resolve(string choice, string device) => Resolve(choice, device, DescribeProcessor, CudaDevice.Capability);

    internal static string Resolve(string choice, string device, Func<string> describeProcessor, Func<Version?> capability) => choice switch
    {
        Fp32 or Bf16 => choice,
        "auto" => (device == "cuda" ? capability() >= FirstWithBf16 : IsNative(describeProcessor())) ? Bf16 : Fp32,
        _ => throw new InputException($"There is no precision '{choice}'. Use auto, fp32 or bf16.") { Setting = InputSetting.Precision },
    };

    /// <summary>Whether a device has instructions for a precision. It computes bf16 without them too, but no faster than fp32.</summary>
    /// <param name="precision"><c>fp32</c> or <c>bf16</c>.</param>
    /// <param name="device"><c>cpu</c> or <c>cuda</c>.</param>
    public static bool IsNative(string precision, string device) => precision == Fp32 || Resolve("auto", device) == precision;

    /// <summary>The type of the activations.</summary>
    /// <exception cref="InputException">There is no such precision.</exception>
    public static ScalarType Type(string precision) => precision switch
    {
        Fp32 => float32,
        Bf16 => bfloat16,
        _ => throw new InputException($"There is no precision '{precision}'. Use fp32 or bf16.") { Setting = InputSetting.Precision },
    };

    /// <summary>Whether a processor has instructions for bf16, by its description as Linux gives it.</summary>
    // Without them Torch's own kernels for bf16 are many times slower than those for fp32, and are not used.
    internal static bool IsNative(string processor) => processor.Split('\n')
        .Where(line => line.StartsWith("flags", StringComparison.Ordinal))
        .Select(line => line[(line.IndexOf(':', StringComparison.Ordinal) + 1)..].Split(' ', StringSplitOptions.TrimEntries))
        .FirstOrDefault([])
        .Any(flag => flag is "avx512_bf16" or "amx_bf16");

    /// <summary>Whether this processor has instructions for bf16.</summary>
    internal static bool ProcessorHasBf16 { get; } = IsNative(DescribeProcessor());

    internal static string DescribeProcessor()
    {
        try
        {
            return File.Exists(ProcessorDescription) ? File.ReadAllText(ProcessorDescription) : string.Empty;
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            return string.Empty;
        }
    }
}
