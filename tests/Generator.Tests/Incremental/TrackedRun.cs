using System.Collections.Immutable;
using System.Reflection;
using Microsoft.CodeAnalysis;

namespace FashionCnn.Generator.Tests.Incremental;

/// <summary>A run of the generator and what each of its steps did: <c>New</c>, <c>Modified</c>, <c>Unchanged</c>, <c>Cached</c>, <c>Removed</c>.</summary>
internal sealed class TrackedRun
{
    private readonly GeneratorDriver driver;

    private TrackedRun(GeneratorDriver driver, string code)
    {
        this.driver = driver.RunGenerators(GeneratorRun.Compilation(code));
    }

    /// <summary>The names of all tracked steps.</summary>
    public static IReadOnlyList<string> StepNames { get; } =
    [
        .. typeof(TrackingNames).GetFields(BindingFlags.Public | BindingFlags.NonPublic | BindingFlags.Static).Select(field => (string)field.GetRawConstantValue()!),
    ];

    public GeneratorRunResult Result => driver.GetRunResult().Results[0];

    public IEnumerable<string> Errors => Result.Diagnostics.Select(diagnostic => $"{Path.GetFileName(diagnostic.Location.GetLineSpan().Path)}: {diagnostic.Id}").Order(StringComparer.Ordinal);

    /// <summary>The files of the classes, and the catalog's.</summary>
    public IEnumerable<string> Hints => Result.GeneratedSources.Select(source => source.HintName).Order(StringComparer.Ordinal);

    public static TrackedRun Start(params IEnumerable<AdditionalText> specs) => new(GeneratorRun.Driver(specs), "class Program;");

    /// <summary>A second run, after an edit.</summary>
    public TrackedRun Then(Func<GeneratorDriver, GeneratorDriver> edit, string code = "class Program;") => new(edit(driver), code);

    /// <summary>What became of each value of a step, in the order of the specs.</summary>
    public IReadOnlyList<IncrementalStepRunReason> Reasons(string step) => [.. Steps(step).SelectMany(Reasons)];

    public IReadOnlyList<object> Values(string step) => [.. Steps(step).SelectMany(run => run.Outputs).Select(output => output.Value)];

    /// <summary>What became of each source and diagnostic that is made from the values of a step.</summary>
    public IReadOnlyList<IncrementalStepRunReason> OutputReasons(string step) =>
        [.. OutputSteps.Where(output => NearestNames(output).Contains(step)).SelectMany(Reasons)];

    /// <summary>Every step from which an output is made, named or not, down to the compiler's own inputs.</summary>
    public IReadOnlyList<IncrementalGeneratorRunStep> StepsBehindOutputs()
    {
        var found = new HashSet<IncrementalGeneratorRunStep>(ReferenceEqualityComparer.Instance);
        var open = new Stack<IncrementalGeneratorRunStep>(OutputSteps.SelectMany(Sources));
        while (open.TryPop(out var step))
        {
            if (found.Add(step))
            {
                foreach (var source in Sources(step))
                {
                    open.Push(source);
                }
            }
        }

        return [.. found];
    }

    private IEnumerable<IncrementalGeneratorRunStep> OutputSteps => Result.TrackedOutputSteps.Values.SelectMany(steps => steps);

    private ImmutableArray<IncrementalGeneratorRunStep> Steps(string step) => Result.TrackedSteps.TryGetValue(step, out var steps) ? steps : [];

    private static IEnumerable<IncrementalGeneratorRunStep> Sources(IncrementalGeneratorRunStep step) => step.Inputs.Select(input => input.Source);

    private static IEnumerable<IncrementalStepRunReason> Reasons(IncrementalGeneratorRunStep step) => step.Outputs.Select(output => output.Reason);

    private static IEnumerable<string> NearestNames(IncrementalGeneratorRunStep step) =>
        Sources(step).SelectMany(source => source.Name is { } name ? [name] : NearestNames(source));
}
