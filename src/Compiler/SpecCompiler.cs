using FashionCnn.Generator.Diagnostics;
using FashionCnn.Generator.Emit;
using FashionCnn.Generator.Shapes;
using FashionCnn.Generator.Specs;
using FashionCnn.Generator.Syntax;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.Text;

namespace FashionCnn.Generator;

/// <summary>What one spec compiles to.</summary>
/// <param name="Plan">The model to emit; null when the text does not even give a class name.</param>
/// <param name="Diagnostics">Everything there is to say, in the order of the text.</param>
/// <param name="NamePlace">Where the class name stands, for the error that another spec claims it too.</param>
internal sealed record CompiledSpec(ModelPlan? Plan, EquatableArray<DiagnosticInfo> Diagnostics, DiagnosticInfo? NamePlace);

/// <summary>The four steps of one spec: Parse, Bind and Infer up to the plan, then Emit. Nothing in it throws.</summary>
internal static class SpecCompiler
{
    public static CompiledSpec Compile(AdditionalText file, CancellationToken cancellation)
    {
        SourceText? text;
        try
        {
            // Null when the file cannot be read, which the C# compiler reports itself.
            text = file.GetText(cancellation);
        }
        catch (Exception exception) when (exception is not OperationCanceledException)
        {
            return Failed(file.Path, exception);
        }

        return text is null ? new CompiledSpec(SkeletonOf(file.Path), [], PlaceOfName(file.Path)) : Compile(file.Path, text);
    }

    public static CompiledSpec Compile(string path, SourceText text)
    {
        try
        {
            return CompileText(path, text);
        }
        catch (Exception exception) when (exception is not OperationCanceledException)
        {
            // The text gives not even its lines.
            return Failed(path, exception);
        }
    }

    /// <summary>Emit. A plan that cannot be emitted gives its skeleton, and why.</summary>
    public static (string Source, DiagnosticInfo? Failure) Emit(ModelPlan plan, string path, string @namespace)
    {
        try
        {
            return (ModelEmitter.Emit(plan, @namespace), null);
        }
        catch (Exception exception)
        {
            return (ModelEmitter.Emit(plan with { Network = null }, @namespace), Internal(path, exception));
        }
    }

    private static CompiledSpec CompileText(string path, SourceText text)
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
            bag.Report(Descriptors.Internal, new TextSpan(0, 0), Describe(exception));
            plan = plan is null ? null : plan with { Network = null };
        }

        plan ??= SkeletonOf(path);
        var diagnostics = bag.ToSorted().Select(diagnostic => DiagnosticInfo.Create(diagnostic, path, text)).ToEquatableArray();
        var place = plan is null
            ? null
            : DiagnosticInfo.Create(new RawDiagnostic(Descriptors.ClassNameTaken, nameSpan, []), path, text);
        return new CompiledSpec(plan, diagnostics, place);
    }

    /// <summary>A text that could not even be read.</summary>
    private static CompiledSpec Failed(string path, Exception exception) =>
        new(SkeletonOf(path), [Internal(path, exception)], PlaceOfName(path));

    private static DiagnosticInfo Internal(string path, Exception exception) => new(Descriptors.Internal, path, default, default, [Describe(exception)]);

    private static string Describe(Exception exception) => $"{exception.GetType().Name}: {exception.Message}";

    private static DiagnosticInfo PlaceOfName(string path) => new(Descriptors.ClassNameTaken, path, default, default, []);

    /// <summary>Even for a text that is no JSON the class stays, under the name that the file gives it.</summary>
    private static ModelPlan? SkeletonOf(string path)
    {
        var id = Path.GetFileNameWithoutExtension(path);
        var name = Identifier.PascalCase(id);
        return ClassName.WhyNot(name) is null ? new ModelPlan(id, name, string.Empty, null) : null;
    }
}
