using System.Runtime.InteropServices;

namespace FashionCnn.Native;

/// <summary>
/// The environment that native code reads. On Linux, .NET works on a copy of its own, and what is set there reaches no library; on Windows
/// both are the same for what asks the system, as oneDNN does (<c>GetEnvironmentVariable</c>).
/// </summary>
internal static partial class NativeEnvironment
{
    private const string C = "libc.so.6";

    /// <summary>The value of a variable; null when there is none.</summary>
    public static string? Get(string name) => OperatingSystem.IsLinux() ? Marshal.PtrToStringUTF8(GetInC(name)) : Environment.GetEnvironmentVariable(name);

    /// <summary>Sets a variable.</summary>
    public static void Set(string name, string value)
    {
        Environment.SetEnvironmentVariable(name, value);
        if (OperatingSystem.IsLinux())
        {
            _ = SetInC(name, value, overwrite: 1);
        }
    }

    [LibraryImport(C, EntryPoint = "getenv", StringMarshalling = StringMarshalling.Utf8)]
    private static partial nint GetInC(string name);

    [LibraryImport(C, EntryPoint = "setenv", StringMarshalling = StringMarshalling.Utf8)]
    private static partial int SetInC(string name, string value, int overwrite);
}
