using Xunit;

namespace FashionCnn.CommandLine.Tests;

/// <summary>Finished runs from before run folders had a version stay readable.</summary>
public sealed class OlderRunTests : IDisposable
{
    private readonly TestProgram program = new();

    public OlderRunTests()
    {
        foreach (var name in new[] { "a", "b" })
        {
            Directory.CreateDirectory(name);
            foreach (var file in Directory.GetFiles(Path.Combine(AppContext.BaseDirectory, "Fixtures", "run-of-version-1")))
            {
                File.Copy(file, Path.Combine(name, Path.GetFileName(file)));
            }
        }
    }

    public void Dispose() => program.Dispose();

    [Fact]
    public void A_report_is_made_of_it()
    {
        Assert.Equal(0, program.Run("report", "a"));

        var report = program.Read("a/report.html");
        Assert.Contains("0.5650", report, StringComparison.Ordinal);
        Assert.Contains("Ankle boot", report, StringComparison.Ordinal);
        Assert.Contains("data:image/png", report, StringComparison.Ordinal);
    }

    [Fact]
    public void It_is_compared()
    {
        Assert.Equal(0, program.Run("compare", "a", "b"));

        Assert.Matches(@"model1a a +1 +2 +fp32 +0\.5650 +0\.\d{4} to 0\.\d{4} +1\.4633", program.Output);
        Assert.DoesNotContain("Note:", program.Output, StringComparison.Ordinal);
    }

    [Fact]
    public void A_run_of_a_later_version_is_refused()
    {
        File.WriteAllText("a/config.json", program.Read("a/config.json").Replace("{\n  \"model\"", "{\n  \"version\": 99,\n  \"model\"", StringComparison.Ordinal));

        Assert.Equal(2, program.Run("report", "a"));
        Assert.Equal("error: a/config.json: the run was written by a later version of the program (99; this one reads up to 3). Use that version.\n", program.Error);
    }
}
