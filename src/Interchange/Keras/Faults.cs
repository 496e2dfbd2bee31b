namespace FashionCnn.Interchange.Keras;

/// <summary>Collects what of a model cannot be a spec, and what is left out of one.</summary>
internal sealed class Faults
{
    private const int MostShown = 40;

    private readonly List<string> faults = [];
    private readonly HashSet<string> knownFaults = [];
    private readonly List<(string Where, string What)> notes = [];
    private readonly HashSet<(string Where, string What)> knownNotes = [];

    /// <summary>Whether there is anything that cannot be a spec.</summary>
    public bool Any => faults.Count > 0;

    /// <summary>Layers that the model calls more than once.</summary>
    public HashSet<string> Shared { get; } = [];

    /// <summary>Layers whose initial values are left out.</summary>
    public HashSet<string> LeftOut { get; } = [];

    /// <summary>What is left out, one sentence for all layers of which the same is to be said.</summary>
    public IReadOnlyList<string> Notes => [.. notes.GroupBy(note => note.What).Select(group => $"{(group.Count() > 1 ? $"{group.First().Where} and {group.Count() - 1} more" : group.First().Where)}: {group.Key}.")];

    /// <summary>Something that a spec cannot say.</summary>
    public void Add(string where, string what)
    {
        var fault = $"{where}: {what}.";
        if (knownFaults.Add(fault))
        {
            faults.Add(fault);
        }
    }

    /// <summary>Something that is left out and changes no output.</summary>
    public void Note(string where, string what)
    {
        if (knownNotes.Add((where, what)))
        {
            notes.Add((where, what));
        }
    }

    /// <summary>Throws if there is anything.</summary>
    /// <param name="file">The model's file.</param>
    /// <exception cref="InputException">Lists all of it.</exception>
    public void Throw(string file)
    {
        if (Any)
        {
            throw new InputException(
                $"{file}: the model cannot become a spec. {string.Join(" ", faults.Take(MostShown))}{(faults.Count > MostShown ? $" {faults.Count - MostShown} more like these." : string.Empty)}");
        }
    }
}
