namespace FashionCnn.Compiler.Diagnostics;

/// <summary>The place in a model as messages begin: <c>layers[16] 'conv7' (Conv2D), used at layers[2]</c>.</summary>
internal static class Place
{
    /// <param name="path">Where in the text's tree.</param>
    /// <param name="name">The layer's name; empty for none.</param>
    /// <param name="type">What kind of entry it is; null for none.</param>
    /// <param name="usedAt">For an entry of a block, where the block is used.</param>
    public static string Describe(string path, string name, string? type, string? usedAt) =>
        path + (name.Length == 0 ? string.Empty : $" '{name}'") + (type is null ? string.Empty : $" ({type})") + (usedAt is null ? string.Empty : $", used at {usedAt}");
}
