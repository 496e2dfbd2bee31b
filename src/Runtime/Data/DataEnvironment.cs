using FashionCnn.Storage;

namespace FashionCnn.Data;

/// <summary>Where data is looked for when no option names a folder.</summary>
/// <param name="Folder">The value of FASHION_MNIST_DIR; null or empty when it is not set.</param>
/// <param name="Cache">The folder in the user's cache into which the data is downloaded.</param>
/// <param name="System">The folder of the distribution's package.</param>
/// <param name="Network">Makes what sends requests; each download makes and disposes its own.</param>
/// <param name="StallTime">How long a connection may bring nothing before the next address is tried.</param>
internal sealed record DataEnvironment(string? Folder, string Cache, string System, Func<HttpMessageHandler> Network, TimeSpan StallTime)
{
    // What is held is there up to three times: as it was read, without the held-out images, and as a tensor. As much again is left for the rest.
    private const int MemoryShare = 6;

    private static readonly TimeSpan ConnectTime = TimeSpan.FromSeconds(6);

    /// <summary>This user's on this machine.</summary>
    public static DataEnvironment Current { get; } = new(
        Environment.GetEnvironmentVariable("FASHION_MNIST_DIR"),
        UserCache.Folder("fashion-mnist"),
        "/usr/share/datasets/fashion-mnist",
        () => new SocketsHttpHandler { ConnectTimeout = ConnectTime },
        TimeSpan.FromSeconds(20));

    /// <summary>
    /// How many bytes of pictures may be held. Larger sets are decoded again whenever they are needed, which changes the speed and nothing
    /// else. By default it depends on the memory that the process may use, limits of a container included.
    /// </summary>
    public long PictureMemory { get; init; } = GC.GetGCMemoryInfo().TotalAvailableMemoryBytes / MemoryShare;
}
