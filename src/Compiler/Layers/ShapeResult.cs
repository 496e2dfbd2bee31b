using FashionCnn.Compiler.Diagnostics;
using FashionCnn.Compiler.Shapes;
using FashionCnn.Compiler.Syntax;

namespace FashionCnn.Compiler.Layers;

/// <summary>The output shape of a layer, or why there is none.</summary>
internal readonly record struct ShapeResult(Shape? Shape, ShapeError? Error)
{
    public static implicit operator ShapeResult(Shape shape) => new(shape, null);

    public static implicit operator ShapeResult(ShapeError error) => new(null, error);
}

/// <summary>A shape rule that a layer breaks.</summary>
/// <param name="Descriptor">Its message begins with the place and ends with the trail and the fix; between them stand the arguments.</param>
/// <param name="Span">The token to point at.</param>
/// <param name="Arguments">The rule with the numbers substituted.</param>
/// <param name="Fixes">Changes that may help, the likeliest first. Only one that makes the whole network compile is shown.</param>
internal sealed record ShapeError(
    DiagnosticRule Descriptor, TextSpan Span, EquatableArray<string> Arguments, EquatableArray<ShapeFix> Fixes);

/// <summary>A change of the entry that a layer comes from.</summary>
/// <param name="Proposal">How the message begins: <c>With "padding": "same"</c>.</param>
/// <param name="Apply">The layers to stand in place of one that comes from the entry.</param>
internal sealed record ShapeFix(string Proposal, Func<LayerSpec, EquatableArray<LayerSpec>> Apply)
{
    /// <summary>A layer that comes from the entry, where that is not the faulty one.</summary>
    public LayerSpec? Target { get; init; }
}
