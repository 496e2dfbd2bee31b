using Microsoft.CodeAnalysis;

namespace FashionCnn.Benchmarks;

/// <summary>
/// The least that an incremental generator does: one prepared text per file, which it does not read, and a catalog that depends on
/// the paths alone. A file that was edited is emitted again.
/// </summary>
internal sealed class ReferenceGenerator(IReadOnlyDictionary<string, string> texts, string catalog) : IIncrementalGenerator
{
    public void Initialize(IncrementalGeneratorInitializationContext context)
    {
        var files = context.AdditionalTextsProvider.Where(file => file.Path.EndsWith(".json", StringComparison.Ordinal));
        context.RegisterSourceOutput(files, (output, file) => output.AddSource($"{Path.GetFileNameWithoutExtension(file.Path)}.g.cs", texts[file.Path]));

        var paths = files.Select((file, _) => file.Path).Collect();
        context.RegisterSourceOutput(paths, (output, _) => output.AddSource("Catalog.g.cs", catalog));
    }
}
