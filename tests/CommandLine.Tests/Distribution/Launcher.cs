using System.Diagnostics;
using System.Reflection;
using Xunit;
using Xunit.Sdk;

namespace FashionCnn.CommandLine.Tests.Distribution;

/// <summary>A launcher of MPI processes.</summary>
internal sealed record Launcher(string Name, string File, string[] Arguments, string Library)
{
    public static Launcher? OpenMpi { get; } = Find("openmpi", "Open MPI", ["mpirun.openmpi", "mpirun"], ["--allow-run-as-root", "--oversubscribe"], "libmpi.so.40");

    public static Launcher? Mpich { get; } = Find("mpich", "HYDRA", ["mpirun.mpich", "mpiexec.hydra", "mpirun"], [], "libmpich.so.12");

    /// <summary>The program that it starts.</summary>
    public string Program { get; init; } = Processes.Program;

    public static Launcher Of(string name) => (name == "openmpi" ? OpenMpi : Mpich)!;

    /// <summary>Starts the program in several processes, in a folder that is also its cache.</summary>
    public Process Start(int ranks, string folder, params string[] args)
    {
        var start = new ProcessStartInfo(File, [.. Arguments, "-np", $"{ranks}", "dotnet", Program, .. args]) { WorkingDirectory = folder, RedirectStandardOutput = true, RedirectStandardError = true };
        start.Environment["XDG_CACHE_HOME"] = folder;
        start.Environment["FASHIONCNN_MPI_LIBRARY"] = Library;
        return Process.Start(start)!;
    }

    /// <summary>Runs it to its end.</summary>
    public (int ExitCode, string Output, string Error) Run(int ranks, string folder, params string[] args) => Processes.Finish(Start(ranks, folder, args));

    private static Launcher? Find(string name, string version, string[] files, string[] arguments, string library)
    {
        foreach (var file in files)
        {
            try
            {
                using var process = Process.Start(new ProcessStartInfo(file, ["--version"]) { RedirectStandardOutput = true, RedirectStandardError = true })!;
                var output = process.StandardOutput.ReadToEnd();
                process.WaitForExit();
                if (output.Contains(version, StringComparison.Ordinal))
                {
                    return new Launcher(name, file, arguments, library);
                }
            }
            catch (System.ComponentModel.Win32Exception)
            {
                // It is not installed.
            }
        }

        return null;
    }
}

/// <summary>Runs a test with a launcher, by its name and what else is given; skipped, with the reason, where it is not installed.</summary>
internal abstract class LauncherDataAttribute : DataAttribute
{
    private readonly object[] row;

    protected LauncherDataAttribute(string name, string product, Launcher? launcher, object[] more)
    {
        row = [name, .. more];
        Skip = launcher is null ? $"{product} is not installed." : null;
    }

    public override IEnumerable<object[]> GetData(MethodInfo testMethod) => [row];
}

[AttributeUsage(AttributeTargets.Method, AllowMultiple = true)]
internal sealed class OpenMpiDataAttribute(params object[] more) : LauncherDataAttribute("openmpi", "Open MPI", Launcher.OpenMpi, more);

[AttributeUsage(AttributeTargets.Method, AllowMultiple = true)]
internal sealed class MpichDataAttribute(params object[] more) : LauncherDataAttribute("mpich", "MPICH", Launcher.Mpich, more);

/// <summary>A test with the launcher of one MPI and the library of another; skipped, with the reason, where one is missing.</summary>
internal sealed class BothTheoryAttribute : TheoryAttribute
{
    public BothTheoryAttribute() => Skip = Launcher.OpenMpi is null || Launcher.Mpich is null ? "Open MPI and MPICH are not both installed." : null;
}

/// <summary>A test with Open MPI's launcher and a network namespace for each machine; skipped, with the reason, where this user may not make any.</summary>
internal sealed class NetworkNamespaceFactAttribute : FactAttribute
{
    public NetworkNamespaceFactAttribute() => Skip = Launcher.OpenMpi is null ? "Open MPI is not installed." : !Runs("ip", "-V") ? "ip (iproute2) is not installed." : MayMakeThem() ? null : "This user may not make network namespaces.";

    private static bool MayMakeThem() => Environment.UserName == "root" && Runs("unshare", "-n", "--", "sh", "-c", "ip netns list && ip link add v1 type veth peer name v2");

    private static bool Runs(string program, params string[] args)
    {
        try
        {
            using var process = Process.Start(new ProcessStartInfo(program, args) { RedirectStandardOutput = true, RedirectStandardError = true })!;
            process.WaitForExit();
            return process.ExitCode == 0;
        }
        catch (System.ComponentModel.Win32Exception)
        {
            return false;
        }
    }
}
