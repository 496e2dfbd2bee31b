using System.Text;
using Microsoft.CodeAnalysis;
using Xunit;

namespace FashionCnn.Generator.Tests;

/// <summary>
/// Every file in fixtures/invalid has beside it what the compiler says: id, line and column, the text under the squiggle, message.
/// The file's name begins with the id that it is about.
/// </summary>
public sealed class InvalidFixtureTests
{
    private static readonly string Folder = Path.Combine(Repository.Fixtures, "invalid");

    public static TheoryData<string> Files => [.. Directory.GetFiles(Folder, "*.json").Select(path => Path.GetFileNameWithoutExtension(path)).Order(StringComparer.Ordinal)];

    [Theory]
    [MemberData(nameof(Files))]
    public void The_diagnostics_are_the_ones_that_were_reviewed(string name)
    {
        var spec = SpecFile.Read(Path.Combine(Folder, $"{name}.json"));
        var diagnostics = GeneratorRun.Run(spec).Diagnostics;

        Assert.Contains(diagnostics, diagnostic => diagnostic.Id == name.Split('_')[0]);
        Snapshot.Match(Describe(diagnostics, spec), Folder, name, "txt");
    }

    internal static string Describe(IEnumerable<Diagnostic> diagnostics, SpecFile spec)
    {
        var result = new StringBuilder();
        foreach (var diagnostic in diagnostics.OrderBy(diagnostic => diagnostic.Location.SourceSpan.Start).ThenBy(diagnostic => diagnostic.Id, StringComparer.Ordinal))
        {
            var start = diagnostic.Location.GetLineSpan().StartLinePosition;
            result.Append($"({start.Line + 1},{start.Character + 1}) {diagnostic.Severity.ToString().ToLowerInvariant()} {diagnostic.Id} [{spec.GetText().ToString(diagnostic.Location.SourceSpan)}]\n");
            result.Append($"    {diagnostic.GetMessage(System.Globalization.CultureInfo.InvariantCulture)}\n");
        }

        return result.ToString();
    }
}
