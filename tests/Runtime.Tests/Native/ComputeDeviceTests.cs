using FashionCnn.Native;
using TorchSharp;
using Xunit;

namespace FashionCnn.Runtime.Tests.Native;

public sealed class ComputeDeviceTests
{
    [Theory]
    [InlineData("auto", true, "cuda")]
    [InlineData("auto", false, "cpu")]
    [InlineData("cpu", true, "cpu")]
    [InlineData("cuda", true, "cuda")]
    public void A_choice_becomes_a_device(string choice, bool isCudaAvailable, string device) =>
        Assert.Equal(device, ComputeDevice.Resolve(choice, () => isCudaAvailable, () => isCudaAvailable));

    [Theory]
    [InlineData("cuda", false, "This build carries Torch's CPU library. Build with TorchSharp-cuda-windows or TorchSharp-cuda-linux in its place (-p:TorchBackend=cuda), or use the device cpu.")]
    [InlineData("cuda", true, "Torch cannot find a usable NVIDIA GPU. Check that nvidia-smi lists one, or use the device cpu.")]
    [InlineData("tpu", false, "There is no device 'tpu'. Use auto, cpu or cuda.")]
    public void What_is_not_to_be_had_is_one_message(string choice, bool hasCudaLibrary, string message)
    {
        var exception = Assert.Throws<InputException>(() => ComputeDevice.Resolve(choice, () => false, () => hasCudaLibrary));

        Assert.Equal((message, InputSetting.Device), (exception.Message, exception.Setting));
    }

    [Fact]
    public void This_machine_is_asked()
    {
        Assert.Equal(torch.cuda.is_available() ? "cuda" : "cpu", ComputeDevice.Resolve("auto"));
        if (!torch.cuda.is_available())
        {
            Assert.Contains("-p:TorchBackend=cuda", Assert.Throws<InputException>(() => ComputeDevice.Resolve("cuda")).Message, StringComparison.Ordinal);
        }
    }
}
