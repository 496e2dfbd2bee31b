using FashionCnn.Storage;

namespace FashionCnn.Data;

/// <summary>Where data is looked for when no option names a folder.</summary>
/// <param name="Folder">The value of FASHION_MNIST_DIR; null or empty when it is not set.</param>
/// <param name="Cache">The folder in the user's cache into which the data is downloaded.</param>
/// <param name="System">The folder of the distribution's package.</param>
/// <param name="Network">Makes what sends requests; each download makes and disposes its own.</param>
/// <param name="StallTime">How long a connection may bring nothing before the next address is tried.</param>
public sealed record DataEnvironment(string? Folder, string Cache, string System, Func<HttpMessageHandler> Network, TimeSpan StallTime)
{
    private static readonly TimeSpan ConnectTime = TimeSpan.FromSeconds(6);

    /// <summary>This user's on this machine.</summary>
    public static DataEnvironment Current { get; } = new(
        Environment.GetEnvironmentVariable("FASHION_MNIST_DIR"),
        UserCache.Folder("fashion-mnist"),
        "/usr/share/datasets/fashion-mnist",
        () => new SocketsHttpHandler { ConnectTimeout = ConnectTime },
        TimeSpan.FromSeconds(20));
}
