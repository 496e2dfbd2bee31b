using System.Collections.Immutable;
using System.Globalization;
using FashionCnn.Generator;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;

namespace FashionCnn.Benchmarks;

/// <summary>Measures the source generator against <see cref="ReferenceGenerator"/>.</summary>
internal static class GeneratorBenchmark
{
    // Milliseconds.
    private const double EditAim = 10;
    private const double ColdAim = 100;

    private static readonly CSharpParseOptions ParseOptions = CSharpParseOptions.Default;
    private static readonly SpecOptions Options = new();

    private static readonly CSharpCompilation Compilation = CSharpCompilation.Create(
        "Consumer",
        [CSharpSyntaxTree.ParseText("internal class Edited;", ParseOptions)],
        [MetadataReference.CreateFromFile(typeof(object).Assembly.Location)],
        new CSharpCompilationOptions(OutputKind.DynamicallyLinkedLibrary));

    /// <summary>Measures many specs and large ones, or the given files, each alone.</summary>
    public static void Run(IReadOnlyList<string> files, TextWriter output)
    {
        output.WriteLine("| specs | case | ours ms | reference ms | ratio | aim |");
        output.WriteLine("|---|---|---:|---:|---:|---:|");
        foreach (var file in files)
        {
            Measure(Path.GetFileNameWithoutExtension(file), () => [new SpecFile(file, File.ReadAllText(file))], editAim: null, coldAim: null, output);
        }

        if (files.Count > 0)
        {
            return;
        }

        foreach (var count in new[] { 1, 100, 1000 })
        {
            Measure($"{count:n0}", () => SpecSet.Create(count), count == 1000 ? EditAim : null, coldAim: null, output);
        }

        Measure("1 of 1,000 layers", () => [SpecSet.OfLayers(1000)], editAim: null, ColdAim, output);
    }

    private static void Measure(string specs, Func<ImmutableArray<SpecFile>> create, double? editAim, double? coldAim, TextWriter output)
    {
        var reference = Reference(create());
        Write(specs, "cold", Cold(create, reference), coldAim, output);
        Write(specs, "C# edit", CodeEdit(create(), reference), null, output);
        Write(specs, "one spec edited", SpecEdit(create(), reference), editAim, output);
    }

    private static TimePair Cold(Func<ImmutableArray<SpecFile>> create, IIncrementalGenerator reference)
    {
        return Alternation.Measure(() => Prepare(new ModelGenerator()), () => Prepare(reference));

        Action Prepare(IIncrementalGenerator generator)
        {
            // New files, of which nothing has been read yet.
            var driver = Driver(generator, create());
            return () => driver.RunGenerators(Compilation);
        }
    }

    private static TimePair CodeEdit(ImmutableArray<SpecFile> specs, IIncrementalGenerator reference)
    {
        return Alternation.Measure(Edits(new ModelGenerator()), Edits(reference));

        Func<Action> Edits(IIncrementalGenerator generator)
        {
            var driver = Driver(generator, specs).RunGenerators(Compilation);
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

    private static TimePair SpecEdit(ImmutableArray<SpecFile> specs, IIncrementalGenerator reference)
    {
        return Alternation.Measure(Edits(new ModelGenerator()), Edits(reference));

        Func<Action> Edits(IIncrementalGenerator generator)
        {
            var current = specs.ToArray();
            var driver = Driver(generator, specs).RunGenerators(Compilation);
            var edit = 0;
            return () =>
            {
                // A step that shares no factor with the counts meets all five specs.
                var index = 7 * edit % specs.Length;
                var edited = specs[index].Edited(edit++);
                driver = driver.ReplaceAdditionalText(current[index], edited);
                current[index] = edited;
                return () => driver = driver.RunGenerators(Compilation);
            };
        }
    }

    /// <summary>A generator whose prepared texts are what ours emits.</summary>
    private static ReferenceGenerator Reference(ImmutableArray<SpecFile> specs)
    {
        var sources = Driver(new ModelGenerator(), specs).RunGenerators(Compilation).GetRunResult().Results.Single().GeneratedSources
            .ToDictionary(source => source.HintName, source => source.SourceText.ToString(), StringComparer.OrdinalIgnoreCase);
        return new ReferenceGenerator(
            specs.ToDictionary(spec => spec.Path, spec => sources[$"{spec.ClassName}.g.cs"]), sources["ModelCatalog.g.cs"]);
    }

    private static CSharpGeneratorDriver Driver(IIncrementalGenerator generator, ImmutableArray<SpecFile> specs) =>
        CSharpGeneratorDriver.Create([generator.AsSourceGenerator()], specs, ParseOptions, Options);

    private static void Write(string specs, string name, TimePair times, double? aim, TextWriter output) => output.WriteLine(string.Create(
        CultureInfo.InvariantCulture,
        $"| {specs} | {name} | {times.Ours:0.000} | {times.Reference:0.000} | {times.Ratio:0.00} | {(aim is { } limit ? $"under {limit:0} ms" : string.Empty)} |"));
}
