using System.Text;

namespace FashionCnn.Compiler.Syntax;

/// <summary>A text as UTF-8, and the way back from a byte's offset to the character's, for offsets that ask in ascending order.</summary>
internal sealed class Utf8Text(string text)
{
    private int character;
    private int position;

    public byte[] Bytes { get; } = Encoding.UTF8.GetBytes(text);

    /// <summary>The offset in characters of the byte at <paramref name="offset"/>, which is the first of its character.</summary>
    public int ToCharacter(int offset)
    {
        if (Bytes.Length == text.Length)
        {
            return offset;
        }

        while (position < offset)
        {
            var value = text[character];
            var isPair = char.IsHighSurrogate(value) && character + 1 < text.Length && char.IsLowSurrogate(text[character + 1]);
            // A surrogate without its other half is encoded as U+FFFD, three bytes.
            position += value < 0x80 ? 1 : value < 0x800 ? 2 : isPair ? 4 : 3;
            character += isPair ? 2 : 1;
        }

        return character;
    }
}
