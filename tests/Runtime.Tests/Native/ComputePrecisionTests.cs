using System.Runtime.InteropServices;
using FashionCnn.Native;
using TorchSharp;
using Xunit;

namespace FashionCnn.Runtime.Tests.Native;

public sealed class ComputePrecisionTests
{
    private const string Zen4 = "processor\t: 0\nmodel name\t: AMD EPYC 9354\nflags\t\t: fpu avx2 avx512f avx512_bf16 avx512_vnni\nbugs\t\t: sysret_ss_attrs\n";
    private const string SapphireRapids = "processor\t: 0\nflags\t\t: fpu avx512f amx_bf16 amx_tile\n";
    private const string Skylake = "processor\t: 0\nmodel name\t: avx512_bf16 of a name only\nflags\t\t: fpu avx2 avx512f avx512_bf16x\n";
    private const string Graviton = "processor\t: 0\nFeatures\t: fp asimd bf16 i8mm\n";

    private static Version? NoGpu() => null;

    [Theory]
    [InlineData(Zen4, "bf16")]
    [InlineData(SapphireRapids, "bf16")]
    [InlineData(Skylake, "fp32")]
    [InlineData(Graviton, "fp32")]
    [InlineData("", "fp32")]
    [InlineData("flags", "fp32")]
    public void Auto_is_bf16_where_the_processor_computes_it_natively(string processor, string precision)
    {
        Assert.Equal(precision, ComputePrecision.Resolve("auto", "cpu", () => processor, NoGpu));
        Assert.Equal("fp32", ComputePrecision.Resolve("fp32", "cpu", () => processor, NoGpu));
        Assert.Equal("bf16", ComputePrecision.Resolve("bf16", "cpu", () => processor, NoGpu));
    }

    [Theory]
    [InlineData("8.0", "bf16")]
    [InlineData("8.6", "bf16")]
    [InlineData("9.0", "bf16")]
    [InlineData("12.0", "bf16")]
    [InlineData("7.5", "fp32")]
    [InlineData("6.1", "fp32")]
    [InlineData(null, "fp32")]
    public void Auto_is_bf16_on_a_GPU_that_computes_it_natively(string? capability, string precision)
    {
        var gpu = () => capability is null ? null : Version.Parse(capability);

        Assert.Equal(precision, ComputePrecision.Resolve("auto", "cuda", () => Zen4, gpu));
        Assert.Equal("bf16", ComputePrecision.Resolve("bf16", "cuda", () => Skylake, gpu));
        Assert.Equal("fp32", ComputePrecision.Resolve("fp32", "cuda", () => Zen4, gpu));
        Assert.Equal("fp32", ComputePrecision.Resolve("auto", "cpu", () => Skylake, gpu));
    }

    [Fact]
    public void A_machine_without_the_driver_has_no_capability() =>
        Assert.Equal(NativeLibrary.TryLoad(OperatingSystem.IsWindows() ? "nvcuda.dll" : "libcuda.so.1", out _), CudaDevice.Capability() is not null);

    [LinuxFact]
    public void This_machine_is_asked() => Assert.Equal(
        File.ReadAllText("/proc/cpuinfo") is var text && (text.Contains(" avx512_bf16", StringComparison.Ordinal) || text.Contains(" amx_bf16", StringComparison.Ordinal)) ? "bf16" : "fp32",
        ComputePrecision.Resolve("auto", "cpu"));

    [Fact]
    public void An_unknown_precision_is_one_message()
    {
        Assert.Equal(
            "There is no precision 'fp16'. Use auto, fp32 or bf16.",
            Assert.Throws<InputException>(() => ComputePrecision.Resolve("fp16", "cpu")).Message);
        Assert.Throws<InputException>(() => ComputePrecision.Type("fp16"));
        Assert.Equal((torch.float32, torch.bfloat16), (ComputePrecision.Type("fp32"), ComputePrecision.Type("bf16")));
    }
}
