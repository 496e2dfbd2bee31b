namespace FashionCnn.Interchange.Structure;

/// <summary>Writes the entries of a network as a person would: what repeats itself as rounds and blocks, where that is shorter.</summary>
internal static class Shortest
{
    public static Outline Of(Outline plain)
    {
        var shapes = new EntryShapes();
        return Residuals.Of(Blocks.Of(Repeats.Of(plain, shapes), shapes));
    }
}
