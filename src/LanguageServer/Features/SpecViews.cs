using FashionCnn.Compiler;
using FashionCnn.Compiler.Emit;
using FashionCnn.LanguageServer.Documents;
using FashionCnn.LanguageServer.Protocol;

namespace FashionCnn.LanguageServer.Features;

/// <summary>What a spec becomes, to be shown beside its text.</summary>
internal static class SpecViews
{
    /// <summary>The network as a picture, that of <c>summary --format svg</c>.</summary>
    public static SpecView Drawing(SpecDocument document) => new(document.Version, document.Analysis.Spec is { IsModel: true } spec ? spec.Svg() : null);

    /// <summary>The class that a build writes. Its namespace is that of a project without a root namespace: only a build knows the project's.</summary>
    public static SpecView Code(SpecDocument document) =>
        new(document.Version, document.Analysis.Spec is { IsModel: true } spec ? SpecCompiler.Emit(spec.Plan!, spec.Text, spec.Path, NamespaceName.Below(string.Empty)).Source : null);
}
