using System.Runtime.CompilerServices;
using FashionCnn.Native;
using TorchSharp;
using Xunit;

// Torch's random numbers and its count of live tensors belong to the whole process.
[assembly: CollectionBehavior(DisableTestParallelization = true)]

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
