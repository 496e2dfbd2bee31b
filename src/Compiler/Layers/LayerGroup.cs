namespace FashionCnn.Compiler.Layers;

/// <summary>A use of a block, or a round of a repetition, that layers stand in.</summary>
/// <param name="Title">What generated code calls it: <c>conv_bn, round 2 of 3</c>, from the outside in.</param>
/// <param name="Number">Tells it from others of the same title.</param>
internal sealed record LayerGroup(string Title, int Number)
{
    private const int LongestTitle = 100;

    /// <summary>A group within another one, or within none.</summary>
    public static LayerGroup Within(LayerGroup? outer, string title, int number)
    {
        // Of what is nested deeply, or has a long name, the inside says most.
        var whole = outer is null ? Clipped(title) : $"{outer.Title}, {Clipped(title)}";
        return new LayerGroup(Clipped(whole), number);
    }

    private static string Clipped(string title) =>
        title.Length <= LongestTitle ? title : "..." + title.Substring(title.Length - LongestTitle + 3);
}
