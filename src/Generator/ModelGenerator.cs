using System.Collections.Immutable;
using FashionCnn.Generator.Diagnostics;
using FashionCnn.Generator.Emit;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.Diagnostics;

namespace FashionCnn.Generator;

/// <summary>
/// Turns each model spec among the additional files into a class. Only the wiring stands here: nothing depends on the
/// compilation, so that a keystroke in C# costs nothing, and models and diagnostics go separate ways, so that an error that moves
/// by a line re-emits no class.
/// </summary>
[Generator(LanguageNames.CSharp)]
public sealed class ModelGenerator : IIncrementalGenerator
{
    /// <inheritdoc/>
    public void Initialize(IncrementalGeneratorInitializationContext context)
    {
        // A step over all specs costs time at every edit, even when it finds nothing to do. So there are few of them, and what is
        // small is collected first and then looked at in one go.
        var listedTwice = context.AdditionalTextsProvider
            .Collect()
            .Select((files, _) => ListedBefore(files))
            .WithTrackingName(TrackingNames.ListedTwice);
        var compiled = context.AdditionalTextsProvider
            .Combine(context.AnalyzerConfigOptionsProvider.Combine(listedTwice))
            .WithComparer(SameSpec.Instance)
            .WithTrackingName(TrackingNames.Specs)
            .SelectMany((pair, cancellation) => IsSpec(pair) ? ImmutableArray.Create(SpecCompiler.Compile(pair.Left, cancellation)) : ImmutableArray<CompiledSpec>.Empty)
            .WithTrackingName(TrackingNames.Compiled);
        var target = context.AnalyzerConfigOptionsProvider
            .Select((options, _) => Namespace(options))
            .WithTrackingName(TrackingNames.Namespace);
        var all = compiled.Collect();
        var settled = all
            .Combine(target)
            .Select((pair, _) => (Claims: ClassClaims.Of(pair.Left), Namespace: pair.Right))
            .WithTrackingName(TrackingNames.Claims)
            .Select((pair, _) => ClassClaims.Settle(pair.Claims, pair.Namespace))
            .WithTrackingName(TrackingNames.Catalog);

        var diagnostics = all
            .Combine(settled)
            .Select((pair, _) => Diagnostics(pair.Left, pair.Right))
            .WithTrackingName(TrackingNames.Diagnostics);
        context.RegisterSourceOutput(diagnostics, Report);

        var models = compiled
            .Combine(settled)
            .WithComparer(SameClass.Instance)
            .WithTrackingName(TrackingNames.Model);
        context.RegisterSourceOutput(models, (output, pair) => EmitModel(output, pair.Left, pair.Right));
        context.RegisterSourceOutput(
            settled, (output, claims) => output.AddSource("ModelCatalog.g.cs", CatalogEmitter.Emit(claims.Entries, claims.Namespace)));
    }

    private static void EmitModel(SourceProductionContext output, CompiledSpec spec, ClassClaims claims)
    {
        if (!IsEmitted((spec, claims)))
        {
            return;
        }

        var (source, failure) = SpecCompiler.Emit(spec.Plan!, spec.NamePlace!.Path, claims.Namespace);
        output.AddSource($"{spec.Plan!.ClassName}.g.cs", source);
        if (failure is not null)
        {
            output.ReportDiagnostic(failure.ToDiagnostic());
        }
    }

    private static bool IsEmitted((CompiledSpec Left, ClassClaims Right) pair) =>
        pair.Left.Plan is not null && !pair.Right.Losers.Contains(pair.Left.NamePlace!.Path);

    private static EquatableArray<DiagnosticInfo> Diagnostics(ImmutableArray<CompiledSpec> specs, ClassClaims claims)
    {
        var diagnostics = new List<DiagnosticInfo>();
        foreach (var spec in specs)
        {
            foreach (var diagnostic in spec.Diagnostics)
            {
                diagnostics.Add(diagnostic);
            }
        }

        diagnostics.AddRange(claims.Conflicts(specs));
        return diagnostics.ToEquatableArray();
    }

    private static void Report(SourceProductionContext output, EquatableArray<DiagnosticInfo> diagnostics)
    {
        foreach (var diagnostic in diagnostics)
        {
            output.ReportDiagnostic(diagnostic.ToDiagnostic());
        }
    }

    private static bool IsSpec(AdditionalText file, AnalyzerConfigOptionsProvider options) =>
        options.GetOptions(file).TryGetValue("build_metadata.AdditionalFiles.FashionCnnModelSpec", out var value)
        && string.Equals(value, "true", StringComparison.OrdinalIgnoreCase);

    /// <summary>The files that the project lists once more: a spec that is listed twice is one spec.</summary>
    private static EquatableArray<AdditionalText> ListedBefore(ImmutableArray<AdditionalText> files)
    {
        var paths = new HashSet<string>();
        return files.Where(file => !paths.Add(file.Path)).ToEquatableArray();
    }

    private static string Namespace(AnalyzerConfigOptionsProvider options)
    {
        if (options.GlobalOptions.TryGetValue("build_property.FashionCnnNamespace", out var chosen) && !string.IsNullOrWhiteSpace(chosen))
        {
            return NamespaceName.Of(chosen);
        }

        return options.GlobalOptions.TryGetValue("build_property.RootNamespace", out var root) ? NamespaceName.Of(root) : string.Empty;
    }

    private static bool IsSpec((AdditionalText Left, (AnalyzerConfigOptionsProvider Left, EquatableArray<AdditionalText> Right) Right) pair) =>
        IsSpec(pair.Left, pair.Right.Left) && !pair.Right.Right.Contains(pair.Left);

    /// <summary>Other options and other files make another spec only where they say something else of the file.</summary>
    private sealed class SameSpec : IEqualityComparer<(AdditionalText Left, (AnalyzerConfigOptionsProvider Left, EquatableArray<AdditionalText> Right) Right)>
    {
        public static readonly SameSpec Instance = new();

        public bool Equals(
            (AdditionalText Left, (AnalyzerConfigOptionsProvider Left, EquatableArray<AdditionalText> Right) Right) x,
            (AdditionalText Left, (AnalyzerConfigOptionsProvider Left, EquatableArray<AdditionalText> Right) Right) y) =>
            x.Left == y.Left && ((x.Right.Left == y.Right.Left && x.Right.Right.Equals(y.Right.Right)) || IsSpec(x) == IsSpec(y));

        public int GetHashCode((AdditionalText Left, (AnalyzerConfigOptionsProvider Left, EquatableArray<AdditionalText> Right) Right) pair) => pair.Left.GetHashCode();
    }

    /// <summary>Of a compiled spec the plan makes the class; that a diagnostic moved emits nothing again.</summary>
    private sealed class SameClass : IEqualityComparer<(CompiledSpec Left, ClassClaims Right)>
    {
        public static readonly SameClass Instance = new();

        public bool Equals((CompiledSpec Left, ClassClaims Right) x, (CompiledSpec Left, ClassClaims Right) y) =>
            (ReferenceEquals(x.Left, y.Left) || (Equals(x.Left.Plan, y.Left.Plan) && x.Left.NamePlace?.Path == y.Left.NamePlace?.Path))
            && (ReferenceEquals(x.Right, y.Right) || (IsEmitted(x) == IsEmitted(y) && x.Right.Namespace == y.Right.Namespace));

        public int GetHashCode((CompiledSpec Left, ClassClaims Right) pair) => pair.Left.Plan?.ClassName.GetHashCode() ?? 0;
    }
}

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
}
