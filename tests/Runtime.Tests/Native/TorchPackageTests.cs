using System.Diagnostics;
using System.Runtime.CompilerServices;
using System.Text.Json;
using Xunit;

namespace FashionCnn.Runtime.Tests.Native;

/// <summary>Which packages the project asks for, evaluated for each platform without restoring them.</summary>
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
        var (exitCode, output) = MSBuild($"-getItem:PackageReference -p:OS={system}" + (backend is null ? string.Empty : $" -p:TorchBackend={backend}"));

        Assert.True(exitCode == 0, output);
        using var json = JsonDocument.Parse(output);
        var packages = json.RootElement.GetProperty("Items").GetProperty("PackageReference").EnumerateArray().Select(item => item.GetProperty("Identity").GetString()!);
        Assert.Equal([package], packages.Where(name => name.StartsWith("TorchSharp-", StringComparison.Ordinal)));
    }

    [Fact]
    public void Another_backend_is_refused_before_anything_is_restored()
    {
        var (exitCode, output) = MSBuild("-t:Restore -p:TorchBackend=rocm");

        Assert.NotEqual(0, exitCode);
        Assert.Contains("TorchBackend is 'rocm'; it must be cpu or cuda.", output, StringComparison.Ordinal);
    }

    private static (int ExitCode, string Output) MSBuild(string arguments, [CallerFilePath] string source = "")
    {
        var project = Path.GetFullPath(Path.Combine(Path.GetDirectoryName(source)!, "..", "..", "..", "src", "Runtime", "FashionCnn.Runtime.csproj"));
        using var process = Process.Start(new ProcessStartInfo("dotnet", $"msbuild \"{project}\" -nologo {arguments}") { RedirectStandardOutput = true })!;
        var output = process.StandardOutput.ReadToEnd();
        process.WaitForExit();
        return (process.ExitCode, output);
    }
}
