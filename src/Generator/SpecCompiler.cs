using FashionCnn.Generator.Diagnostics;
using FashionCnn.Generator.Shapes;
using FashionCnn.Generator.Specs;
using FashionCnn.Generator.Syntax;
using Microsoft.CodeAnalysis.Text;

namespace FashionCnn.Generator;

/// <summary>What one spec compiles to.</summary>
/// <param name="Plan">The model to emit; null when the text does not even give a class name.</param>
/// <param name="Diagnostics">Everything there is to say, in the order of the text.</param>
/// <param name="NamePlace">Where the class name stands, for the error that another spec claims it too.</param>
internal sealed record CompiledSpec(ModelPlan? Plan, EquatableArray<DiagnosticInfo> Diagnostics, DiagnosticInfo? NamePlace);

/// <summary>The pipeline up to the plan: Parse, Bind, Infer. Nothing in it throws.</summary>
internal static class SpecCompiler
{
    public static CompiledSpec Compile(string path, SourceText text)
    {
        var bag = new DiagnosticBag();
        ModelPlan? plan = null;
        var nameSpan = new TextSpan(0, 0);
        try
        {
            if (JsonParser.Parse(text.ToString(), bag) is { } root && SpecBinder.Bind(root, Path.GetFileName(path), bag) is { } spec)
            {
                nameSpan = spec.ClassNameSpan;
                plan = ModelPlanner.Plan(spec, bag);
            }
        }
        catch (Exception exception) when (exception is not OperationCanceledException)
        {
            // One escaped exception would make the C# compiler drop every generated class.
            bag.Report(Descriptors.Internal, new TextSpan(0, 0), $"{exception.GetType().Name}: {exception.Message}");
            plan = plan is null ? null : plan with { Network = null };
        }

        plan ??= SkeletonOf(path);
        var diagnostics = bag.ToSorted().Select(diagnostic => DiagnosticInfo.Create(diagnostic, path, text)).ToEquatableArray();
        var place = plan is null
            ? null
            : DiagnosticInfo.Create(new RawDiagnostic(Descriptors.ClassNameTaken, nameSpan, []), path, text);
        return new CompiledSpec(plan, diagnostics, place);
    }

    /// <summary>Even for a text that is no JSON the class stays, under the name that the file gives it.</summary>
    private static ModelPlan? SkeletonOf(string path)
    {
        var id = Path.GetFileNameWithoutExtension(path);
        var name = Identifier.PascalCase(id);
        return Identifier.IsClassName(name) ? new ModelPlan(id, name, string.Empty, null) : null;
    }
}
