namespace FashionCnn.Compiler.Syntax;

/// <summary>Why a text is not JSON. Such a text has one error, at the place where reading stopped.</summary>
/// <param name="Kind">Which rule is broken.</param>
/// <param name="Span">Where.</param>
/// <param name="Arguments">What its message says.</param>
internal sealed record SyntaxError(SyntaxErrorKind Kind, TextSpan Span, params string[] Arguments);

/// <summary>The rules of the text itself.</summary>
internal enum SyntaxErrorKind
{
    InvalidSyntax,
    UnterminatedString,
    TooDeep,
    TooLarge,
    NotUtf8,
    UnexpectedEnd,
    TextAfterEnd,
    InvalidString,
    UnterminatedComment,
    InvalidNumber,
}
