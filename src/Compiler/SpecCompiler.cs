using FashionCnn.Compiler.Bind;
using FashionCnn.Compiler.Diagnostics;
using FashionCnn.Compiler.Emit;
using FashionCnn.Compiler.Infer;
using FashionCnn.Compiler.Keys;
using FashionCnn.Compiler.Syntax;

namespace FashionCnn.Compiler;

/// <summary>The four steps of one spec: Parse, Bind and Infer up to the plan, then Emit. Nothing in it throws.</summary>
public static class SpecCompiler
{
    /// <summary>Compiles a spec's text.</summary>
    /// <param name="path">The spec's file: its name gives the model's id and, unless the text has one, the class its name. Nothing is read from it.</param>
    /// <param name="text">The text, without a byte-order mark.</param>
    public static CompiledSpec Compile(string path, string text) => Compile(path, text, findings: null);

    /// <summary>Compiles a spec's text.</summary>
    /// <param name="path">The spec's file.</param>
    /// <param name="text">The text.</param>
    /// <param name="findings">Takes what the steps find; null when nobody wants to know.</param>
    internal static CompiledSpec Compile(string path, string text, SpecFindings? findings)
    {
        var bag = new DiagnosticBag();
        ModelPlan? plan = null;
        var nameSpan = new TextSpan(0, 0);
        try
        {
            var root = JsonParser.Parse(text, out var error);
            if (error is not null)
            {
                bag.Report(Descriptors.Of(error.Kind), error.Span, error.Arguments);
            }

            if (root is not null && error is null && findings is not null)
            {
                findings.Root = root;
            }

            if (root is not null && SpecBinder.Bind(root, Path.GetFileName(path), bag, findings?.Log) is { } spec)
            {
                nameSpan = spec.ClassNameSpan;
                var inferred = Inference.Run(spec.Layers, spec.Input);
                plan = ModelPlanner.Plan(spec, inferred, bag);
                if (findings is not null)
                {
                    (findings.Bound, findings.Inferred) = (spec, inferred);
                }
            }
        }
        catch (Exception exception) when (exception is not OperationCanceledException)
        {
            // One escaped exception would make the C# compiler drop every generated class.
            bag.Report(Descriptors.Internal, new TextSpan(0, 0), Describe(exception));
            plan = plan is null ? null : plan with { Network = null };
        }

        plan ??= SkeletonOf(path);
        var lines = new LineMap(text);
        var diagnostics = bag.ToSorted().Select(diagnostic => SpecDiagnostic.Create(diagnostic, path, lines)).ToEquatableArray();
        var place = plan is null ? null : SpecDiagnostic.Create(new RawDiagnostic(Descriptors.ClassNameTaken, nameSpan, []), path, lines);
        return new CompiledSpec(path, plan, text, diagnostics, place);
    }

    /// <summary>An error for every file whose class name another file claims too: what is wrong with specs together.</summary>
    /// <param name="specs">The specs of one project.</param>
    /// <param name="project">The project's folder, from which paths are given; empty when it is not known.</param>
    public static EquatableArray<SpecDiagnostic> Conflicts(IReadOnlyList<CompiledSpec> specs, string project) =>
        ClassClaims.Settle(ClassClaims.Of(specs), string.Empty).Conflicts(specs, project);

    /// <summary>A spec whose text cannot be had; null when somebody else says why.</summary>
    internal static CompiledSpec Unreadable(string path, Exception? exception) => new(
        path, SkeletonOf(path), string.Empty, exception is null ? [] : [Internal(path, exception)], new SpecDiagnostic(Descriptors.ClassNameTaken, path, default, default, []));

    /// <summary>Emit. A plan that cannot be emitted gives its skeleton, and why.</summary>
    internal static (string Source, SpecDiagnostic? Failure) Emit(ModelPlan plan, string text, string path, string @namespace)
    {
        try
        {
            return (ModelEmitter.Emit(plan, text, @namespace), null);
        }
        catch (Exception exception)
        {
            return (ModelEmitter.Emit(plan with { Network = null }, text, @namespace), Internal(path, exception));
        }
    }

    private static SpecDiagnostic Internal(string path, Exception exception) => new(Descriptors.Internal, path, default, default, [Describe(exception)]);

    private static string Describe(Exception exception) => $"{exception.GetType().Name}: {exception.Message}";

    /// <summary>Even for a text that is no JSON the class stays, under the name that the file gives it.</summary>
    private static ModelPlan? SkeletonOf(string path)
    {
        var id = Path.GetFileNameWithoutExtension(path);
        var name = Identifier.PascalCase(id);
        return ClassName.WhyNot(name) is null ? new ModelPlan(id, name, string.Empty, null) : null;
    }
}
