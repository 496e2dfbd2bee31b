using System.Globalization;

namespace FashionCnn.Commands;

/// <summary>
/// The standard streams as the system has them. A program that is started with one closed has something else under its number: the first
/// thing that the runtime opens, which is for reading or belongs to the runtime.
/// </summary>
internal static class StandardStream
{
    public const int Output = 1;
    public const int Error = 2;

    // By Linux's fcntl.h: the bits of a file's flags that say how it was opened.
    private const int AccessMask = 3;
    private const int ReadOnly = 0;

    /// <summary>Nothing can be written to a stream, because it was closed before the program started. Only Linux can tell.</summary>
    public static bool IsClosed(int number)
    {
        if (!OperatingSystem.IsLinux())
        {
            return false;
        }

        try
        {
            // The runtime keeps pipes of its own: a pipe with both ends among the standard streams is one of these.
            return IsReadOnly(number) || (Pipe(number) is { } pipe && Enumerable.Range(0, Error + 1).Any(other => other != number && Pipe(other) == pipe && IsReadOnly(other)));
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            // Without /proc nothing is known.
            return false;
        }
    }

    private static bool IsReadOnly(int number)
    {
        const string Flags = "flags:";
        var file = $"/proc/self/fdinfo/{number.ToString(CultureInfo.InvariantCulture)}";
        return Directory.Exists("/proc/self/fdinfo")
            && (!File.Exists(file)
                || (File.ReadLines(file).FirstOrDefault(line => line.StartsWith(Flags, StringComparison.Ordinal)) is { } flags
                    && (Convert.ToInt32(flags[Flags.Length..].Trim(), 8) & AccessMask) == ReadOnly));
    }

    private static string? Pipe(int number) =>
        File.ResolveLinkTarget($"/proc/self/fd/{number.ToString(CultureInfo.InvariantCulture)}", returnFinalTarget: false)?.Name is { } name && name.StartsWith("pipe:", StringComparison.Ordinal) ? name : null;
}
