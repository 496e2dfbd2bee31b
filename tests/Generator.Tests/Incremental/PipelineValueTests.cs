using System.Collections.Immutable;
using FashionCnn.Compiler.Diagnostics;
using FashionCnn.Compiler.Layers;
using FashionCnn.Compiler.Syntax;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.Diagnostics;
using Microsoft.CodeAnalysis.Text;
using Xunit;

namespace FashionCnn.Generator.Tests.Incremental;

/// <summary>What the pipeline keeps between two runs: plain data, equal where the specs are equal.</summary>
public sealed class PipelineValueTests
{
    private static readonly SyntaxTree Tree = CSharpSyntaxTree.ParseText("class Planted;");

    private static readonly Compilation Compilation = CSharpCompilation.Create("Planted", [Tree]);

    public static TheoryData<string> ForbiddenKinds => [.. Forbidden.Keys];

    private static Dictionary<string, object> Forbidden { get; } = new()
    {
        [nameof(Microsoft.CodeAnalysis.Compilation)] = Compilation,
        [nameof(ISymbol)] = Compilation.GetTypeByMetadataName("Planted")!,
        [nameof(SyntaxNode)] = Tree.GetRoot(),
        [nameof(SyntaxTree)] = Tree,
        [nameof(SourceText)] = Tree.GetText(),
        [nameof(Location)] = Location.Create("a.json", default, default),
        [nameof(Diagnostic)] = Diagnostic.Create(RoslynDiagnostic.Descriptors.Values.First(), location: null),
    };

    [Fact]
    public void No_step_keeps_a_text_a_location_or_anything_of_the_compilation()
    {
        var run = TrackedRun.Start(Specs()).Then(driver => driver, "class Edited;");
        var steps = run.StepsBehindOutputs();
        Assert.Superset(TrackedRun.StepNames.ToHashSet(), steps.Where(step => !step.Outputs.IsEmpty).Select(step => step.Name ?? string.Empty).ToHashSet());

        var held = steps
            .SelectMany(step => step.Outputs.Select(output => (output.Value, Name: step.Name ?? "unnamed step")))
            // The compiler's inputs: the files and the options that it holds anyway.
            .Where(value => value.Value is not (AdditionalText or AnalyzerConfigOptionsProvider))
            .SelectMany(value => HeldObjects.Of(value.Value, value.Name))
            .ToList();

        Assert.Contains(held, value => value.Value is PlannedLayer);
        Assert.Contains(held, value => value.Value is SpecDiagnostic);
        Assert.Empty(held.Where(value => HeldObjects.IsForbidden(value.Value)).Select(value => $"{value.Path}: {value.Value.GetType()}").Distinct());
    }

    [Theory]
    [MemberData(nameof(ForbiddenKinds))]
    public void A_planted_object_is_found_wherever_it_hides(string kind)
    {
        var planted = Forbidden[kind];
        Func<object> closure = () => planted;
        object[] hidings =
        [
            planted,
            new object[] { "harmless", planted },
            ImmutableArray.Create<object>("harmless", planted),
            new EquatableArray<object>([1, planted]),
            new Derived(planted),
            (1, ("nested", planted)),
            new List<KeyValuePair<string, object>> { new("key", planted) },
            new Lazy<object>(planted),
            closure,
        ];

        Assert.All(hidings, hiding => Assert.Contains(HeldObjects.Of(hiding, "root"), held => HeldObjects.IsForbidden(held.Value)));
        Assert.DoesNotContain(HeldObjects.Of(new Derived("harmless"), "root"), held => HeldObjects.IsForbidden(held.Value));
    }

    [Fact]
    public void Equal_texts_give_equal_values_at_every_step()
    {
        var one = TrackedRun.Start(Specs());
        var other = TrackedRun.Start(Specs());

        // The values of this step are the compiler's files themselves.
        foreach (var step in TrackedRun.StepNames.Except([TrackingNames.Specs]))
        {
            var (values, others) = (one.Values(step), other.Values(step));
            Assert.NotEmpty(values);
            Assert.Equal(values.Count, others.Count);
            for (var i = 0; i < values.Count; i++)
            {
                Assert.True(values[i].Equals(others[i]), $"{step}: {values[i]} is not equal to {others[i]}");
                Assert.True(values[i].GetHashCode() == others[i].GetHashCode(), $"{step}: hash codes of {values[i]} differ");
                Assert.True(values[i] is string or ValueType || !ReferenceEquals(values[i], others[i]), $"{step}: both runs gave the same object");
            }
        }
    }

    [Fact]
    public void Different_texts_give_different_plans()
    {
        var plans = TrackedRun.Start(Specs()).Values(TrackingNames.Model).Select(value => ((Model)value).Plan).ToList();

        Assert.Equal(plans.Count, plans.Distinct().Count());
    }

    /// <summary>All specs and fixtures, and two that claim one name. Read anew at each call.</summary>
    private static IEnumerable<SpecFile> Specs() =>
        Repository.SpecPaths
            .Concat(Directory.GetFiles(Repository.Fixtures, "*.json", SearchOption.AllDirectories))
            .Order(StringComparer.Ordinal)
            .Select(SpecFile.Read)
            .Append(SpecFile.Of("{}", "a/conflict.json"))
            .Append(SpecFile.Of("{}", "b/conflict.json"));

    private abstract class Base(object hidden)
    {
        private readonly object inBase = hidden;

        public override string ToString() => $"{inBase.GetType()}";
    }

    private sealed class Derived(object hidden) : Base(hidden);
}
