using System.Text.RegularExpressions;

namespace FashionCnn.Interchange.Keras;

/// <summary>Where the layers of one model have their tensors in a .keras file: by their classes, in order.</summary>
/// <param name="place">The place of the model itself; empty for the outermost.</param>
internal sealed partial class KerasPlaces(string place)
{
    private readonly Dictionary<string, int> counts = [];

    /// <summary>The place of the next layer, such as <c>layers/conv2d_1</c>.</summary>
    /// <param name="type">Its class.</param>
    public string Next(string type)
    {
        var name = SnakeCase(type);
        counts[name] = counts.TryGetValue(name, out var count) ? count + 1 : 0;
        return $"{(place.Length == 0 ? string.Empty : $"{place}/")}layers/{name}{(counts[name] == 0 ? string.Empty : $"_{counts[name]}")}";
    }

    // As Keras does it.
    private static string SnakeCase(string type)
    {
        var name = NoWord().Replace(type, string.Empty);
        name = Word().Replace(name, "$1_$2");
#pragma warning disable CA1308 // Keras's names are lower case.
        return Capital().Replace(name, "$1_$2").ToLowerInvariant();
#pragma warning restore CA1308
    }

    [GeneratedRegex(@"\W+")]
    private static partial Regex NoWord();

    [GeneratedRegex("(.)([A-Z][a-z]+)")]
    private static partial Regex Word();

    [GeneratedRegex("([a-z])([A-Z])")]
    private static partial Regex Capital();
}
