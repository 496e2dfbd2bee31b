using FashionCnn.Generator.Diagnostics;
using FashionCnn.Generator.Emit;
using FashionCnn.Generator.Shapes;
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
        var files = context.AdditionalTextsProvider
            .Combine(context.AnalyzerConfigOptionsProvider)
            .Where(pair => IsSpec(pair.Left, pair.Right))
            .Select((pair, _) => pair.Left);
        // A file that the project lists twice is one spec.
        var listedTwice = files.Collect().Select((all, _) => FirstOfSeveral(all)).WithTrackingName(TrackingNames.ListedTwice);
        var specs = files
            .Combine(listedTwice)
            .Where(pair => !pair.Right.Any(first => first.Path == pair.Left.Path && first != pair.Left))
            .Select((pair, _) => pair.Left)
            .WithTrackingName(TrackingNames.Specs);
        var compiled = specs
            .Select(SpecCompiler.Compile)
            .WithTrackingName(TrackingNames.Compiled);
        var target = context.AnalyzerConfigOptionsProvider
            .Select((options, _) => Namespace(options))
            .WithTrackingName(TrackingNames.Namespace);

        var diagnostics = compiled.SelectMany((spec, _) => spec.Diagnostics).WithTrackingName(TrackingNames.Diagnostics);
        context.RegisterSourceOutput(diagnostics, (output, diagnostic) => output.ReportDiagnostic(diagnostic.ToDiagnostic()));

        var claims = compiled
            .Where(spec => spec.Plan is not null)
            .Select((spec, _) => new ClassClaim(spec.Plan!.Id, spec.Plan.ClassName, spec.NamePlace!.Path))
            .Collect()
            .Select((all, _) => all.OrderBy(claim => claim.Id, StringComparer.Ordinal).ThenBy(claim => claim.Path, StringComparer.Ordinal).ToEquatableArray())
            .WithTrackingName(TrackingNames.Claims);
        var conflicts = compiled
            .Where(spec => spec.NamePlace is not null)
            .Combine(claims)
            .SelectMany((pair, _) => Conflict(pair.Left, pair.Right))
            .WithTrackingName(TrackingNames.Conflicts);
        context.RegisterSourceOutput(conflicts, (output, diagnostic) => output.ReportDiagnostic(diagnostic.ToDiagnostic()));

        var models = compiled
            .Where(spec => spec.Plan is not null)
            .Select((spec, _) => (Plan: spec.Plan!, spec.NamePlace!.Path))
            .Combine(claims)
            // Equal hint names, compared ignoring case, would make the C# compiler drop everything: the first claim wins.
            .Where(pair => IsFirst(pair.Left.Plan, pair.Left.Path, pair.Right))
            .Select((pair, _) => pair.Left)
            .WithTrackingName(TrackingNames.Model);
        context.RegisterSourceOutput(models.Combine(target), (output, pair) =>
        {
            var (plan, path) = pair.Left;
            var (source, failure) = SpecCompiler.Emit(plan, path, pair.Right);
            output.AddSource($"{plan.ClassName}.g.cs", source);
            if (failure is not null)
            {
                output.ReportDiagnostic(failure.ToDiagnostic());
            }
        });

        var entries = claims
            .Select((all, _) => all
                .GroupBy(claim => claim.ClassName, StringComparer.OrdinalIgnoreCase)
                .Select(group => new CatalogEntry(group.First().Id, group.First().ClassName))
                .ToEquatableArray())
            .WithTrackingName(TrackingNames.Catalog);
        context.RegisterSourceOutput(
            entries.Combine(target),
            (output, pair) => output.AddSource("ModelCatalog.g.cs", CatalogEmitter.Emit(pair.Left, pair.Right)));
    }

    private static bool IsSpec(AdditionalText file, AnalyzerConfigOptionsProvider options) =>
        options.GetOptions(file).TryGetValue("build_metadata.AdditionalFiles.FashionCnnModelSpec", out var value)
        && string.Equals(value, "true", StringComparison.OrdinalIgnoreCase);

    private static EquatableArray<AdditionalText> FirstOfSeveral(IEnumerable<AdditionalText> files) =>
        files.GroupBy(file => file.Path).Where(group => group.Count() > 1).Select(group => group.First()).ToEquatableArray();

    private static string Namespace(AnalyzerConfigOptionsProvider options)
    {
        if (options.GlobalOptions.TryGetValue("build_property.FashionCnnNamespace", out var chosen) && !string.IsNullOrWhiteSpace(chosen))
        {
            return NamespaceName.Of(chosen);
        }

        return options.GlobalOptions.TryGetValue("build_property.RootNamespace", out var root) ? NamespaceName.Of(root) : string.Empty;
    }

    private static bool IsFirst(ModelPlan plan, string path, EquatableArray<ClassClaim> claims) =>
        claims.First(claim => string.Equals(claim.ClassName, plan.ClassName, StringComparison.OrdinalIgnoreCase)).Path == path;

    private static EquatableArray<DiagnosticInfo> Conflict(CompiledSpec spec, EquatableArray<ClassClaim> claims)
    {
        var others = claims
            .Where(claim => string.Equals(claim.ClassName, spec.Plan!.ClassName, StringComparison.OrdinalIgnoreCase) && claim.Path != spec.NamePlace!.Path)
            .Select(claim => Path.GetFileName(claim.Path))
            .ToList();
        return others.Count == 0
            ? []
            : [spec.NamePlace! with { Arguments = new[] { spec.Plan!.ClassName, Text.List(others) }.ToEquatableArray() }];
    }

    /// <summary>A class name and the file that claims it.</summary>
    private sealed record ClassClaim(string Id, string ClassName, string Path);
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
    public const string Conflicts = nameof(Conflicts);
    public const string Model = nameof(Model);
    public const string Catalog = nameof(Catalog);
}
