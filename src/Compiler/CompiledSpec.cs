using FashionCnn.Compiler.Diagnostics;
using FashionCnn.Compiler.Emit;
using FashionCnn.Compiler.Infer;
using FashionCnn.Compiler.Show;
using FashionCnn.Compiler.Syntax;

namespace FashionCnn.Compiler;

/// <summary>What one spec compiles to.</summary>
public sealed record CompiledSpec
{
    internal CompiledSpec(string path, ModelPlan? plan, string text, EquatableArray<SpecDiagnostic> diagnostics, SpecDiagnostic? namePlace)
    {
        Path = path;
        Plan = plan;
        Text = text;
        Diagnostics = diagnostics;
        NamePlace = namePlace;
    }

    /// <summary>Everything there is to say, in the order of the text.</summary>
    public EquatableArray<SpecDiagnostic> Diagnostics { get; }

    /// <summary>The spec has no errors: it can be summed up and drawn.</summary>
    public bool IsModel => Plan?.Network is not null;

    /// <summary>The file that was named.</summary>
    public string Path { get; }

    /// <summary>The text that was compiled.</summary>
    public string Text { get; }

    /// <summary>The model to emit; null when the text does not even give a class name.</summary>
    internal ModelPlan? Plan { get; }

    /// <summary>Where the class name is written, for the error that another spec claims it too.</summary>
    internal SpecDiagnostic? NamePlace { get; }

    private NetworkPlan Network => Plan?.Network ?? throw HasErrors();

    /// <summary>The name of the class that the spec becomes; null when it has errors.</summary>
    public string? ClassName => IsModel ? Plan!.ClassName : null;

    /// <summary>The class that the spec becomes, as C#.</summary>
    /// <param name="namespace">The namespace of the class.</param>
    /// <exception cref="InvalidOperationException">The spec has errors.</exception>
    public string CSharp(string @namespace) => IsModel ? ModelEmitter.Emit(Plan!, Text, @namespace) : throw HasErrors();

    /// <summary>The model in numbers: what a table shows.</summary>
    /// <exception cref="InvalidOperationException">The spec has errors.</exception>
    public ModelSummary Summary() => ModelSummary.Of(Plan!, Network);

    /// <summary>The model as a picture: a self-contained SVG.</summary>
    /// <exception cref="InvalidOperationException">The spec has errors.</exception>
    public string Svg() => SvgDiagram.Of(Plan!, Network);

    /// <summary>The model as a flowchart in the language of Mermaid.</summary>
    /// <exception cref="InvalidOperationException">The spec has errors.</exception>
    public string Mermaid() => MermaidDiagram.Of(Plan!, Network);

    private static InvalidOperationException HasErrors() => new("The spec has errors.");
}
