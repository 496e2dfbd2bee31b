using System.Text;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.Text;

namespace FashionCnn.Generator.Tests;

/// <summary>A spec as the C# compiler hands it to the generator.</summary>
internal sealed class SpecFile(string path, SourceText text) : AdditionalText
{
    public override string Path { get; } = path;

    /// <summary>Reads a file as the compiler does: the byte-order mark goes, invalid bytes become U+FFFD.</summary>
    public static SpecFile Read(string path)
    {
        using var stream = File.OpenRead(path);
        return new SpecFile(path, SourceText.From(stream, Encoding.UTF8));
    }

    public static SpecFile Of(string text, string path = "spec.json") => new(path, SourceText.From(text, Encoding.UTF8));

    public override SourceText GetText(CancellationToken cancellationToken = default) => text;
}
