using FashionCnn.Compiler.Syntax;

namespace FashionCnn.Compiler.Diagnostics;

/// <summary>A change of a spec's text that a message suggests.</summary>
/// <param name="Title">What it does, in a few words: <c>Change to 'kernel_size'</c>.</param>
/// <param name="Edits">The places to change, none of which overlap.</param>
internal sealed record SpecFix(string Title, EquatableArray<SpecEdit> Edits)
{
    /// <summary>The text with the changes.</summary>
    /// <param name="text">The text that the diagnostic is about.</param>
    public string Apply(string text)
    {
        // Of two at one place, the first one comes first.
        foreach (var edit in Edits.Reverse().OrderByDescending(edit => edit.Span.Start))
        {
            text = text.Substring(0, edit.Span.Start) + edit.Text + text.Substring(edit.Span.End);
        }

        return text;
    }

    public static SpecFix Replace(string title, TextSpan span, string text) => new(title, [new SpecEdit(span, text)]);

    /// <summary>Another name, key or word for the one that stands at a place.</summary>
    public static SpecFix ChangeTo(TextSpan span, string name) => Replace($"Change to '{Visible.Text(name)}'", span, JsonText.Quote(name));
}

/// <summary>A part of a text and what is to stand in its place.</summary>
/// <param name="Span">The part; empty to insert.</param>
/// <param name="Text">What is to stand there.</param>
internal readonly record struct SpecEdit(TextSpan Span, string Text)
{
    /// <summary>Inserts at a place.</summary>
    public static SpecEdit Insert(int place, string text) => new(new TextSpan(place, 0), text);

    /// <summary>Gives a key of an object a value: the one that it has is replaced.</summary>
    public static SpecEdit Set(JsonObject node, string key, string value) => node.Find(key) is { } member
        ? new SpecEdit(member.Value.Span, value)
        : Add(node, key, value);

    /// <summary>Adds a key that the object does not have, after the others.</summary>
    public static SpecEdit Add(JsonObject node, string key, string value) => node.Members.IsEmpty
        ? Insert(node.Span.Start + 1, $" {JsonText.Quote(key)}: {value} ")
        : Insert(node.Members[node.Members.Count - 1].Value.Span.End, $", {JsonText.Quote(key)}: {value}");

    /// <summary>Removes a member with its comma.</summary>
    public static SpecEdit Remove(JsonObject node, JsonMember member)
    {
        var index = node.Members.IndexOf(member);
        return new SpecEdit(
            index + 1 < node.Members.Count ? TextSpan.FromBounds(member.NameSpan.Start, node.Members[index + 1].NameSpan.Start)
            : index > 0 ? TextSpan.FromBounds(node.Members[index - 1].Value.Span.End, member.Value.Span.End)
            : TextSpan.FromBounds(node.Span.Start + 1, node.Span.End - 1),
            string.Empty);
    }
}
