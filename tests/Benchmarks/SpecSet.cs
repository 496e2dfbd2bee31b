using System.Collections.Immutable;
using System.Runtime.CompilerServices;
using System.Text;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.Text;

namespace FashionCnn.Benchmarks;

/// <summary>A spec in memory; its text is made when somebody asks for it, as the C# compiler reads a file.</summary>
internal sealed class SpecFile(string path, string content) : AdditionalText
{
    private SourceText? text;

    public override string Path { get; } = path;

    /// <summary>The class's name, and so that of the emitted file, but for the case of its letters.</summary>
    public string ClassName => System.IO.Path.GetFileNameWithoutExtension(Path).Replace("_", string.Empty, StringComparison.Ordinal);

    public override SourceText GetText(CancellationToken cancellationToken = default) => text ??= SourceText.From(content, Encoding.UTF8);

    /// <summary>The same spec with another description, and so with another class.</summary>
    public SpecFile Edited(int edit) => new(Path, content.Replace("\"description\": \"", $"\"description\": \"Edit {edit}. ", StringComparison.Ordinal));
}

/// <summary>Copies of the project's five first specs under different names, and specs of many layers.</summary>
internal static class SpecSet
{
    private static readonly ImmutableArray<string> Contents =
        [.. new[] { "model1a", "model1b", "model2", "model3", "model4" }.Select(id => File.ReadAllText(Path.Combine(Folder(), $"{id}.json")))];

    /// <summary>New files, of which nothing has been read yet.</summary>
    public static ImmutableArray<SpecFile> Create(int count) =>
        [.. Enumerable.Range(0, count).Select(i => new SpecFile($"/specs/copy{i:d4}.json", Contents[i % Contents.Length]))];

    /// <summary>A new file with a network of so many layers, all written out: pairs of a convolution and its normalization.</summary>
    public static SpecFile OfLayers(int count)
    {
        var layers = Enumerable.Range(0, (count - 2) / 2).Select(i => $$"""
            { "type": "Conv2D", "name": "conv_{{i}}", "filters": {{16 + (i % 4 * 16)}}, "kernel_size": 3, "padding": "same", "activation": "relu" },
            { "type": "BatchNormalization", "momentum": 0.9 },
            """);
        return new SpecFile("/specs/many_layers.json", $$"""
            {
              "version": 1,
              "description": "A long chain.",
              "input": { "shape": [28, 28, 1] },
              "layers": [
            {{string.Join('\n', layers)}}
                { "type": "GlobalAveragePooling2D" },
                { "type": "Dense", "units": 10, "activation": "softmax" }
              ]
            }
            """);
    }

    private static string Folder([CallerFilePath] string path = "") => Path.Combine(Path.GetDirectoryName(path)!, "..", "..", "specs");
}
