using System.Runtime.CompilerServices;
using FashionCnn.Native;
using TorchSharp;
using Xunit;

// Torch's random numbers belong to the whole process, and so does the working directory.
[assembly: CollectionBehavior(DisableTestParallelization = true)]

namespace FashionCnn.CommandLine.Tests;

internal static class TestSetup
{
    [ModuleInitializer]
    internal static void Start()
    {
        NativeTorch.EnsureLoaded();
        torch.set_num_threads(1);
    }
}
