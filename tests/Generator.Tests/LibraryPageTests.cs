using System.Runtime.Loader;
using System.Text.RegularExpressions;
using FashionCnn.Runs;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;
using SkiaSharp;
using Xunit;

namespace FashionCnn.Generator.Tests;

/// <summary>The page docs/library.md is a program: its specs are generated, its code is compiled as it stands there, and runs.</summary>
public sealed partial class LibraryPageTests : IDisposable
{
    private static readonly string Page = File.ReadAllText(Path.Combine(Repository.Root, "docs", "library.md"));

    private readonly DirectoryInfo folder = Directory.CreateTempSubdirectory("fashioncnn-");

    public void Dispose() => folder.Delete(recursive: true);

    [Fact]
    public void The_code_of_the_page_runs_and_does_what_the_page_says()
    {
        WritePictures("flowers", ("daisy", SKColors.White), ("rose", SKColors.Red), ("tulip", SKColors.Yellow));
        WritePictures("garden", ("lawn", SKColors.Green), ("pond", SKColors.Blue));

        var lines = Run(Compile()).Split('\n', StringSplitOptions.RemoveEmptyEntries);

        Assert.Equal(3, lines.Count(line => EpochLine().IsMatch(line)));
        Assert.Contains(lines, line => line.StartsWith("3 epochs, accuracy ", StringComparison.Ordinal));
        Assert.Equal(5, lines.Count(line => ClassLine().IsMatch(line)));
        Assert.Equal(["species.bias", "species.weight"], lines.Single(line => line.StartsWith("fresh: ", StringComparison.Ordinal))["fresh: ".Length..].Split(", ").Order(StringComparer.Ordinal));
        Assert.Contains("this processor computes FlowerNet correctly", lines);
        Assert.Contains("prediction is correct", lines);
        Assert.Equal($"garden_net.json ends in 2 classes, the data has 3 (daisy, rose, tulip). Give the last layer of the spec 3 units, or use other data than flowers ({Path.Combine(folder.FullName, "flowers")}).", lines[^1]);
        Assert.True(RunFolder.Open(Path.Combine(folder.FullName, "my-run")).IsFinished);
        // Nothing else is written than what the page asks for.
        Assert.Equal(["flowers", "flowers.safetensors", "garden", "my-run"], folder.EnumerateFileSystemInfos().Select(entry => entry.Name).Order(StringComparer.Ordinal));
    }

    // docs/architecture.md is for those who work on the sources.
    [Fact]
    public void The_pages_for_users_name_no_member_that_a_program_cannot_use()
    {
        var types = typeof(Run).Assembly.GetTypes().ToLookup(type => type.Name);
        var pages = Directory.GetFiles(Path.Combine(Repository.Root, "docs"), "*.md").Where(page => Path.GetFileName(page) != "architecture.md").Append(Path.Combine(Repository.Root, "README.md"));
        var named = (from page in pages
                     from Match match in MemberName().Matches(File.ReadAllText(page))
                     let type = match.Groups["type"].Value
                     where types.Contains(type)
                     select (Page: Path.GetFileName(page), Type: type, Member: match.Groups["member"].Value)).Distinct().ToList();

        Assert.Contains(("processors.md", "NativeTorch", "EnsureLoaded"), named);
        Assert.DoesNotContain(named, name => !types[name.Type].Any(type => type.IsPublic && type.GetMember(name.Member).Length > 0));
    }

    private static byte[] Compile()
    {
        var code = string.Concat(Blocks().Where(block => block.Kind == "csharp").Select(block => block.Text + "\n"));
        var specs = Blocks().Where(block => block.Kind.StartsWith("json ", StringComparison.Ordinal)).Select(block => SpecFile.Of(block.Text, block.Kind["json ".Length..]));
        // What a project imports by itself.
        var usual = CSharpSyntaxTree.ParseText("global using System; global using System.Collections.Generic; global using System.IO; global using System.Linq; global using System.Threading; global using System.Threading.Tasks;");
        var page = GeneratorRun.Compilation(code, name: "Flowers").AddSyntaxTrees(usual)
            .WithOptions(new CSharpCompilationOptions(OutputKind.ConsoleApplication, nullableContextOptions: NullableContextOptions.Enable));
        GeneratorRun.Driver(specs, root: "Flowers").RunGeneratorsAndUpdateCompilation(page, out var compilation, out var diagnostics);
        Assert.DoesNotContain(diagnostics, diagnostic => diagnostic.Severity >= DiagnosticSeverity.Warning);
        using var stream = new MemoryStream();
        var emitted = compilation.Emit(stream);
        Assert.True(emitted.Success, string.Join("\n", emitted.Diagnostics.Where(diagnostic => diagnostic.Severity == DiagnosticSeverity.Error)));
        return stream.ToArray();
    }

    // The page's paths are relative, and what it says goes to the console.
    private string Run(byte[] assembly)
    {
        var (directory, output) = (Environment.CurrentDirectory, Console.Out);
        using var said = new StringWriter();
        try
        {
            Environment.CurrentDirectory = folder.FullName;
            Console.SetOut(said);
            new AssemblyLoadContext(null).LoadFromStream(new MemoryStream(assembly)).EntryPoint!.Invoke(null, [Array.Empty<string>()]);
        }
        finally
        {
            Console.SetOut(output);
            Environment.CurrentDirectory = directory;
        }

        return said.ToString();
    }

    private void WritePictures(string name, params (string Class, SKColor Color)[] classes)
    {
        foreach (var (label, color) in classes)
        {
            var place = folder.CreateSubdirectory(Path.Combine(name, label));
            for (var i = 1; i <= 8; i++)
            {
                using var bitmap = new SKBitmap(20, 20);
                bitmap.Erase(color);
                bitmap.SetPixel(i, i, SKColors.Gray);
                using var data = bitmap.Encode(SKEncodedImageFormat.Png, 100);
                File.WriteAllBytes(Path.Combine(place.FullName, $"{i}.png"), data.ToArray());
            }
        }
    }

    private static IEnumerable<(string Kind, string Text)> Blocks() => Block().Matches(Page).Select(match => (match.Groups["kind"].Value, match.Groups["text"].Value));

    [GeneratedRegex(@"^```(?<kind>[^\n]+)\n(?<text>.*?)^```$", RegexOptions.Multiline | RegexOptions.Singleline)]
    private static partial Regex Block();

    [GeneratedRegex(@"`(?<type>[A-Z]\w+)\.(?<member>[A-Z]\w+)")]
    private static partial Regex MemberName();

    [GeneratedRegex(" epoch [123]: loss [0-9.]+, test accuracy [0-9.]+")]
    private static partial Regex EpochLine();

    [GeneratedRegex("^class [012]$")]
    private static partial Regex ClassLine();
}
