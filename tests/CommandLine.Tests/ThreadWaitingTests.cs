using System.Diagnostics;
using System.Text.RegularExpressions;
using Xunit;

namespace FashionCnn.CommandLine.Tests;

/// <summary>OpenMP, when it is told to, prints what it has read from its environment.</summary>
public sealed class ThreadWaitingTests
{
    [Theory]
    [InlineData("", "", "5000")]
    [InlineData("77", "", "77")]
    [InlineData("", "PASSIVE", "0")]
    [InlineData("", "ACTIVE", "30000000000")]
    public void Threads_wait_only_shortly_unless_the_user_says_otherwise(string turns, string policy, string expected)
    {
        if (!OperatingSystem.IsLinux())
        {
            return;
        }

        var start = new ProcessStartInfo("dotnet", [Processes.Program, "predict", "model1a", "nothing.png", "--weights", "nothing"]) { RedirectStandardOutput = true, RedirectStandardError = true };
        start.Environment["OMP_DISPLAY_ENV"] = "VERBOSE";
        Set("GOMP_SPINCOUNT", turns);
        Set("OMP_WAIT_POLICY", policy);

        var (exitCode, _, error) = Processes.Finish(Process.Start(start)!);

        Assert.Equal(2, exitCode);
        Assert.Equal(expected, Regex.Match(error, "GOMP_SPINCOUNT = '(\\d+)'").Groups[1].Value);

        void Set(string name, string value)
        {
            if (value.Length > 0)
            {
                start.Environment[name] = value;
            }
            else
            {
                _ = start.Environment.Remove(name);
            }
        }
    }
}
