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

    [Theory]
    [InlineData(Zen4, "bf16")]
    [InlineData(SapphireRapids, "bf16")]
    [InlineData(Skylake, "fp32")]
    [InlineData(Graviton, "fp32")]
    [InlineData("", "fp32")]
    [InlineData("flags", "fp32")]
    public void Auto_is_bf16_where_the_processor_computes_it_natively(string processor, string precision)
    {
        Assert.Equal(precision, ComputePrecision.Resolve("auto", "cpu", () => processor));
        Assert.Equal("bf16", ComputePrecision.Resolve("auto", "cuda", () => processor));
        Assert.Equal("fp32", ComputePrecision.Resolve("fp32", "cpu", () => processor));
        Assert.Equal("bf16", ComputePrecision.Resolve("bf16", "cpu", () => processor));
    }

    [Fact]
    public void This_machine_is_asked() => Assert.Matches("^(fp32|bf16)$", ComputePrecision.Resolve("auto", "cpu"));

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
