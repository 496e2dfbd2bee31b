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

    public override SourceText GetText(CancellationToken cancellationToken = default) => text ??= SourceText.From(content, Encoding.UTF8);

    /// <summary>The same spec with another description, and so with another class.</summary>
    public SpecFile Edited(int edit) => new(Path, content.Replace("\"description\": \"", $"\"description\": \"Edit {edit}. ", StringComparison.Ordinal));
}

/// <summary>Copies of the project's five first specs under different names.</summary>
internal static class SpecSet
{
    private static readonly ImmutableArray<string> Contents =
        [.. new[] { "model1a", "model1b", "model2", "model3", "model4" }.Select(id => File.ReadAllText(Path.Combine(Folder(), $"{id}.json")))];

    /// <summary>New files, of which nothing has been read yet.</summary>
    public static ImmutableArray<SpecFile> Create(int count) =>
        [.. Enumerable.Range(0, count).Select(i => new SpecFile($"/specs/copy{i:d4}.json", Contents[i % Contents.Length]))];

    private static string Folder([CallerFilePath] string path = "") => Path.Combine(Path.GetDirectoryName(path)!, "..", "..", "specs");
}
