using Xunit;

namespace FashionCnn.CommandLine.Tests;

/// <summary>A test that redirects as shells do, to a device that is always full; skipped, with the reason, where there is none.</summary>
internal sealed class FullDeviceTheoryAttribute : TheoryAttribute
{
    public FullDeviceTheoryAttribute() => Skip = File.Exists("/dev/full") ? null : "There is no /dev/full.";
}

/// <summary>Exit codes hold whatever becomes of the standard streams.</summary>
[Collection(ProcessGroup.Name)]
public sealed class StreamTests : IDisposable
{
    private const string Small = "--data sample --train-images 64 --test-images 40 --threads 1";

    private readonly DirectoryInfo folder = Directory.CreateTempSubdirectory("fashioncnn-");

    public void Dispose() => folder.Delete(recursive: true);

    [FullDeviceTheory]
    [InlineData("train model1a --epochs 0 2>/dev/full", 2)]
    [InlineData("train model1a --epochs 0 2>&-", 2)]
    [InlineData("list >/dev/full 2>/dev/full", 1)]
    [InlineData("list >&- 2>&-", 1)]
    [InlineData("list <&- >&- 2>&-", 1)]
    [InlineData("list nonsense >&- 2>&-", 2)]
    [InlineData("--help >/dev/full 2>/dev/full", 1)]
    [InlineData("predict model1a nowhere.png --weights nowhere 2>/dev/full", 2)]
    [InlineData("summary model1a 2>&-", 0)]
    public void Errors_that_cannot_be_written_leave_the_exit_code_as_it_is(string command, int exitCode) =>
        Assert.Equal(exitCode, Shell(command).ExitCode);

    [FullDeviceTheory]
    [InlineData("list >/dev/full", "error: standard output could not be written: No space left on device.\n")]
    [InlineData("summary model3 >/dev/full", "error: standard output could not be written: No space left on device.\n")]
    [InlineData("summary model3 --format svg >/dev/full", "error: standard output could not be written: No space left on device.\n")]
    [InlineData("train --help >/dev/full", "error: standard output could not be written: No space left on device.\n")]
    [InlineData("list >&-", "error: standard output could not be written: it is closed.\n")]
    [InlineData("evaluate model1a --weights nowhere >&-", "error: standard output could not be written: it is closed.\n")]
    [InlineData($"train model1a {Small} --output out >&-", "error: standard output could not be written: it is closed.\n")]
    public void A_full_or_closed_standard_output_is_named_as_that(string command, string message)
    {
        Assert.Equal((1, message), Shell(command));
        Assert.False(Directory.Exists(Path.Combine(folder.FullName, "out")));
    }

    [FullDeviceTheory]
    [InlineData(">/dev/full 2>/dev/full")]
    [InlineData(">&- 2>&-")]
    public void A_start_that_nobody_can_hear_of_does_not_block_its_folder(string redirection)
    {
        Assert.Equal(1, Shell($"train model1a {Small} --epochs 1 --output out {redirection}").ExitCode);

        Assert.Equal((0, string.Empty), Shell($"train model1a {Small} --epochs 1 --output out >/dev/null"));
    }

    [FullDiskFact]
    public void Training_goes_on_when_its_log_is_full()
    {
        // Room for what is said before the first step, and then for nothing.
        var (exitCode, _, error) = FullDiskFactAttribute.RunOnSmallDisk(
            folder.FullName, "8k", $"head -c 6600 /dev/zero > disk/log && dotnet {Processes.Program} train model1a {Small} --epochs 12 --no-self-check --output out >> disk/log");

        Assert.Equal((1, "error: standard output could not be written: No space left on device.\n"), (exitCode, error));
        Assert.Contains("\"completed\": true", File.ReadAllText(Path.Combine(folder.FullName, "out", "result.json")), StringComparison.Ordinal);
    }

    [FullDiskFact]
    public void A_full_temporary_folder_is_not_the_fault_of_the_file()
    {
        // Packed it has 300 kB.
        File.Copy(ImportTests.Fixture("resnet.keras"), Path.Combine(folder.FullName, "resnet.keras"));

        var (exitCode, _, error) = FullDiskFactAttribute.RunOnSmallDisk(
            folder.FullName, "64k", $"TMPDIR=$PWD/disk dotnet {Processes.Program} import resnet.keras --pixels 0..1");

        Assert.Equal(1, exitCode);
        Assert.StartsWith($"error: a file could not be read or written: the weights cannot be unpacked in {folder.FullName}/disk/: No space left on device", error, StringComparison.Ordinal);
        Assert.Equal(["disk", "resnet.keras"], Directory.GetFileSystemEntries(folder.FullName).Select(Path.GetFileName).Order(StringComparer.Ordinal));
    }

    private (int ExitCode, string Error) Shell(string command)
    {
        var (exitCode, _, error) = Processes.Finish(Processes.Start("sh", folder.FullName, ["-c", $"dotnet {Processes.Program} {command}"]));
        return (exitCode, error);
    }
}
