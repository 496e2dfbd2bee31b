using System.Collections.Immutable;
using System.Text;
using FashionCnn.Compiler;
using FashionCnn.Compiler.Diagnostics;
using FashionCnn.Compiler.Emit;
using FashionCnn.Compiler.Infer;
using FashionCnn.Compiler.Syntax;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.Diagnostics;
using Microsoft.CodeAnalysis.Text;

namespace FashionCnn.Generator;

/// <summary>
/// Turns each model spec among the additional files into a class. This class is only the wiring: nothing depends on the
/// compilation, so that a keystroke in C# costs nothing, and models and diagnostics go separate ways, so that an error
/// that moves by a line re-emits no class.
/// </summary>
[Generator(LanguageNames.CSharp)]
public sealed class ModelGenerator : IIncrementalGenerator
{
    /// <inheritdoc/>
    public void Initialize(IncrementalGeneratorInitializationContext context)
    {
        var listedTwice = context.AdditionalTextsProvider
            .Collect()
            .Select((files, _) => ListedBefore(files))
            .WithTrackingName(TrackingNames.ListedTwice);
        var compiled = context.AdditionalTextsProvider
            .Combine(context.AnalyzerConfigOptionsProvider)
            .Where(pair => IsSpec(pair.Left, pair.Right))
            .Select((pair, _) => pair.Left)
            .Combine(listedTwice)
            .Where(pair => !pair.Right.Contains(pair.Left))
            .Select((pair, _) => pair.Left)
            .WithTrackingName(TrackingNames.Specs)
            .Select(Compile)
            .WithTrackingName(TrackingNames.Compiled);
        var target = context.AnalyzerConfigOptionsProvider
            .Select((options, _) => Namespace(options))
            .WithTrackingName(TrackingNames.Namespace);
        var all = compiled.Collect();
        var settled = all
            .Select((specs, _) => ClassClaims.Of(specs))
            .WithTrackingName(TrackingNames.Claims)
            .Combine(target)
            .Select((pair, _) => ClassClaims.Settle(pair.Left, pair.Right))
            .WithTrackingName(TrackingNames.Catalog);

        var diagnostics = all
            .Combine(settled)
            .Combine(context.AnalyzerConfigOptionsProvider.Select((options, _) => Property(options, "ProjectDir")))
            .Select((pair, _) => pair.Left.Left.SelectMany(spec => spec.Diagnostics).Concat(pair.Left.Right.Conflicts(pair.Left.Left, pair.Right)).ToEquatableArray())
            .WithTrackingName(TrackingNames.Diagnostics);
        context.RegisterSourceOutput(diagnostics, Report);
        var hasRuntime = context.MetadataReferencesProvider.Collect().Select((references, _) => references.Any(IsRuntime));
        RegisterProject(context, compiled.Collect(), hasRuntime);

        // The text is part of the class's file, although it changes oftener: Roslyn compares the name of each file with those of all others.
        var models = compiled
            .Combine(settled)
            .Where(pair => pair.Left.Plan is not null && !pair.Right.Losers.Contains(pair.Left.NamePlace!.Path))
            .Select((pair, _) => new Model(pair.Left.Plan!, pair.Left.IsModel ? pair.Left.Text : string.Empty, pair.Left.NamePlace!.Path, pair.Right.Namespace))
            .WithTrackingName(TrackingNames.Model);
        context.RegisterSourceOutput(models, EmitModel);
        // Without the runtime, an empty catalog would be nothing but an error in a file that nobody has written.
        context.RegisterSourceOutput(settled.Combine(hasRuntime), (output, pair) =>
        {
            if (pair.Right || !pair.Left.Entries.IsEmpty)
            {
                output.AddSource("ModelCatalog.g.cs", CatalogEmitter.Emit(pair.Left.Entries, pair.Left.Namespace));
            }
        });
    }

    /// <summary>
    /// What is wrong with the project: specs that do not reach the compiler, none at all, none of the runtime. Of the compilation only the
    /// references are looked at, which do not change with the code.
    /// </summary>
    private static void RegisterProject(IncrementalGeneratorInitializationContext context, IncrementalValueProvider<ImmutableArray<CompiledSpec>> compiled, IncrementalValueProvider<bool> hasRuntime)
    {
        var given = compiled.Select((specs, _) => specs.Select(spec => spec.Path).ToEquatableArray());
        var declared = context.AnalyzerConfigOptionsProvider.Select((options, _) => DeclaredSpecs.Of(Property(options, "FashionCnnModelSpecs")));
        var faults = given
            .Combine(declared)
            .Combine(hasRuntime)
            .Select((pair, _) => DeclaredSpecs.Faults(pair.Left.Left, pair.Left.Right, pair.Right))
            .WithTrackingName(TrackingNames.Project);
        context.RegisterSourceOutput(faults, (output, found) =>
        {
            foreach (var (rule, path) in found)
            {
                output.ReportDiagnostic(RoslynDiagnostic.Of(rule, path));
            }
        });
    }

    private static bool IsRuntime(MetadataReference reference) => reference switch
    {
        CompilationReference project => project.Compilation.AssemblyName == DeclaredSpecs.Runtime,
        PortableExecutableReference { FilePath: { } path } => string.Equals(Path.GetFileNameWithoutExtension(path), DeclaredSpecs.Runtime, StringComparison.OrdinalIgnoreCase),
        _ => false,
    };

    private static CompiledSpec Compile(AdditionalText file, CancellationToken cancellation)
    {
        try
        {
            // Null when the file cannot be read, which the C# compiler reports itself.
            return file.GetText(cancellation) is { } text ? SpecCompiler.Compile(file.Path, TextOf(text)) : SpecCompiler.Unreadable(file.Path, exception: null);
        }
        catch (Exception exception) when (exception is not OperationCanceledException)
        {
            return SpecCompiler.Unreadable(file.Path, exception);
        }
    }

    // What is not UTF-8, the C# compiler reads in the language of the machine, without saying so; with a CodePage, all files in that. As where it cannot,
    // a replacement character stands for what is wrong.
    private static string TextOf(SourceText text)
    {
        var whole = text.ToString();
        if (text.Encoding is null or { CodePage: 65001 or 1200 or 1201 or 12000 or 12001 })
        {
            return whole;
        }

        var foreign = whole.FirstOrDefault(value => value > 127);
        if (foreign == '\0')
        {
            return whole;
        }

        try
        {
            return new UTF8Encoding(encoderShouldEmitUTF8Identifier: false, throwOnInvalidBytes: true).GetString(text.Encoding.GetBytes(whole));
        }
        catch (DecoderFallbackException)
        {
            return whole.Replace(foreign, '\uFFFD');
        }
    }

    private static void EmitModel(SourceProductionContext output, Model model)
    {
        var (source, failure) = SpecCompiler.Emit(model.Plan, model.Text, model.Path, model.Namespace);
        output.AddSource($"{model.Plan.ClassName}.g.cs", source);
        if (failure is not null)
        {
            output.ReportDiagnostic(RoslynDiagnostic.Of(failure));
        }
    }

    private static void Report(SourceProductionContext output, EquatableArray<SpecDiagnostic> diagnostics)
    {
        foreach (var diagnostic in diagnostics)
        {
            output.ReportDiagnostic(RoslynDiagnostic.Of(diagnostic));
        }
    }

    private static bool IsSpec(AdditionalText file, AnalyzerConfigOptionsProvider options) =>
        options.GetOptions(file).TryGetValue("build_metadata.ModelSpec.FashionCnnModelSpec", out var value)
        && string.Equals(value, "true", StringComparison.OrdinalIgnoreCase);

    /// <summary>The files that the project lists once more: a spec that is listed twice is one spec.</summary>
    private static EquatableArray<AdditionalText> ListedBefore(ImmutableArray<AdditionalText> files)
    {
        var paths = new HashSet<string>();
        return files.Where(file => !paths.Add(file.Path)).ToEquatableArray();
    }

    private static string Namespace(AnalyzerConfigOptionsProvider options)
    {
        var chosen = Property(options, "FashionCnnNamespace");
        return string.IsNullOrWhiteSpace(chosen) ? NamespaceName.Below(Property(options, "RootNamespace")) : NamespaceName.Of(chosen);
    }

    private static string Property(AnalyzerConfigOptionsProvider options, string name) =>
        options.GlobalOptions.TryGetValue($"build_property.{name}", out var value) ? value : string.Empty;
}

/// <summary>What a class is emitted from.</summary>
internal sealed record Model(ModelPlan Plan, string Text, string Path, string Namespace);

/// <summary>The names under which tests watch the steps.</summary>
internal static class TrackingNames
{
    public const string ListedTwice = nameof(ListedTwice);
    public const string Specs = nameof(Specs);
    public const string Compiled = nameof(Compiled);
    public const string Namespace = nameof(Namespace);
    public const string Diagnostics = nameof(Diagnostics);
    public const string Claims = nameof(Claims);
    public const string Model = nameof(Model);
    public const string Catalog = nameof(Catalog);
    public const string Project = nameof(Project);
}
