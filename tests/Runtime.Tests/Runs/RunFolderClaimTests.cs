using FashionCnn.Runs;
using FashionCnn.Training;
using Xunit;

namespace FashionCnn.Runtime.Tests.Runs;

public sealed class RunFolderClaimTests : IDisposable
{
    private static readonly DateTimeOffset Start = new(2026, 1, 2, 3, 4, 5, TimeSpan.Zero);

    private readonly TemporaryFolder folder = new();

    public void Dispose() => folder.Dispose();

    // Both saw the folder empty; the first has claimed it, written its configuration and withdrawn its claim since.
    [Fact]
    public void A_folder_that_was_taken_after_it_was_seen_empty_is_left_to_its_owner()
    {
        Assert.True(RunFolder.Own(folder.Path));
        Assert.False(RunFolder.Own(folder.Path));

        File.Delete(folder.File(".claim"));
        File.WriteAllText(folder.File("config.json"), "{}");

        Assert.False(RunFolder.Own(folder.Path));
        Assert.Equal(["config.json"], Directory.GetFileSystemEntries(folder.Path).Select(Path.GetFileName));
    }

    [Fact]
    public void The_configuration_names_both_fingerprints()
    {
        var configuration = RunConfiguration.Of(TestModels.Small, TestModels.Stripes(4, 2), new RunSettings(TestModels.Small.Training, 7, 1, "cpu"));
        var run = RunFolder.Create(folder.File("run"), "m", Start, 7);

        run.WriteConfig(configuration);

        var text = File.ReadAllText(run.File("config.json"));
        Assert.Contains("\"architecture_fingerprint\": \"a\"", text, StringComparison.Ordinal);
        Assert.Contains("\"training_fingerprint\": \"t\"", text, StringComparison.Ordinal);
    }
}
