namespace FashionCnn.Interchange.Structure;

/// <summary>Writes merges of one way and what it began with by names, where that is shorter than branches: the way stays in its list.</summary>
internal static class Residuals
{
    private const int Indent = 8;

    /// <summary>The outline with such merges.</summary>
    public static Outline Of(Outline outline) => outline.Rewritten(list =>
    {
        List<Entry>? changed = null;
        for (var i = 0; i < list.Count; i++)
        {
            var merge = list[i] as LayerEntry;
            if (merge?.Branches.Count(branch => branch.Count > 0) != 1 || Written(merge) is not { } written || Outline.LinesOf(written, Indent) >= Outline.LinesOf([merge], Indent))
            {
                changed?.Add(list[i]);
                continue;
            }

            changed ??= [.. list.Take(i)];
            changed.AddRange(written);
        }

        return changed ?? list;
    });

    private static List<Entry> Written(LayerEntry merge)
    {
        var fork = merge.Inputs[0];
        var way = merge.Branches.Single(branch => branch.Count > 0);
        List<Entry> result = [.. way.Select(entry => entry with { Inputs = [.. entry.Inputs.Select(input => input == Reference.Input ? fork : input)] })];
        result.Add(merge with { Branches = [], Inputs = [.. merge.Branches.Select(branch => branch.Count == 0 ? fork : new Reference(way[^1].Output))] });
        return result;
    }
}
