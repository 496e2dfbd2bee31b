using System.Text.Json;
using System.Text.RegularExpressions;
using FashionCnn.Compiler.Diagnostics;
using Json.Schema;
using Xunit;

namespace FashionCnn.Compiler.Tests.Reference;

/// <summary>What is written from the compiler's tables is committed: ACCEPT_SNAPSHOTS=1 writes it, these tests compare.</summary>
public sealed class ReferenceTests
{
    // What a schema can say: keys, types, ranges, words, lengths. Names that refer to each other, repeated keys and shapes it
    // cannot, and 64.0 is an integer to it.
    private static readonly string[] ExpressibleIds =
        ["FCNN1001", "FCNN1002", "FCNN1004", "FCNN1005", "FCNN1006", "FCNN1008", "FCNN1009", "FCNN1010", "FCNN1011", "FCNN1012", "FCNN1018", "FCNN1019", "FCNN1020", "FCNN1021", "FCNN1025", "FCNN1029"];

    private static readonly bool Accepts = Environment.GetEnvironmentVariable("ACCEPT_SNAPSHOTS") == "1";
    private static readonly string SchemaPath = Repository.SpecPath("model-spec.schema");
    private static readonly Lazy<JsonSchema> Schema = new(() => JsonSchema.FromText(File.ReadAllText(SchemaPath)));
    private static readonly string PagePath = Path.Combine(Repository.Root, "docs", "spec-language.md");

    public static TheoryData<string> Fixtures =>
        [.. Repository.SpecPaths.Concat(Directory.GetFiles(Repository.Fixtures, "*.json", SearchOption.AllDirectories).Order(StringComparer.Ordinal)).Select(path => Path.GetRelativePath(Repository.Root, path))];

    [Fact]
    public void The_schema_is_what_the_tables_say() => Compare(SchemaPath, SchemaWriter.Write());

    [Fact]
    public void The_reference_page_is_what_the_tables_say() => Compare(PagePath, ReferencePage.Update(File.ReadAllText(PagePath)));

    [Theory]
    [MemberData(nameof(Fixtures))]
    public void What_the_schema_refuses_the_compiler_refuses_and_the_reverse_where_a_schema_can_say_it(string path)
    {
        var spec = File.ReadAllText(Path.Combine(Repository.Root, path));
        var errors = SpecCompiler.Compile(path, spec).Diagnostics.Where(diagnostic => diagnostic.Rule.Severity == Severity.Error)
            // What a formula comes to is beyond a schema.
            .Where(diagnostic => !diagnostic.Message.Contains(", from \"", StringComparison.Ordinal)).Select(diagnostic => diagnostic.Rule.Id).ToList();
        if (errors.Any(id => id.StartsWith("FCNN0", StringComparison.Ordinal)))
        {
            // No JSON; the schema has nothing to say.
            return;
        }

        var refused = !Schema.Value.Evaluate(Plain(spec)).IsValid;

        if (refused)
        {
            Assert.NotEmpty(errors);
        }

        if (errors.Any(ExpressibleIds.Contains))
        {
            Assert.True(refused, $"The schema accepts what the compiler refuses with {string.Join(", ", errors)}.");
        }
    }

    [Fact]
    public void Every_diagnostic_has_a_fixture_a_section_and_a_row()
    {
        var ids = Descriptors.All.Select(rule => rule.Id).ToList();
        var fixtures = Directory.GetFiles(Path.Combine(Repository.Fixtures, "invalid"), "*.json").Select(path => Path.GetFileName(path).Split('_')[0])
            // Two files, hundreds of errors, the file's own name, the project, and a failure of the compiler: tests of their own.
            .Concat(["FCNN1024", "FCNN1030", "FCNN1032", "FCNN4001", "FCNN4002", "FCNN4003", "FCNN9001"]).ToHashSet();
        var page = File.ReadAllText(Path.Combine(Repository.Root, "docs", "diagnostics.md"));
        var rows = File.ReadAllLines(Path.Combine(Repository.Root, "src", "Generator", "AnalyzerReleases.Unshipped.md")).Where(line => line.StartsWith("FCNN", StringComparison.Ordinal)).ToList();

        Assert.True(ids.Count >= 35);
        Assert.Equal(ids.Count, ids.Distinct().Count());
        Assert.All(ids, id =>
        {
            Assert.True(fixtures.Contains(id), $"{id} has no fixture.");
            Assert.True(page.Contains($"\n## {id}\n", StringComparison.Ordinal), $"{id} has no section.");
        });
        Assert.Equal(Descriptors.All.Select(rule => $"{rule.Id} | FashionCnn | {rule.Severity} | {rule.Title}").Order(), rows.Order());
        Assert.Equal(ids.Order(), Regex.Matches(page, @"^## (FCNN\d{4})$", RegexOptions.Multiline).Select(match => match.Groups[1].Value).Order());
    }

    [Fact]
    public void Every_message_that_the_documentation_quotes_is_one_that_the_compiler_gives()
    {
        var given = Directory.GetFiles(Path.Combine(Repository.Fixtures, "invalid"), "*.verified.txt").SelectMany(File.ReadAllLines).Select(line => line.Trim()).ToHashSet();
        var page = File.ReadAllText(Path.Combine(Repository.Root, "docs", "diagnostics.md"));

        var quoted = Regex.Matches(page, @"^(?:error|info) FCNN\d{4}: (.+)$", RegexOptions.Multiline).Select(match => match.Groups[1].Value).ToList();

        Assert.True(quoted.Count >= 35);
        Assert.All(quoted, message => Assert.Contains(message, given));
    }

    private static JsonElement Plain(string spec)
    {
        using var document = JsonDocument.Parse(spec, new JsonDocumentOptions { CommentHandling = JsonCommentHandling.Skip, AllowTrailingCommas = true });
        return document.RootElement.Clone();
    }

    private static void Compare(string path, string expected)
    {
        if (Accepts)
        {
            Assert.True(Environment.GetEnvironmentVariable("CI") is null or "", "ACCEPT_SNAPSHOTS is refused when CI is set.");
            File.WriteAllText(path, expected);
        }

        Assert.True(expected == File.ReadAllText(path), $"{path} is not what the tables say; ACCEPT_SNAPSHOTS=1 dotnet test writes it.");
    }
}
