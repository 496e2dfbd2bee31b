namespace FashionCnn.Commands;

/// <summary>Breaks texts into the lines of a terminal.</summary>
internal static class LineBreaks
{
    /// <summary>Breaks a text between words only; a word that is too long gets a line of its own, which the terminal breaks where it ends.</summary>
    /// <param name="text">The text, without line breaks.</param>
    /// <param name="width">Characters that fit into a line.</param>
    /// <param name="indent">What stands at the beginning of every line but the first.</param>
    public static IEnumerable<string> BetweenWords(string text, int width, string indent = "")
    {
        // Spaces at the beginning are kept: they set the line in.
        var words = text.TrimStart(' ');
        var line = text[..^words.Length];
        var isEmpty = true;
        foreach (var word in words.Split(' '))
        {
            if (!isEmpty && line.Length + 1 + word.Length > width)
            {
                yield return line;
                line = indent + word;
            }
            else
            {
                line = isEmpty ? line + word : $"{line} {word}";
            }

            isEmpty = false;
        }

        yield return line;
    }
}
