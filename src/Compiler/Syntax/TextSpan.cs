namespace FashionCnn.Compiler.Syntax;

/// <summary>A part of a text.</summary>
/// <param name="Start">The offset of its first character.</param>
/// <param name="Length">How many characters it has.</param>
public readonly record struct TextSpan(int Start, int Length)
{
    /// <summary>The offset after its last character.</summary>
    public int End => Start + Length;

    /// <summary>The part from one offset to another.</summary>
    public static TextSpan FromBounds(int start, int end) => new(start, end - start);
}

/// <summary>A place in a text, counted from 0.</summary>
/// <param name="Line">The line.</param>
/// <param name="Character">The character in it.</param>
public readonly record struct LinePosition(int Line, int Character);

/// <summary>A part of a text by lines.</summary>
/// <param name="Start">Where it begins.</param>
/// <param name="End">Where it ends.</param>
public readonly record struct LineSpan(LinePosition Start, LinePosition End);
