using System.Diagnostics.CodeAnalysis;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.Diagnostics;

namespace FashionCnn.Benchmarks;

/// <summary>What the build tells the generator: the namespace, and of every additional file that it is a spec.</summary>
internal sealed class SpecOptions : AnalyzerConfigOptionsProvider
{
    private readonly Options file = new("build_metadata.ModelSpec.FashionCnnModelSpec", "true");

    public override AnalyzerConfigOptions GlobalOptions { get; } = new Options("build_property.RootNamespace", "Consumer");

    public override AnalyzerConfigOptions GetOptions(SyntaxTree tree) => GlobalOptions;

    public override AnalyzerConfigOptions GetOptions(AdditionalText textFile) => file;

    private sealed class Options(string key, string value) : AnalyzerConfigOptions
    {
        private readonly Dictionary<string, string> values = new(KeyComparer) { [key] = value };

        public override bool TryGetValue(string key, [NotNullWhen(true)] out string? value) => values.TryGetValue(key, out value);
    }
}
