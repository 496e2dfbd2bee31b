using System.Collections.Immutable;
using System.Globalization;
using FashionCnn.Generator;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;

namespace FashionCnn.Benchmarks;

/// <summary>Measures the source generator against <see cref="ReferenceGenerator"/>.</summary>
internal static class GeneratorBenchmark
{
    private static readonly CSharpParseOptions ParseOptions = CSharpParseOptions.Default;
    private static readonly SpecOptions Options = new();

    private static readonly CSharpCompilation Compilation = CSharpCompilation.Create(
        "Consumer",
        [CSharpSyntaxTree.ParseText("internal class Edited;", ParseOptions)],
        [MetadataReference.CreateFromFile(typeof(object).Assembly.Location)],
        new CSharpCompilationOptions(OutputKind.DynamicallyLinkedLibrary));

    public static void Run(TextWriter output)
    {
        output.WriteLine("| specs | case | ours ms | reference ms | ratio | aim |");
        output.WriteLine("|---:|---|---:|---:|---:|---:|");
        foreach (var count in new[] { 1, 100, 1000 })
        {
            var reference = Reference(count);
            Write(count, "cold", Cold(count, reference), count == 1000 ? 4.0 : null, output);
            Write(count, "C# edit", CodeEdit(count, reference), 1.1, output);
            Write(count, "one spec edited", SpecEdit(count, reference), 1.3, output);
        }
    }

    private static TimePair Cold(int count, IIncrementalGenerator reference)
    {
        return Alternation.Measure(() => Prepare(new ModelGenerator()), () => Prepare(reference));

        Action Prepare(IIncrementalGenerator generator)
        {
            var driver = Driver(generator, SpecSet.Create(count));
            return () => driver.RunGenerators(Compilation);
        }
    }

    private static TimePair CodeEdit(int count, IIncrementalGenerator reference)
    {
        return Alternation.Measure(Edits(new ModelGenerator()), Edits(reference));

        Func<Action> Edits(IIncrementalGenerator generator)
        {
            var driver = Driver(generator, SpecSet.Create(count)).RunGenerators(Compilation);
            var compilation = Compilation;
            var edit = 0;
            return () =>
            {
                var tree = CSharpSyntaxTree.ParseText($"internal class Edited{edit++};", ParseOptions);
                compilation = compilation.ReplaceSyntaxTree(compilation.SyntaxTrees[0], tree);
                return () => driver = driver.RunGenerators(compilation);
            };
        }
    }

    private static TimePair SpecEdit(int count, IIncrementalGenerator reference)
    {
        return Alternation.Measure(Edits(new ModelGenerator()), Edits(reference));

        Func<Action> Edits(IIncrementalGenerator generator)
        {
            var written = SpecSet.Create(count);
            var current = written.ToArray();
            var driver = Driver(generator, written).RunGenerators(Compilation);
            var edit = 0;
            return () =>
            {
                // A step that shares no factor with the counts meets all five specs.
                var index = 7 * edit % count;
                var edited = written[index].Edited(edit++);
                driver = driver.ReplaceAdditionalText(current[index], edited);
                current[index] = edited;
                return () => driver = driver.RunGenerators(Compilation);
            };
        }
    }

    /// <summary>A generator whose prepared texts are what ours emits.</summary>
    private static ReferenceGenerator Reference(int count)
    {
        var specs = SpecSet.Create(count);
        var sources = Driver(new ModelGenerator(), specs).RunGenerators(Compilation).GetRunResult().Results.Single().GeneratedSources
            .ToDictionary(source => source.HintName, source => source.SourceText.ToString(), StringComparer.OrdinalIgnoreCase);
        return new ReferenceGenerator(
            specs.ToDictionary(spec => spec.Path, spec => sources[$"{Path.GetFileNameWithoutExtension(spec.Path)}.g.cs"]), sources["ModelCatalog.g.cs"]);
    }

    private static CSharpGeneratorDriver Driver(IIncrementalGenerator generator, ImmutableArray<SpecFile> specs) =>
        CSharpGeneratorDriver.Create([generator.AsSourceGenerator()], specs, ParseOptions, Options);

    private static void Write(int count, string name, TimePair times, double? aim, TextWriter output) => output.WriteLine(string.Create(
        CultureInfo.InvariantCulture,
        $"| {count:n0} | {name} | {times.Ours:0.000} | {times.Reference:0.000} | {times.Ratio:0.00} | {(aim is { } limit ? $"at most {limit:0.0}" : "none")} |"));
}
