using System.IO.Compression;
using System.Security.Cryptography;

namespace FashionCnn.Data;

/// <summary>How far a download has come.</summary>
/// <param name="File">The file that is being fetched.</param>
/// <param name="Received">Its bytes so far.</param>
/// <param name="Total">Its bytes in all; null when the server does not say.</param>
public sealed record DownloadProgress(string File, long Received, long? Total);

/// <summary>The data set could not be downloaded; the message lists what was tried.</summary>
internal sealed class DownloadException(string message) : Exception(message);

/// <summary>Fetches the four files into a folder, each verified before it gets its name.</summary>
internal static class Download
{
    private const long MaxBytes = 64L << 20;

    public static async Task FetchAsync(DataEnvironment environment, Action<DownloadProgress>? progress, CancellationToken cancellation)
    {
        try
        {
            Directory.CreateDirectory(environment.Cache);
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            throw new DownloadException($"the folder {environment.Cache} cannot be made: {exception.Message}");
        }

        using var client = new HttpClient(environment.Network()) { Timeout = Timeout.InfiniteTimeSpan };
        foreach (var file in FashionMnist.Files)
        {
            var path = Path.Combine(environment.Cache, file.Name + ".gz");
            if (!File.Exists(path) || Sum(path) != file.Sha256)
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
                if (Sum(temporary) == file.Sha256)
                {
                    File.Move(temporary, path, overwrite: true);
                    return;
                }

                reasons.Add($"{address.Host}: what it sent for {file.Name} is not the published content");
            }
            catch (Exception exception) when (exception is HttpRequestException or IOException or UnauthorizedAccessException)
            {
                reasons.Add($"{address.Host}: {exception.Message}");
            }
            catch (OperationCanceledException) when (!cancellation.IsCancellationRequested)
            {
                reasons.Add($"{address.Host}: nothing came for {stallTime.TotalSeconds:0} seconds");
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
        // Runs out when nothing has come for a while; every block that comes winds it up again.
        using var stall = CancellationTokenSource.CreateLinkedTokenSource(cancellation);
        stall.CancelAfter(stallTime);
        using var response = await client.GetAsync(address, HttpCompletionOption.ResponseHeadersRead, stall.Token).ConfigureAwait(false);
        response.EnsureSuccessStatusCode();
        var source = await response.Content.ReadAsStreamAsync(stall.Token).ConfigureAwait(false);
        await using var file = new FileStream(target, FileMode.CreateNew, FileAccess.Write, FileShare.None);
        var buffer = new byte[1 << 16];
        long received = 0;
        while (true)
        {
            stall.CancelAfter(stallTime);
            var count = await source.ReadAsync(buffer, stall.Token).ConfigureAwait(false);
            if (count == 0)
            {
                file.Flush(flushToDisk: true);
                return;
            }

            received += count;
            if (received > MaxBytes)
            {
                throw new HttpRequestException("the answer is far larger than the file can be");
            }

            await file.WriteAsync(buffer.AsMemory(0, count), stall.Token).ConfigureAwait(false);
            progress?.Invoke(new DownloadProgress(name, received, response.Content.Headers.ContentLength));
        }
    }

    /// <summary>The sum of the uncompressed content; null when it cannot be decompressed.</summary>
    private static string? Sum(string path)
    {
        try
        {
            using var file = File.OpenRead(path);
            using var content = new GZipStream(file, CompressionMode.Decompress);
            return Convert.ToHexStringLower(SHA256.HashData(content));
        }
        catch (InvalidDataException)
        {
            return null;
        }
    }
}
