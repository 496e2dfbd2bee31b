using Xunit;

namespace FashionCnn.CommandLine.Tests;

/// <summary>A test that mounts a small file system of its own; skipped, with the reason, where this user may not.</summary>
internal sealed class FullDiskFactAttribute : FactAttribute
{
    public FullDiskFactAttribute()
    {
        if (!OperatingSystem.IsLinux() || !CanMount())
        {
            Skip = "This user may not mount a file system in a namespace of its own (unshare -rm).";
        }
    }

    /// <summary>Runs a shell script in a folder whose subfolder <c>disk</c> is a disk of the given size.</summary>
    public static (int ExitCode, string Output, string Error) RunOnSmallDisk(string folder, string size, string script) => Processes.Finish(Processes.Start(
        "unshare", folder, ["-rm", "sh", "-c", $"mkdir -p disk && mount -t tmpfs -o size={size} tmpfs disk && {script}"]));

    private static bool CanMount()
    {
        var folder = Directory.CreateTempSubdirectory("fashioncnn-");
        try
        {
            return RunOnSmallDisk(folder.FullName, "1m", "true").ExitCode == 0;
        }
        catch (System.ComponentModel.Win32Exception)
        {
            return false;
        }
        finally
        {
            folder.Delete(recursive: true);
        }
    }
}
