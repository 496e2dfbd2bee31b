using System.Collections;
using FashionCnn.Compiler;
using FashionCnn.Models;

namespace FashionCnn.CommandLine;

/// <summary>The models of the program and, where it can make classes while it runs, those of any spec file.</summary>
/// <param name="models">The models that were compiled into the program.</param>
/// <param name="build">Makes a spec's class; null where the program cannot.</param>
internal sealed class ModelList(IReadOnlyList<ModelDescriptor> models, Func<CompiledSpec, ModelDescriptor>? build) : IReadOnlyList<ModelDescriptor>
{
    public int Count => models.Count;

    public IEnumerable<string> Ids => models.Select(model => model.Id);

    public ModelDescriptor this[int index] => models[index];

    /// <summary>The models' specs, for the commands that need no more.</summary>
    public SpecList Specs { get; } = new(models.Select(model => new NamedSpec(model.Id, $"{model.Id}.json", model.Spec)));

    /// <summary>The program's model of an id; null when there is none.</summary>
    public ModelDescriptor? Known(string id) => models.FirstOrDefault(model => string.Equals(model.Id, id, StringComparison.OrdinalIgnoreCase));

    /// <summary>The model of an id, or of a spec file.</summary>
    /// <param name="word">The id or the path.</param>
    /// <param name="error">Takes the warnings about the spec.</param>
    /// <exception cref="InputException">There is none, or the spec has errors.</exception>
    public ModelDescriptor Find(string word, TextWriter error) => Known(word) ?? Build(Specs.Find(word).Compile(error));

    /// <summary>What to call a model on a command line.</summary>
    public static string WordFor(ModelDescriptor model) => model.SpecFile ?? model.Id;

    public IEnumerator<ModelDescriptor> GetEnumerator() => models.GetEnumerator();

    IEnumerator IEnumerable.GetEnumerator() => GetEnumerator();

    private ModelDescriptor Build(CompiledSpec spec) => build is null
        ? throw new InputException($"{spec.Path}: this program has only the models that were compiled into it: {string.Join(", ", Ids)}. Add the spec to its project, or reference the package FashionCnn.SpecFiles and pass SpecClass.Build as the third argument of Run.")
        : build(spec);
}
