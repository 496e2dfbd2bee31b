using System.Text;
using FashionCnn.Compiler.Syntax;

namespace FashionCnn.Compiler.Show;

/// <summary>
/// The layout of a spec's text. It changes only what stands between the tokens: every key, value and comment stays as it is spelled, in its
/// order. docs/spec-language.md has the rules. Laying out a text twice changes nothing.
/// </summary>
public static class SpecLayout
{
    /// <summary>How long a line may be that could also be several, in characters.</summary>
    public const int LineLength = 180;

    /// <summary>Lays out a spec's text.</summary>
    /// <param name="text">The text. It need not compile, but has to be JSON, with comments and trailing commas allowed.</param>
    /// <returns>The text in the layout, with the line endings that its first line has; null when it is not JSON.</returns>
    public static string? Print(string text) => JsonParser.Parse(text, out _) is { } root ? new Printer(text).Print(root) : null;

    private sealed class Printer
    {
        private readonly StringBuilder output = new();
        private readonly string text;
        private readonly string lineBreak;
        private readonly Queue<TextSpan> comments;

        // Objects and arrays that stand on several lines even if one would hold them.
        private readonly HashSet<JsonNode> open = [];

        public Printer(string text)
        {
            this.text = text;
            var end = text.IndexOf('\n');
            lineBreak = end > 0 && text[end - 1] == '\r' ? "\r\n" : "\n";
            comments = Comments.Of(text);
        }

        public string Print(JsonNode root)
        {
            if (text.StartsWith("\uFEFF", StringComparison.Ordinal))
            {
                output.Append('\uFEFF');
            }

            Open(root);
            if (CommentsBefore(root.Span.Start, string.Empty, first: true) && HasBlankLineBefore(root.Span.Start))
            {
                output.Append(lineBreak);
            }

            Value(root, string.Empty, string.Empty);
            var end = CommentsBeside(root.Span.End, text.Length);
            output.Append(lineBreak);
            CommentsBefore(text.Length, string.Empty, first: end == 0);
            return output.ToString();
        }

        // The spec, its layers and its blocks are what a reader looks for: they always begin lines of their own.
        private void Open(JsonNode root)
        {
            open.Add(root);
            if (root is not JsonObject spec)
            {
                return;
            }

            if (spec.Find("layers")?.Value is JsonArray layers)
            {
                open.Add(layers);
            }

            if (spec.Find("blocks")?.Value is JsonObject blocks)
            {
                open.Add(blocks);
                open.UnionWith(blocks.Members.Select(block => block.Value));
            }
        }

        /// <summary>Writes a value at the end of a line that has its key already.</summary>
        /// <param name="node">The value.</param>
        /// <param name="indent">The spaces that its line begins with.</param>
        /// <param name="key">What stands before it in its line.</param>
        private void Value(JsonNode node, string indent, string key)
        {
            output.Append(key);
            var children = Children(node);
            var hasComments = comments.Count > 0 && comments.Peek().Start < node.Span.End;
            // A comma may follow.
            if (!hasComments && Line.TryWrite(node, text, open, LineLength - indent.Length - key.Length - 1) is { } line)
            {
                output.Append(line);
            }
            else if (node is JsonArray array && !hasComments && array.Items.All(item => item is not JsonArray and not JsonObject))
            {
                Filled(array, indent);
            }
            else
            {
                output.Append(node is JsonObject ? '{' : '[').Append(lineBreak);
                Lines(children, indent + "  ", node.Span.End - 1);
                output.Append(indent).Append(node is JsonObject ? '}' : ']');
            }
        }

        private void Lines(List<(int Start, string Key, JsonNode Value)> children, string indent, int end)
        {
            for (var i = 0; i < children.Count; i++)
            {
                var (start, key, value) = children[i];
                // A comment between a key and its value goes before both.
                var wrote = CommentsBefore(value.Span.Start, indent, first: i == 0);
                if ((i > 0 || wrote) && HasBlankLineBefore(start))
                {
                    output.Append(lineBreak);
                }

                output.Append(indent);
                Value(value, indent, key);
                var last = i + 1 == children.Count;
                output.Append(last ? string.Empty : ",");
                CommentsBeside(value.Span.End, last ? end : children[i + 1].Start);
                output.Append(lineBreak);
            }

            CommentsBefore(end, indent, first: children.Count == 0);
        }

        /// <summary>As many numbers in a line as it holds.</summary>
        private void Filled(JsonArray array, string indent)
        {
            output.Append('[');
            var column = int.MaxValue;
            for (var i = 0; i < array.Items.Count; i++)
            {
                var item = Spelled(array.Items[i]) + (i + 1 < array.Items.Count ? "," : string.Empty);
                if (column > LineLength - item.Length - 1)
                {
                    output.Append(lineBreak).Append(indent).Append("  ");
                    column = indent.Length + 2;
                }
                else
                {
                    output.Append(' ');
                    column++;
                }

                output.Append(item);
                column += item.Length;
            }

            output.Append(lineBreak).Append(indent).Append(']');
        }

        private List<(int Start, string Key, JsonNode Value)> Children(JsonNode node) => node switch
        {
            JsonObject { Members: var members } => [.. members.Select(member => (member.NameSpan.Start, text.Substring(member.NameSpan.Start, member.NameSpan.Length) + ": ", member.Value))],
            JsonArray { Items: var items } => [.. items.Select(item => (item.Span.Start, string.Empty, item))],
            _ => [],
        };

        private string Spelled(JsonNode node) => text.Substring(node.Span.Start, node.Span.Length);

        /// <summary>Writes the comments up to a place, in lines of their own. Says whether there were any.</summary>
        private bool CommentsBefore(int place, string indent, bool first)
        {
            var wrote = false;
            while (comments.Count > 0 && comments.Peek().Start < place)
            {
                var comment = comments.Dequeue();
                if (!(first && !wrote) && HasBlankLineBefore(comment.Start))
                {
                    output.Append(lineBreak);
                }

                output.Append(indent).Append(text, comment.Start, comment.Length).Append(lineBreak);
                wrote = true;
            }

            return wrote;
        }

        /// <summary>Writes the comments that stand in the line of a value, behind it. Returns how many there were.</summary>
        private int CommentsBeside(int valueEnd, int nextStart)
        {
            var count = 0;
            while (comments.Count > 0 && comments.Peek() is var comment && comment.Start < nextStart && text.IndexOfAny(['\n', '\r'], valueEnd, comment.Start - valueEnd) < 0)
            {
                comments.Dequeue();
                output.Append(' ').Append(text, comment.Start, comment.Length);
                valueEnd = comment.End;
                count++;
            }

            return count;
        }

        private bool HasBlankLineBefore(int place)
        {
            var breaks = 0;
            for (var i = place - 1; i >= 0 && text[i] is ' ' or '\t' or '\r' or '\n' or ','; i--)
            {
                if (text[i] == '\n' || (text[i] == '\r' && text[i + 1] != '\n'))
                {
                    breaks++;
                }
            }

            return breaks > 1;
        }
    }

    /// <summary>A value in one line.</summary>
    private sealed class Line(string text, HashSet<JsonNode> open, int length)
    {
        private readonly StringBuilder line = new();

        public static string? TryWrite(JsonNode node, string text, HashSet<JsonNode> open, int length)
        {
            var written = new Line(text, open, length);
            return written.Write(node) || node is not JsonArray and not JsonObject ? written.line.ToString() : null;
        }

        // False as soon as it cannot be: what is written until then counts for nothing.
        private bool Write(JsonNode node)
        {
            switch (node)
            {
                case JsonObject or JsonArray when open.Contains(node):
                    return false;
                case JsonObject { Members.IsEmpty: true }:
                    line.Append("{}");
                    break;
                case JsonObject { Members: var members }:
                    for (var i = 0; i < members.Count; i++)
                    {
                        var name = members[i].NameSpan;
                        line.Append(i == 0 ? "{ " : ", ").Append(text, name.Start, name.Length).Append(": ");
                        if (!Write(members[i].Value))
                        {
                            return false;
                        }
                    }

                    line.Append(" }");
                    break;
                case JsonArray array:
                    if (Objects(array) > 1)
                    {
                        return false;
                    }

                    for (var i = 0; i < array.Items.Count; i++)
                    {
                        line.Append(i == 0 ? "[" : ", ");
                        if (!Write(array.Items[i]))
                        {
                            return false;
                        }
                    }

                    line.Append(array.Items.IsEmpty ? "[]" : "]");
                    break;
                default:
                    line.Append(text, node.Span.Start, node.Span.Length);
                    break;
            }

            return line.Length <= length;
        }

        // Two layers never share a line.
        private static int Objects(JsonArray array) => array.Items.Sum(item => item switch
        {
            JsonObject => 1,
            JsonArray inner => Objects(inner),
            _ => 0,
        });
    }
}
