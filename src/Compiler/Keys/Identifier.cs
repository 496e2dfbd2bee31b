namespace FashionCnn.Compiler.Keys;

/// <summary>Names in a spec and the C# names that they become.</summary>
internal static class Identifier
{
    /// <summary>Longer names of layers and classes are refused: what is made of them has to fit into an assembly.</summary>
    public const int MaxLength = 200;

    /// <summary>Letters, digits and underscores, not beginning with a digit.</summary>
    public static bool IsIdentifier(string text) =>
        text.Length > 0 && !IsDigit(text[0]) && text.All(value => IsLower(value) || IsDigit(value) || value is '_' or (>= 'A' and <= 'Z'));

    /// <summary>Lower-case words and digits with single underscores between them: <c>conv1_a</c>.</summary>
    public static bool IsSnakeCase(string text) =>
        text.Length > 0 && IsLower(text[0]) && text[text.Length - 1] != '_' && !text.Contains("__")
        && text.All(value => IsLower(value) || IsDigit(value) || value == '_');

    /// <summary><c>model3</c> as <c>Model3</c>, <c>my-net_2</c> as <c>MyNet2</c>: every run of letters and digits is a word.</summary>
    public static string PascalCase(string text)
    {
        var result = new char[text.Length];
        var length = 0;
        var startsWord = true;
        foreach (var value in text)
        {
            if (!char.IsLetterOrDigit(value))
            {
                startsWord = true;
                continue;
            }

            result[length++] = startsWord ? char.ToUpperInvariant(value) : value;
            startsWord = false;
        }

        return new string(result, 0, length);
    }

    private static bool IsLower(char value) => value is >= 'a' and <= 'z';

    private static bool IsDigit(char value) => value is >= '0' and <= '9';
}
