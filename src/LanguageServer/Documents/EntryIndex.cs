using FashionCnn.Compiler;
using FashionCnn.Compiler.Layers;
using FashionCnn.Compiler.Syntax;

namespace FashionCnn.LanguageServer.Documents;

/// <summary>A layer as it is bound, and as it is planned; not planned when its shapes are not known.</summary>
internal readonly record struct LayerUse(LayerSpec Layer, PlannedLayer? Planned);

/// <summary>What the entries of a spec become: a layer's entry one layer, or several in repetitions and blocks.</summary>
internal sealed class EntryIndex
{
    private readonly Dictionary<JsonNode, List<LayerUse>> uses = [];
    private readonly List<LayerUse> all = [];
    private readonly SpecAnalysis analysis;

    public EntryIndex(SpecAnalysis analysis)
    {
        this.analysis = analysis;
        if (analysis.Bound is { } bound)
        {
            Add(bound.Layers);
        }
    }

    /// <summary>All layers, those of branches before the merge that joins them.</summary>
    public IReadOnlyList<LayerUse> All => all;

    /// <summary>The entries that are layers.</summary>
    public IEnumerable<(JsonNode Entry, IReadOnlyList<LayerUse> Uses)> Layers => uses.Select(pair => (pair.Key, (IReadOnlyList<LayerUse>)pair.Value));

    /// <summary>The layers that an entry became, in order; none for an entry that is no layer, or a faulty one.</summary>
    public IReadOnlyList<LayerUse> Of(JsonNode entry) => uses.TryGetValue(entry, out var found) ? found : [];

    /// <summary>The layers that a repetition or a use of a block became when it was first expanded, and how often it was.</summary>
    public (IReadOnlyList<LayerUse> Layers, int Times) Expansion(JsonNode entry) => analysis.Log.Expansions.TryGetValue(entry, out var ranges)
        ? ([.. all.Where(use => use.Layer.Id >= ranges[0].First && use.Layer.Id <= ranges[0].Last)], ranges.Count)
        : ([], 0);

    private void Add(IEnumerable<LayerSpec> layers)
    {
        foreach (var layer in layers)
        {
            foreach (var branch in layer.Branches)
            {
                Add(branch);
            }

            if (layer.Kind is null)
            {
                continue;
            }

            var use = new LayerUse(layer, analysis.Inferred!.Planned.TryGetValue(layer.Id, out var planned) ? planned : null);
            all.Add(use);
            if (!uses.TryGetValue(layer.Node, out var list))
            {
                uses.Add(layer.Node, list = []);
            }

            list.Add(use);
        }
    }
}
