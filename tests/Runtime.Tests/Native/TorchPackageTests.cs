using System.Diagnostics;
using System.Runtime.CompilerServices;
using System.Text.Json;
using Xunit;

namespace FashionCnn.Runtime.Tests.Native;

/// <summary>Which packages the projects ask for, evaluated for each platform without restoring them.</summary>
public sealed class TorchPackageTests
{
    [Theory]
    [InlineData("Windows_NT", null, "TorchSharp-cuda-windows")]
    [InlineData("Windows_NT", "cpu", "TorchSharp-cpu")]
    [InlineData("Windows_NT", "cuda", "TorchSharp-cuda-windows")]
    [InlineData("Unix", null, "TorchSharp-cpu")]
    [InlineData("Unix", "cpu", "TorchSharp-cpu")]
    [InlineData("Unix", "cuda", "TorchSharp-cuda-linux")]
    public void Each_platform_gets_its_backend(string system, string? backend, string package)
    {
        Assert.Equal([package], TorchPackages("Runner", $"-p:OS={system}" + (backend is null ? string.Empty : $" -p:TorchBackend={backend}")));
    }

    [Theory]
    [InlineData("Runtime", "TorchSharp")]
    [InlineData("CommandLine")]
    public void Libraries_leave_the_backend_to_the_program(string project, params string[] packages) => Assert.Equal(packages, TorchPackages(project, string.Empty));

    [Fact]
    public void Another_backend_is_refused_before_anything_is_restored()
    {
        var (exitCode, output) = MSBuild("Runner", "-t:Restore -p:TorchBackend=rocm");

        Assert.NotEqual(0, exitCode);
        Assert.Contains("TorchBackend is 'rocm'; it must be cpu or cuda.", output, StringComparison.Ordinal);
    }

    private static IEnumerable<string> TorchPackages(string project, string properties)
    {
        var (exitCode, output) = MSBuild(project, $"-getItem:PackageReference {properties}");
        Assert.True(exitCode == 0, output);
        using var json = JsonDocument.Parse(output);
        return [.. json.RootElement.GetProperty("Items").GetProperty("PackageReference").EnumerateArray().Select(item => item.GetProperty("Identity").GetString()!).Where(name => name.StartsWith("TorchSharp", StringComparison.Ordinal))];
    }

    private static (int ExitCode, string Output) MSBuild(string name, string arguments, [CallerFilePath] string source = "")
    {
        var project = Path.GetFullPath(Path.Combine(Path.GetDirectoryName(source)!, "..", "..", "..", "src", name, $"FashionCnn.{name}.csproj"));
        using var process = Process.Start(new ProcessStartInfo("dotnet", $"msbuild \"{project}\" -nologo {arguments}") { RedirectStandardOutput = true })!;
        var output = process.StandardOutput.ReadToEnd();
        process.WaitForExit();
        return (process.ExitCode, output);
    }
}
