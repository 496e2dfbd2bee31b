namespace FashionCnn.Compiler.Syntax;

/// <summary>Finds the comments of a text that is JSON.</summary>
internal static class Comments
{
    /// <summary>Where the comments are, in order; a line's comment without the white space at its end.</summary>
    public static Queue<TextSpan> Of(string text)
    {
        var comments = new Queue<TextSpan>();
        for (var i = 0; i < text.Length; i++)
        {
            if (text[i] == '"')
            {
                i = EndOfString(text, i);
            }
            else if (text[i] == '/' && i + 1 < text.Length)
            {
                var end = text[i + 1] == '*' ? text.IndexOf("*/", i + 2, StringComparison.Ordinal) + 2 : EndOfLine(text, i);
                comments.Enqueue(TextSpan.FromBounds(i, end));
                i = end - 1;
            }
        }

        return comments;
    }

    /// <summary>
    /// The text with spaces in the place of comments, of which JSON readers do not take all: none between a key and its colon, no line separator in one. It need
    /// not be JSON. A comment without an end, and what comes after it, stays as it is.
    /// </summary>
    public static string Blanked(string text)
    {
        if (text.IndexOf('/') < 0)
        {
            return text;
        }

        var result = text.ToCharArray();
        for (var i = 0; i + 1 < text.Length; i++)
        {
            if (text[i] == '"')
            {
                i = EndOfString(text, i);
            }
            else if (text[i] == '/' && text[i + 1] is '/' or '*')
            {
                var end = text[i + 1] == '/' ? text.IndexOfAny(['\n', '\r'], i) : text.IndexOf("*/", i + 2, StringComparison.Ordinal) + 2;
                if (end == 1)
                {
                    break;
                }

                end = end < 0 ? text.Length : end;
                for (; i < end; i++)
                {
                    result[i] = ' ';
                }

                i--;
            }
        }

        return new string(result);
    }

    private static int EndOfString(string text, int start)
    {
        var i = start + 1;
        while (i < text.Length && text[i] != '"')
        {
            i += text[i] == '\\' ? 2 : 1;
        }

        return i;
    }

    private static int EndOfLine(string text, int start)
    {
        var end = text.IndexOfAny(['\n', '\r'], start);
        end = end < 0 ? text.Length : end;
        while (text[end - 1] is ' ' or '\t')
        {
            end--;
        }

        return end;
    }
}
