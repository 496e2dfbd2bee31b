using static TorchSharp.torch;

namespace FashionCnn.Native;

/// <summary>Sets Torch's number of threads, until it is disposed: then the number is what it was.</summary>
internal sealed class TorchThreads : IDisposable
{
    private readonly int before = get_num_threads();

    /// <param name="number">The number of threads; null to leave it as it is.</param>
    public TorchThreads(int? number) => Set(number ?? before);

    /// <inheritdoc/>
    public void Dispose() => Set(before);

    private static void Set(int number)
    {
        if (get_num_threads() != number)
        {
            set_num_threads(number);
        }
    }
}
