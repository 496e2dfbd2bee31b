using System.Security;
using System.Text.Json;
using FashionCnn.Tests;

namespace FashionCnn.Generator.Tests.Builds;

/// <summary>A project of its own in a temporary folder, built by the real <c>dotnet build</c>. It needs no package. The specs in its folder <c>specs</c> are listed by the generator's props.</summary>
internal sealed class TinyProject : IDisposable
{
    /// <param name="items">What stands in the project before the generator's targets.</param>
    /// <param name="after">What stands after them, as the targets of a package would.</param>
    public TinyProject(string items = "", string after = "")
    {
        Write("tiny-app.csproj", $"""
            <Project Sdk="Microsoft.NET.Sdk">
              <Import Project="{Escaped(Path.Combine(Repository.Root, "src", "Generator", "build", "FashionCnn.Generator.props"))}" />
              <PropertyGroup>
                <TargetFramework>net{Environment.Version.Major}.0</TargetFramework>
                <Nullable>enable</Nullable>
                <NuGetAudit>false</NuGetAudit>
                <ErrorLog>log.sarif,version=2.1</ErrorLog>
              </PropertyGroup>
              <ItemGroup>
                <Analyzer Include="{Escaped(Beside("FashionCnn.Generator.dll"))}" />
                <Reference Include="{Escaped(Beside("FashionCnn.Runtime.dll"))}" />
                <Reference Include="{Escaped(Beside("TorchSharp.dll"))}" />
                {items}
              </ItemGroup>
              <Import Project="{Escaped(Path.Combine(Repository.Root, "src", "Generator", "build", "FashionCnn.Generator.targets"))}" />
              {after}
            </Project>
            """);
    }

    public string Folder { get; } = Directory.CreateTempSubdirectory("fashion-cnn ").FullName;

    public string PathOf(string file) => Path.GetFullPath(Path.Combine(Folder, file));

    public void Write(string file, string text)
    {
        Directory.CreateDirectory(Path.GetDirectoryName(PathOf(file))!);
        File.WriteAllText(PathOf(file), text);
    }

    public BuildResult Build()
    {
        var (exitCode, lines) = DotNet.Run(Folder, variables: null, ["build", .. DotNet.Quietly, "-p:UseSharedCompilation=false"]);
        var log = PathOf("log.sarif");
        return new BuildResult(exitCode, lines, File.Exists(log) ? Results(File.ReadAllText(log)) : []);
    }

    /// <summary>The files whose change makes <c>dotnet watch</c> build again.</summary>
    public IReadOnlyList<string> Watched() => [.. DotNet.Run(Folder, variables: null, "watch", "--list").Lines.Where(File.Exists).Select(path => Path.GetRelativePath(Folder, path).Replace('\\', '/'))];

    public void Dispose() => Directory.Delete(Folder, recursive: true);

    private static IReadOnlyList<SarifResult> Results(string log)
    {
        using var document = JsonDocument.Parse(log);
        return
        [
            .. document.RootElement.GetProperty("runs")[0].GetProperty("results").EnumerateArray()
                // The C# compiler says some things of its own that have no place.
                .Where(result => result.GetProperty("ruleId").GetString()!.StartsWith("FCNN", StringComparison.Ordinal))
                .Select(result =>
            {
                var place = result.GetProperty("locations")[0].GetProperty("physicalLocation");
                var region = place.GetProperty("region");
                return new SarifResult(
                    result.GetProperty("ruleId").GetString()!,
                    result.GetProperty("level").GetString()!,
                    new Uri(place.GetProperty("artifactLocation").GetProperty("uri").GetString()!).LocalPath,
                    (region.GetProperty("startLine").GetInt32(), region.GetProperty("startColumn").GetInt32()),
                    (region.GetProperty("endLine").GetInt32(), region.GetProperty("endColumn").GetInt32()));
            }),
        ];
    }

    private static string Beside(string file) => Path.Combine(AppContext.BaseDirectory, file);

    private static string Escaped(string path) => SecurityElement.Escape(path);
}

/// <param name="ExitCode">Zero without errors.</param>
/// <param name="Lines">What the build wrote to the console.</param>
/// <param name="Log">What it wrote to the SARIF file about specs.</param>
internal sealed record BuildResult(int ExitCode, IReadOnlyList<string> Lines, IReadOnlyList<SarifResult> Log)
{
    /// <summary>The console's errors and warnings, each once, without the project that MSBuild adds.</summary>
    public IReadOnlyList<string> Messages =>
    [
        .. Lines.Where(line => line.Contains(": error ", StringComparison.Ordinal) || line.Contains(": warning ", StringComparison.Ordinal))
            .Select(line => line[..line.LastIndexOf(" [", StringComparison.Ordinal)])
            .Distinct()
            .Order(StringComparer.Ordinal),
    ];
}

internal sealed record SarifResult(string Id, string Level, string Path, (int Line, int Column) Start, (int Line, int Column) End);
