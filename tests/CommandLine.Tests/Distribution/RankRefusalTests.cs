using System.Diagnostics;
using System.Text.RegularExpressions;
using Xunit;

namespace FashionCnn.CommandLine.Tests.Distribution;

/// <summary>What several processes do not train, and what is missing for it, said once.</summary>
[Collection(ProcessGroup.Name)]
public sealed class RankRefusalTests(OneProcess one) : IDisposable
{
    private readonly DirectoryInfo folder = Directory.CreateTempSubdirectory("fashioncnn-");

    public void Dispose() => folder.Delete(recursive: true);

    [Theory]
    [OpenMpiData]
    [MpichData]
    public void What_is_wrong_for_all_ranks_is_said_once(string launcher)
    {
        var (exitCode, output, error) = Launcher.Of(launcher).Run(2, one.Folder, [.. OneProcess.Budget, "--data", "nowhere", "--output", Path.Combine(folder.FullName, "run")]);
        Assert.NotEqual(0, exitCode);
        Assert.Single(Regex.Matches(output + error, "error: "));

        (exitCode, output, error) = Launcher.Of(launcher).Run(2, one.Folder, "train", "net.json", "--epoch", "3");
        Assert.NotEqual(0, exitCode);
        Assert.Single(Regex.Matches(output + error, "error: "));

        File.WriteAllText(Path.Combine(folder.FullName, "wrong.json"), """{ "version": 1, "input": { "shape": [28, 28, 1] }, "layers": [ { "type": "Dense", "units": 0 } ] }""");
        (exitCode, output, error) = Launcher.Of(launcher).Run(2, one.Folder, "train", Path.Combine(folder.FullName, "wrong.json"));
        Assert.Equal(2, exitCode);
        Assert.Single(Regex.Matches(output + error, "error FCNN"));

        (exitCode, output, error) = Launcher.Of(launcher).Run(2, one.Folder, [.. OneProcess.Budget, "--mixup", "0.2", "--output", Path.Combine(folder.FullName, "mixed")]);
        Assert.Equal(2, exitCode);
        Assert.StartsWith("error: mixup and cutmix mix an image with any other one of its batch, of which each of 2 ranks has a part only.", Assert.Single(Regex.Matches(output + error, "error: [^\r\n]*")).Value, StringComparison.Ordinal);

        (exitCode, output, error) = Launcher.Of(launcher).Run(2, one.Folder, "train", "net.json", "--tune");
        Assert.NotEqual(0, exitCode);
        Assert.Equal(
            "error: --tune measures one process, and there are 2 ranks. Omit it; --layout and --threads set what one process has found.",
            Assert.Single(Regex.Matches(output + error, "error: [^\r\n]*")).Value);
    }

    [Theory]
    [OpenMpiData]
    [MpichData]
    public void The_table_is_refused_once(string launcher)
    {
        var (exitCode, _, error) = Launcher.Of(launcher).Run(2, folder.FullName, ["table", "model1a", "--data", "sample", "--train-images", "64", "--epochs", "1"]);

        Assert.NotEqual(0, exitCode);
        Assert.Single(error.Split('\n'), line => line.StartsWith("error: table trains one model after the other in one process. Start it without the launcher", StringComparison.Ordinal));
        Assert.Empty(folder.GetFileSystemInfos());
    }

    [BothTheory]
    [InlineData("openmpi", "libmpich.so.12", "MPICH ")]
    [InlineData("mpich", "libmpi.so.40", "Open MPI v")]
    public void The_other_MPI_is_one_message(string launcher, string library, string name)
    {
        var (exitCode, output, error) = (Launcher.Of(launcher) with { Library = library }).Run(2, one.Folder, [.. OneProcess.Budget, "--output", Path.Combine(folder.FullName, "run")]);

        Assert.Equal(2, exitCode);
        var message = Assert.Single(Regex.Matches(output + error, "error: [^\n]*")).Value;
        Assert.Contains($" as number 1 of 2, but the MPI library that was found, {name}", message, StringComparison.Ordinal);
        Assert.Contains(", sees only this one. Start it with the launcher of that library, or name the library that belongs to the launcher in FASHIONCNN_MPI_LIBRARY.", message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("nowhere.so", "FASHIONCNN_MPI_LIBRARY names nowhere.so, which cannot be loaded.")]
    [InlineData("libm.so.6", "no MPI library fits: libm.so.6 is not an MPI library of standard 3.0 or later. Open MPI 3 to 5 and MPICH 3.1 to 4, or libraries with its binary interface, do.")]
    public void Without_an_MPI_that_fits_a_process_that_is_one_of_several_says_so_once(string library, string message)
    {
        var (exitCode, _, error) = Alone(library, rank: 0);
        Assert.Equal((2, $"error: This process was started by mpirun of Open MPI as number 1 of 2, but {message}\n"), (exitCode, error));

        (exitCode, _, error) = Alone(library, rank: 1);
        Assert.Equal((2, string.Empty), (exitCode, error));
    }

    private (int ExitCode, string Output, string Error) Alone(string library, int rank)
    {
        var start = new ProcessStartInfo("dotnet", [Processes.Program, .. OneProcess.Budget, "--output", Path.Combine(folder.FullName, "run")]) { WorkingDirectory = one.Folder, RedirectStandardOutput = true, RedirectStandardError = true };
        start.Environment["FASHIONCNN_MPI_LIBRARY"] = library;
        start.Environment["OMPI_COMM_WORLD_RANK"] = start.Environment["OMPI_COMM_WORLD_LOCAL_RANK"] = $"{rank}";
        start.Environment["OMPI_COMM_WORLD_SIZE"] = "2";
        return Processes.Finish(Process.Start(start)!);
    }
}
