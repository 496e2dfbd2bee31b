using FashionCnn.Compiler.Diagnostics;
using FashionCnn.Compiler.Keys;
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
/// <param name="Edit">The same as a change of the text.</param>
internal sealed record ShapeFix(string Proposal, Func<LayerSpec, EquatableArray<LayerSpec>> Apply, SpecFix? Edit)
{
    /// <summary>Gives a key of a layer's entry another value.</summary>
    public static ShapeFix Set<T>(LayerSpec layer, Key<T> key, T value)
        where T : notnull
    {
        var setting = $"\"{key.Name}\": {key.Format(value)}";
        return new ShapeFix($"With {setting}", each => [each.With(key, value)], layer.Node is JsonObject entry ? new SpecFix($"Set {setting}", [SpecEdit.Set(entry, key.Name, key.Format(value))]) : null);
    }

    /// <summary>A layer that comes from the entry, where that is not the faulty one.</summary>
    public LayerSpec? Target { get; init; }
}
