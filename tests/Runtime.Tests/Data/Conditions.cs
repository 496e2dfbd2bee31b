using FashionCnn.Data;
using Xunit;

namespace FashionCnn.Runtime.Tests.Data;

/// <summary>A test that needs the 70,000 images; skipped, with the reason, where they are not installed.</summary>
internal sealed class FullSetFactAttribute : FactAttribute
{
    public const string Folder = "/usr/share/datasets/fashion-mnist";

    public FullSetFactAttribute()
    {
        if (!Directory.Exists(Folder))
        {
            Skip = $"{Folder} is not there; install the package dataset-fashion-mnist.";
        }
    }
}

/// <summary>A test that takes permissions away; skipped, with the reason, for users whom permissions do not bind.</summary>
internal sealed class PermissionFactAttribute : FactAttribute
{
    public PermissionFactAttribute()
    {
        if (OperatingSystem.IsWindows() || Environment.UserName == "root")
        {
            Skip = "File permissions do not bind this user; run the tests as another one.";
        }
    }
}

/// <summary>A test of what only Linux has.</summary>
internal sealed class LinuxFactAttribute : FactAttribute
{
    public LinuxFactAttribute()
    {
        if (!OperatingSystem.IsLinux())
        {
            Skip = "This needs Linux's /proc.";
        }
    }
}

/// <summary>A machine on which nothing is set, nothing is installed and any request is a mistake.</summary>
internal static class NoMachine
{
    public static DataEnvironment Environment { get; } = new(
        null, "nowhere/cache", "nowhere/system", () => throw new InvalidOperationException("no request was expected"), TimeSpan.FromSeconds(20));
}
