using FashionCnn.Compiler;
using FashionCnn.Compiler.Diagnostics;
using FashionCnn.LanguageServer.Protocol;

namespace FashionCnn.LanguageServer.Documents;

/// <summary>An open document in one of its versions. What is found in it is found once, when somebody asks.</summary>
internal sealed class SpecDocument(string uri, int? version, string text)
{
    private TextLines? lines;
    private SpecAnalysis? analysis;
    private EntryIndex? entries;

    /// <summary>The document as the client names it.</summary>
    public string Uri { get; } = uri;

    public int? Version { get; } = version;

    public string Text { get; } = text;

    /// <summary>The file that it is, or, for one that is not saved yet, what stands in its place.</summary>
    public string Path { get; } = PathOf(uri, OperatingSystem.IsWindows());

    public TextLines Lines => lines ??= new TextLines(Text);

    public SpecAnalysis Analysis => analysis ??= SpecAnalysis.Of(Path, Text);

    public EntryIndex Entries => entries ??= new EntryIndex(Analysis);

    /// <summary>The document after changes, each of which is made in the text that the one before gave.</summary>
    public SpecDocument After(int? newVersion, IReadOnlyList<ContentChange> changes)
    {
        var document = this;
        // One without a text is malformed, and changes nothing.
        foreach (var change in changes.Where(change => change?.Text is not null))
        {
            if (change.Range is not { } range)
            {
                document = new SpecDocument(Uri, newVersion, change.Text);
                continue;
            }

            var span = document.Lines.SpanOf(range);
            document = new SpecDocument(Uri, newVersion, string.Concat(document.Text.AsSpan(0, span.Start), change.Text, document.Text.AsSpan(span.End)));
        }

        // A client may say of an unchanged text that it has a new version.
        return document.Text == Text ? new SpecDocument(Uri, newVersion, Text) { lines = lines, analysis = analysis, entries = entries } : document;
    }

    /// <summary>A diagnostic of the document as the protocol has it.</summary>
    public Diagnostic ToProtocol(SpecDiagnostic found) =>
        new(Lines.RangeOf(found.Span), found.Rule.Severity switch { Severity.Error => 1, Severity.Warning => 2, _ => 3 }, found.Rule.Id, "fashioncnn", found.Message);

    /// <summary>Edits of the document; a client that knows versions does not make them in another one.</summary>
    public WorkspaceEdit Edit(IReadOnlyList<TextEdit> edits, WorkspaceEditCapabilities? client) => client?.DocumentChanges == true
        ? new WorkspaceEdit { DocumentChanges = [new TextDocumentEdit(new VersionedTextDocumentIdentifier(Uri, Version), edits)] }
        : new WorkspaceEdit { Changes = new Dictionary<string, IReadOnlyList<TextEdit>> { [Uri] = edits } };

    /// <summary>The path of a document: of one that is no file its name, of what is no address the text itself.</summary>
    /// <param name="uri">The document's address.</param>
    /// <param name="hasDrives">Paths may begin with a drive.</param>
    internal static string PathOf(string uri, bool hasDrives)
    {
        if (!System.Uri.TryCreate(uri, UriKind.Absolute, out var parsed))
        {
            return uri;
        }

        if (!parsed.IsFile)
        {
            return System.Uri.UnescapeDataString(parsed.Segments.LastOrDefault() ?? uri);
        }

        // VS Code escapes the colon behind a drive, which then is no drive to .NET.
        var path = parsed.LocalPath;
        return hasDrives && path is ['/', var drive, ':', ..] && char.IsAsciiLetter(drive) ? path[1..] : path;
    }
}
