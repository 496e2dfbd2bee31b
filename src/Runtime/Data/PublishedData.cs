namespace FashionCnn.Data;

/// <summary>A data set that was published: whoever has its content knows its name and what its classes are.</summary>
/// <param name="Name">What its authors call it.</param>
/// <param name="ClassNames">The name of each class, by class number.</param>
/// <param name="Sha256">The sum of each file's uncompressed content.</param>
internal sealed record PublishedData(string Name, IReadOnlyList<string> ClassNames, IReadOnlyDictionary<IdxFileName, string> Sha256)
{
    /// <summary>Those that are known.</summary>
    public static readonly IReadOnlyList<PublishedData> All = [FashionMnist.Data];

    /// <summary>Their names, for messages.</summary>
    public static string Names => string.Join(" or ", All.Select(data => data.Name));

    /// <summary>The one whose content four files have; null when it is none that is known.</summary>
    /// <param name="sha256">The sum of a file's uncompressed content; null when there is no such file.</param>
    public static PublishedData? Find(Func<IdxFileName, string?> sha256) => All.FirstOrDefault(data => IdxFileName.All.All(file => sha256(file) == data.Sha256[file]));

    /// <summary>The one that a run calls so, be it all of it or a sample; null when it is none that is known.</summary>
    public static PublishedData? Named(string name) => All.FirstOrDefault(data => name == data.Name || name.StartsWith($"{data.Name} ", StringComparison.Ordinal));
}
