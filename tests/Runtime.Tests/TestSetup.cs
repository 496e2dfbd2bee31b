using System.Runtime.CompilerServices;
using FashionCnn.Native;
using TorchSharp;

namespace FashionCnn.Runtime.Tests;

internal static class TestSetup
{
    // Tests of several projects and classes share few cores.
    [ModuleInitializer]
    internal static void Start()
    {
        NativeTorch.EnsureLoaded();
        torch.set_num_threads(1);
    }
}
