using System.Text.RegularExpressions;
using Xunit;

namespace FashionCnn.CommandLine.Tests;

/// <summary>README.md and the pages of docs/.</summary>
public sealed partial class PagesTests
{
    private static readonly string Root = Repository.Root;

    public static TheoryData<string> Pages => [.. Directory.GetFiles(Path.Combine(Root, "docs"), "*.md").Append(Path.Combine(Root, "README.md")).Select(path => Path.GetRelativePath(Root, path))];

    [Fact]
    public void The_readme_is_read_in_one_go() => Assert.InRange(File.ReadAllLines(Path.Combine(Root, "README.md")).Length, 1, 199);

    [Fact]
    public void The_spec_in_the_readme_is_the_one_that_is_compiled() => Assert.Contains(
        $"```json\n{File.ReadAllText(Path.Combine(Root, "specs", "model3.json")).ReplaceLineEndings("\n").TrimEnd()}\n```", File.ReadAllText(Path.Combine(Root, "README.md")).ReplaceLineEndings("\n"), StringComparison.Ordinal);

    [Theory]
    [MemberData(nameof(Pages))]
    public void Pages_are_in_American_spelling(string page) => Assert.DoesNotMatch(British(), File.ReadAllText(Path.Combine(Root, page)));

    [Theory]
    [MemberData(nameof(Pages))]
    public void Relative_links_lead_somewhere(string page)
    {
        var text = WithoutCode().Replace(File.ReadAllText(Path.Combine(Root, page)), string.Empty);
        foreach (var link in Link().Matches(text).Select(match => match.Groups["to"].Value).Where(link => !link.Contains("://", StringComparison.Ordinal)))
        {
            var (file, anchor) = link.IndexOf('#', StringComparison.Ordinal) is var place and >= 0 ? (link[..place], link[(place + 1)..]) : (link, string.Empty);
            var target = Path.Combine(Root, Path.GetDirectoryName(page)!, file.Length == 0 ? Path.GetFileName(page) : file);
            Assert.True(Path.Exists(target), $"{page}: {link}");
            if (anchor.Length > 0)
            {
                Assert.Contains(anchor, Heading().Matches(File.ReadAllText(target)).Select(match => Anchor(match.Groups["text"].Value.Trim())));
            }
        }
    }

    [Fact]
    public void Every_page_can_be_reached_from_the_readme()
    {
        var links = Link().Matches(File.ReadAllText(Path.Combine(Root, "README.md"))).Select(match => match.Groups["to"].Value).ToHashSet();

        Assert.All(Directory.GetFiles(Path.Combine(Root, "docs"), "*.md"), page => Assert.Contains($"docs/{Path.GetFileName(page)}", links));
    }

    // Words in quotes are examples of what is misspelled.
    [GeneratedRegex(@"(?<!['""])\b(colour\w*|grey\w*|\w+alis(e[ds]?|ation|ing)|recognis\w*|behaviour\w*|neighbour\w*|favour\w*|centred?|catalogue|licences?|labelled|modelling)\b(?!['""])", RegexOptions.IgnoreCase)]
    private static partial Regex British();

    // As the repository's pages are shown: lower case, dashes for spaces, no other signs.
    private static string Anchor(string heading) => OtherSigns().Replace(heading.ToLowerInvariant(), string.Empty).Replace(' ', '-');

    [GeneratedRegex(@"\]\((?<to>[^)\s]+)\)|(?:src|href)=""(?<to>[^""]+)""")]
    private static partial Regex Link();

    [GeneratedRegex(@"^#+ (?<text>.+)$", RegexOptions.Multiline)]
    private static partial Regex Heading();

    [GeneratedRegex("^```.*?^```|`[^`\n]*`", RegexOptions.Multiline | RegexOptions.Singleline)]
    private static partial Regex WithoutCode();

    [GeneratedRegex(@"[^\p{L}\p{N} _-]")]
    private static partial Regex OtherSigns();
}
