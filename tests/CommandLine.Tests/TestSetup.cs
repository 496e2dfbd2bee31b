using System.Runtime.CompilerServices;
using FashionCnn.Native;
using TorchSharp;
using Xunit;

// Torch's random numbers belong to the whole process, and so does the working directory: all are one collection, but for ProcessGroup.
[assembly: CollectionBehavior(CollectionBehavior.CollectionPerAssembly)]

namespace FashionCnn.CommandLine.Tests;

internal static class TestSetup
{
    [ModuleInitializer]
    internal static void Start()
    {
        RuntimeHelpers.RunClassConstructor(typeof(Processes).TypeHandle);
        NativeTorch.EnsureLoaded();
        torch.set_num_threads(1);
    }
}
