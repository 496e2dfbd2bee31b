using System.Globalization;
using System.IO.Compression;
using System.Runtime.Loader;
using System.Text.RegularExpressions;
using FashionCnn.Data;
using FashionCnn.Interchange;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;
using Xunit;
using static TorchSharp.torch;

namespace FashionCnn.Generator.Tests.Onnx;

/// <summary>The program of docs/interchange.md that runs an ONNX file, compiled as it stands there, with ONNX Runtime alone.</summary>
public sealed partial class OnnxPageTests : IDisposable
{
    private const int Count = 8;

    private readonly DirectoryInfo folder = Directory.CreateTempSubdirectory("fashioncnn-");

    public void Dispose() => folder.Delete(recursive: true);

    [Fact]
    public void The_program_gives_what_the_model_predicts()
    {
        using var scope = NewDisposeScope();
        manual_seed(4);
        var data = SampleData.Read(notice: null);
        using var model = CompiledModels.All["model1a"].Create();
        var path = Path.Combine(folder.FullName, "model1a.onnx");
        File.WriteAllBytes(path, OnnxFile.Export(model, new OnnxOptions { ClassNames = data.ClassNames }));
        var pixels = Enumerable.Range(0, Count).SelectMany(data.Test.Image).ToArray();

        var lines = Run(Compile(), path, WriteImages(pixels)).Split('\n', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries);

        var expected = model.predict(tensor(pixels.Select(value => value / 255f).ToArray(), [Count, 1, 28, 28])).data<float>().ToArray().Chunk(model.Model.Classes)
            .Select((row, image) => (Image: image, Name: data.ClassNames[Array.IndexOf(row, row.Max())], Probability: row.Max()));
        Assert.Equal(Count, lines.Length);
        Assert.All(expected.Zip(lines), pair =>
        {
            var match = Line().Match(pair.Second);
            Assert.Equal((pair.First.Image.ToString(CultureInfo.InvariantCulture), pair.First.Name), (match.Groups["image"].Value, match.Groups["name"].Value));
            Assert.Equal(pair.First.Probability, double.Parse(match.Groups["probability"].Value, CultureInfo.InvariantCulture), 0.002);
        });
    }

    private static byte[] Compile()
    {
        var export = Page[Page.IndexOf("## Running the ONNX file", StringComparison.Ordinal)..];
        var code = Block().Match(export).Groups["text"].Value;
        Assert.Contains("InferenceSession", code, StringComparison.Ordinal);
        // What a project imports by itself.
        var usual = CSharpSyntaxTree.ParseText("global using System; global using System.Collections.Generic; global using System.IO; global using System.Linq;");
        var alone = GeneratorRun.References.Where(reference => !Others().IsMatch(Path.GetFileName(reference.Display!)));
        var compilation = CSharpCompilation.Create("OnnxPage", [CSharpSyntaxTree.ParseText(code), usual], alone, new CSharpCompilationOptions(OutputKind.ConsoleApplication, nullableContextOptions: NullableContextOptions.Enable));
        using var stream = new MemoryStream();
        var emitted = compilation.Emit(stream);
        Assert.True(emitted.Success, string.Join("\n", emitted.Diagnostics));
        return stream.ToArray();
    }

    private static string Run(byte[] assembly, params string[] args)
    {
        var output = Console.Out;
        using var said = new StringWriter();
        try
        {
            Console.SetOut(said);
            new AssemblyLoadContext(null).LoadFromStream(new MemoryStream(assembly)).EntryPoint!.Invoke(null, [args]);
        }
        finally
        {
            Console.SetOut(output);
        }

        return said.ToString();
    }

    private string WriteImages(byte[] pixels)
    {
        var path = Path.Combine(folder.FullName, "images.gz");
        using var file = new GZipStream(File.Create(path), CompressionMode.Compress);
        file.Write([0, 0, 8, 3, 0, 0, 0, Count, 0, 0, 0, 28, 0, 0, 0, 28]);
        file.Write(pixels);
        return path;
    }

    private static string Page => File.ReadAllText(Path.Combine(Repository.Root, "docs", "interchange.md")).ReplaceLineEndings("\n");

    [GeneratedRegex(@"^```csharp\n(?<text>.*?)^```$", RegexOptions.Multiline | RegexOptions.Singleline)]
    private static partial Regex Block();

    [GeneratedRegex("^image (?<image>[0-9]+): (?<name>.+) (?<probability>[0-9.]+)$")]
    private static partial Regex Line();

    [GeneratedRegex("^(FashionCnn|TorchSharp|Skia|Google|xunit|PureHDF|DiffPlex)", RegexOptions.IgnoreCase)]
    private static partial Regex Others();
}
