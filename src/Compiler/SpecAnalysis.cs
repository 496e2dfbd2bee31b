using FashionCnn.Compiler.Bind;
using FashionCnn.Compiler.Diagnostics;
using FashionCnn.Compiler.Infer;
using FashionCnn.Compiler.Keys;
using FashionCnn.Compiler.Syntax;

namespace FashionCnn.Compiler;

/// <summary>
/// A spec with what its steps found on the way: what an editor shows. Of a text that is not JSON, these come from the tree that
/// <see cref="RecoveringParser"/> makes, and say nothing of what is wrong.
/// </summary>
/// <param name="Spec">What the text compiles to.</param>
/// <param name="Root">The text's tree.</param>
/// <param name="Bound">The bound spec; null when there is none.</param>
/// <param name="Inferred">Its layers with shapes, as far as they are known; null when there is no bound spec.</param>
/// <param name="Log">The names in it, and what repetitions and blocks became.</param>
internal sealed record SpecAnalysis(CompiledSpec Spec, JsonNode Root, ModelSpec? Bound, InferredNetwork? Inferred, SymbolLog Log)
{
    /// <summary>The text is JSON: its tree is not a recovered one.</summary>
    public bool IsJson { get; private init; }

    /// <summary>Compiles a text, as <see cref="SpecCompiler"/> does, and keeps what the steps found.</summary>
    /// <param name="path">The spec's file; nothing is read from it.</param>
    /// <param name="text">The text.</param>
    public static SpecAnalysis Of(string path, string text)
    {
        var findings = new SpecFindings();
        var spec = SpecCompiler.Compile(path, text, findings);
        if (findings.Root is { } root)
        {
            return new SpecAnalysis(spec, root, findings.Bound, findings.Inferred, findings.Log) { IsJson = true };
        }

        root = RecoveringParser.Parse(text);
        var log = new SymbolLog();
        var (bound, inferred) = Bind(root, path, log);
        return new SpecAnalysis(spec, root, bound, inferred, log);
    }

    /// <summary>The names that an entry of the tree may read, the nearest first.</summary>
    public IReadOnlyList<string> NamesAt(JsonNode entry)
    {
        var log = new SymbolLog(entry);
        Bind(Root, Spec.Path, log);
        return log.NamesAtWatched ?? [];
    }

    private static (ModelSpec? Bound, InferredNetwork? Inferred) Bind(JsonNode root, string path, SymbolLog log)
    {
        try
        {
            return SpecBinder.Bind(root, Path.GetFileName(path), new DiagnosticBag(), log) is { } bound ? (bound, Inference.Run(bound.Layers, bound.Input)) : (null, null);
        }
        catch (Exception exception) when (exception is not OperationCanceledException)
        {
            // Without a text that is JSON nobody is told of a bug in the compiler; the next edit may be better.
            return (null, null);
        }
    }
}
