namespace FashionCnn.Native;

/// <summary>
/// How long Torch's threads keep a core busy while they wait for each other. The default is some milliseconds, over and over; beside another
/// busy process, that takes the core from the very thread that is waited for.
/// </summary>
internal static class ThreadWaiting
{
    // GNU's OpenMP, which Torch brings on Linux, reads them when it is loaded.
    private const string Turns = "GOMP_SPINCOUNT";
    private const string Policy = "OMP_WAIT_POLICY";

    // Measured, see docs/performance.md.
    private const string FewTurns = "5000";

    /// <summary>Sets it for this process and those it starts. What the user has set stays. To be called before Torch is loaded.</summary>
    public static void Shorten()
    {
        if (OperatingSystem.IsLinux() && string.IsNullOrEmpty(NativeEnvironment.Get(Turns)) && string.IsNullOrEmpty(NativeEnvironment.Get(Policy)))
        {
            NativeEnvironment.Set(Turns, FewTurns);
        }
    }
}
