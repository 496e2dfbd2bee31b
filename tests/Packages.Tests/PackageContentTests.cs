using System.IO.Compression;
using System.Reflection.Metadata;
using System.Xml.Linq;
using FashionCnn.Tests;
using Xunit;

namespace FashionCnn.Packages.Tests;

/// <summary>What is in the packages.</summary>
[Collection(nameof(Feed))]
public sealed class PackageContentTests(Feed feed)
{
    private static readonly string[] Foreign = ["torch", "skia", "ScottPlot", "HarfBuzz", "CodeAnalysis", "FashionCnn.Runtime", "FashionCnn.CommandLine"];

    private static readonly Guid EmbeddedSource = new("0E8A571B-6926-466E-B4AD-8AB04611F5FE");

    [PackagesFact]
    public void Packages_hold_what_belongs_to_each_and_their_symbols_hold_the_sources()
    {
        Assert.Equal(["FashionCnn.CommandLine", "FashionCnn.Commands", "FashionCnn.Compiler", "FashionCnn.Generator", "FashionCnn.Interchange", "FashionCnn.Runtime", "FashionCnn.SpecFiles", "FashionCnn.Storage", "FashionCnn.Templates", "FashionCnn.Tool"], feed.Packages.Keys.Order(StringComparer.Ordinal));
        Assert.All(feed.Packages.Keys, name => Assert.Superset(new HashSet<string> { "README.md", "CHANGELOG.md", "LICENSE", $"{name}.nuspec" }, Files(name)));

        Assert.Superset(
            new HashSet<string>
            {
                "analyzers/dotnet/cs/FashionCnn.Generator.dll", "build/FashionCnn.Generator.props", "build/FashionCnn.Generator.targets",
                "buildTransitive/FashionCnn.Generator.props", "buildTransitive/FashionCnn.Generator.targets",
            },
            Files("FashionCnn.Generator"));
        Assert.DoesNotContain(Files("FashionCnn.Generator"), file => file.StartsWith("lib/", StringComparison.Ordinal));
        Assert.Equal("true", Metadata("FashionCnn.Generator", "developmentDependency").Single().Value);
        Assert.Empty(Metadata("FashionCnn.Generator", "dependency"));

        foreach (var name in new[] { "FashionCnn.Runtime", "FashionCnn.CommandLine", "FashionCnn.Commands", "FashionCnn.SpecFiles", "FashionCnn.Interchange", "FashionCnn.Storage" })
        {
            Assert.Superset(new HashSet<string> { $"lib/net8.0/{name}.dll", $"lib/net8.0/{name}.xml", $"lib/net10.0/{name}.dll", $"lib/net10.0/{name}.xml" }, Files(name));
        }

        Assert.Superset(new HashSet<string> { "buildTransitive/FashionCnn.Runtime.props", "buildTransitive/FashionCnn.Runtime.targets" }, Files("FashionCnn.Runtime"));
        // Which of Torch's libraries it is, the program decides.
        var dependencies = Metadata("FashionCnn.Runtime", "dependency").Select(dependency => dependency.Attribute("id")!.Value).ToHashSet();
        Assert.Contains("TorchSharp", dependencies);
        Assert.DoesNotContain(dependencies, name => name.StartsWith("TorchSharp-", StringComparison.Ordinal) || name.StartsWith("libtorch", StringComparison.Ordinal));

        Assert.Superset(new HashSet<string> { "content/fashioncnn/Flowers.csproj", "content/fashioncnn/.template.config/template.json", "content/fashioncnn/.config/dotnet-tools.json", "content/fashioncnn/.vscode/settings.json", "content/fashioncnn/specs/model-spec.schema.json" }, Files("FashionCnn.Templates"));
        Assert.All(feed.Packages.Where(package => package.Key != "FashionCnn.Templates"), package => CheckSymbols(Path.ChangeExtension(package.Value, ".snupkg")));
    }

    // Compiled by a process of its own, in another folder: neither paths nor a process's seed of hashes may get into the bytes.
    [PackagesFact]
    public void The_same_sources_make_the_same_bytes()
    {
        var again = Path.Combine(feed.Folder, "again");

        foreach (var project in new[] { "Compiler", "Generator" })
        {
            var (exitCode, lines) = DotNet.Run(
                Feed.Root, variables: null, ["pack", $"src/{project}", .. DotNet.Quietly, "--artifacts-path", Path.Combine(feed.Folder, "another", "build"), "-o", again, "-p:VersionSuffix=test", "-p:UseSharedCompilation=false"]);

            Assert.True(exitCode == 0, string.Join('\n', lines));
            var first = feed.Packages[$"FashionCnn.{project}"];
            Assert.All([Path.GetFileName(first), Path.ChangeExtension(Path.GetFileName(first), ".snupkg")], name => Assert.True(
                File.ReadAllBytes(Path.Combine(Path.GetDirectoryName(first)!, name)).AsSpan().SequenceEqual(File.ReadAllBytes(Path.Combine(again, name))), name));
        }
    }

    [PackagesFact]
    public void The_tool_is_small_and_has_nothing_of_Torch_of_pictures_or_of_Roslyn()
    {
        var files = Files("FashionCnn.Tool");

        Assert.Superset(new HashSet<string> { "tools/net10.0/any/fcnn.dll", "tools/net10.0/any/DotnetToolSettings.xml", "tools/net10.0/any/FashionCnn.Commands.dll", "tools/net10.0/any/FashionCnn.LanguageServer.dll" }, files);
        Assert.DoesNotContain(files, file => Foreign.Any(name => file.Contains(name, StringComparison.OrdinalIgnoreCase)));
        Assert.Equal("DotnetTool", Metadata("FashionCnn.Tool", "packageType").Single().Attribute("name")!.Value);
        Assert.InRange(new FileInfo(feed.Packages["FashionCnn.Tool"]).Length, 1_000_000, 15_000_000);
    }

    private HashSet<string> Files(string name)
    {
        using var archive = ZipFile.OpenRead(feed.Packages[name]);
        return [.. archive.Entries.Select(entry => entry.FullName)];
    }

    private List<XElement> Metadata(string name, string element)
    {
        using var archive = ZipFile.OpenRead(feed.Packages[name]);
        using var stream = archive.GetEntry($"{name}.nuspec")!.Open();
        return [.. XDocument.Load(stream).Descendants().Where(found => found.Name.LocalName == element)];
    }

    private static void CheckSymbols(string path)
    {
        using var archive = ZipFile.OpenRead(path);
        var symbols = archive.Entries.Where(entry => entry.Name.EndsWith(".pdb", StringComparison.Ordinal)).ToList();
        Assert.NotEmpty(symbols);
        foreach (var entry in symbols)
        {
            using var memory = new MemoryStream();
            using (var stream = entry.Open())
            {
                stream.CopyTo(memory);
            }

            memory.Position = 0;
            using var provider = MetadataReaderProvider.FromPortablePdbStream(memory);
            var reader = provider.GetMetadataReader();
            var embedded = reader.CustomDebugInformation.Select(reader.GetCustomDebugInformation).Where(information => reader.GetGuid(information.Kind) == EmbeddedSource).Select(information => information.Parent).ToHashSet();
            Assert.All(reader.Documents, document =>
            {
                var name = reader.GetString(reader.GetDocument(document).Name);
                Assert.Contains((EntityHandle)document, embedded);
                // No path of the machine on which it was built.
                Assert.StartsWith("/_/", name, StringComparison.Ordinal);
            });
        }
    }
}
