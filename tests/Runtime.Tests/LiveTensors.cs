using static TorchSharp.torch;

namespace FashionCnn.Runtime.Tests;

/// <summary>Counts live tensors.</summary>
internal static class LiveTensors
{
    /// <summary>
    /// How many there are, without those that await their finalizer: a collection in the middle of a test would change the count. To be
    /// compared while one model lives, since Torch goes on counting what a new model's parameters were made from.
    /// </summary>
    public static long Count()
    {
        GC.Collect();
        GC.WaitForPendingFinalizers();
        return Tensor.TotalCount;
    }
}
