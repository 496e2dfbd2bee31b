using FashionCnn.Compiler.Bind;
using FashionCnn.Compiler.Infer;
using FashionCnn.Compiler.Keys;
using FashionCnn.Compiler.Syntax;

namespace FashionCnn.Compiler;

/// <summary>Takes what the steps of the compiler find besides diagnostics.</summary>
internal sealed class SpecFindings
{
    public SymbolLog Log { get; } = new();

    public JsonNode? Root { get; set; }

    public ModelSpec? Bound { get; set; }

    public InferredNetwork? Inferred { get; set; }
}
