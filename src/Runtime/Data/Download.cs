namespace FashionCnn.Data;

/// <summary>The data set could not be downloaded; the message lists what was tried.</summary>
internal sealed class DownloadException(string message) : Exception(message);

/// <summary>Fetches the four files into a folder, each verified before it gets its name.</summary>
internal static class Download
{
    private const long MaxBytes = 64L << 20;

    public static async Task FetchAsync(DataEnvironment environment, Action<DownloadProgress>? progress, CancellationToken cancellation)
    {
        Locally(environment.Cache, "made", () => Directory.CreateDirectory(environment.Cache));
        using var client = new HttpClient(environment.Network()) { Timeout = Timeout.InfiniteTimeSpan };
        foreach (var file in IdxFileName.All)
        {
            var path = Path.Combine(environment.Cache, file.Name + ".gz");
            if (!File.Exists(path) || Sum(path, file) != FashionMnist.Data.Sha256[file])
            {
                await FetchFileAsync(client, file, path, environment.StallTime, progress, cancellation).ConfigureAwait(false);
            }
        }
    }

    private static async Task FetchFileAsync(
        HttpClient client, IdxFileName file, string path, TimeSpan stallTime, Action<DownloadProgress>? progress, CancellationToken cancellation)
    {
        var reasons = new List<string>();
        foreach (var address in FashionMnist.Addresses)
        {
            var temporary = $"{path}.{Guid.NewGuid():N}.tmp";
            try
            {
                await FetchFromAsync(client, new Uri(address, file.Name + ".gz"), temporary, file.Name, stallTime, progress, cancellation).ConfigureAwait(false);
                if (Sum(temporary, file) == FashionMnist.Data.Sha256[file])
                {
                    Locally(path, "replaced", () => File.Move(temporary, path, overwrite: true));
                    return;
                }

                reasons.Add($"{address.Host}: the {file.Name} that it sent is not the published file");
            }
            catch (HttpRequestException exception) when (exception.InnerException is System.Net.Sockets.SocketException fault)
            {
                // Without the address once more.
                reasons.Add($"{address.Host}: {fault.Message}");
            }
            catch (Exception exception) when (exception is HttpRequestException or IOException)
            {
                reasons.Add($"{address.Host}: {exception.Message}");
            }
            catch (OperationCanceledException exception) when (!cancellation.IsCancellationRequested)
            {
                // The time to connect is the handler's own, shorter one.
                reasons.Add($"{address.Host}: {(exception.InnerException as TimeoutException)?.Message ?? $"nothing came for {stallTime.TotalSeconds:0.##} seconds"}");
            }
            finally
            {
                File.Delete(temporary);
            }
        }

        throw new DownloadException(string.Join("; ", reasons));
    }

    private static async Task FetchFromAsync(
        HttpClient client, Uri address, string target, string name, TimeSpan stallTime, Action<DownloadProgress>? progress, CancellationToken cancellation)
    {
        // Made before anything is asked for: a folder that takes no files is not the fault of an address.
        using var file = Locally(Path.GetDirectoryName(target)!, "written", () => new FileStream(target, FileMode.CreateNew, FileAccess.Write, FileShare.None));

        // Runs out when nothing has come for a while; every block that comes winds it up again.
        using var stall = CancellationTokenSource.CreateLinkedTokenSource(cancellation);
        stall.CancelAfter(stallTime);
        using var response = await client.GetAsync(address, HttpCompletionOption.ResponseHeadersRead, stall.Token).ConfigureAwait(false);
        response.EnsureSuccessStatusCode();
        var source = await response.Content.ReadAsStreamAsync(stall.Token).ConfigureAwait(false);
        var buffer = new byte[1 << 16];
        long received = 0;
        while (true)
        {
            stall.CancelAfter(stallTime);
            var count = await source.ReadAsync(buffer, stall.Token).ConfigureAwait(false);
            if (count == 0)
            {
                Locally(target, "written", () => file.Flush(flushToDisk: true));
                return;
            }

            received += count;
            if (received > MaxBytes)
            {
                throw new HttpRequestException("the response is far larger than the file can be");
            }

            Locally(target, "written", () => file.Write(buffer, 0, count));
            progress?.Invoke(new DownloadProgress(name, received, response.Content.Headers.ContentLength));
        }
    }

    private static void Locally(string path, string what, Action action) => Locally(path, what, () =>
    {
        action();
        return true;
    });

    /// <summary>Does something on this machine's disk. What fails there would fail for every address.</summary>
    private static T Locally<T>(string path, string what, Func<T> action)
    {
        try
        {
            return action();
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            throw new DownloadException($"{path} cannot be {what}: {exception.Message}");
        }
    }

    /// <summary>The sum of the uncompressed content; null when the file cannot be read to its end.</summary>
    private static string? Sum(string path, IdxFileName file)
    {
        try
        {
            return IdxReader.ReadCompressed(path, file.HasImages).Sha256;
        }
        catch (InputException)
        {
            return null;
        }
    }
}
