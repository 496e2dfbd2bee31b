namespace FashionCnn.Data;

/// <summary>One of the four files of a data set in MNIST's form.</summary>
/// <param name="Name">Its name without .gz, in the form that MNIST's authors use.</param>
/// <param name="HasImages">It holds images; otherwise labels.</param>
/// <param name="IsOfTraining">It is needed; a set may do without the others.</param>
internal sealed record IdxFileName(string Name, bool HasImages, bool IsOfTraining)
{
    public static readonly IdxFileName TrainImages = new("train-images-idx3-ubyte", HasImages: true, IsOfTraining: true);
    public static readonly IdxFileName TrainLabels = new("train-labels-idx1-ubyte", HasImages: false, IsOfTraining: true);
    public static readonly IdxFileName TestImages = new("t10k-images-idx3-ubyte", HasImages: true, IsOfTraining: false);
    public static readonly IdxFileName TestLabels = new("t10k-labels-idx1-ubyte", HasImages: false, IsOfTraining: false);

    public static readonly IReadOnlyList<IdxFileName> All = [TrainImages, TrainLabels, TestImages, TestLabels];

    /// <summary>
    /// The names under which the file is looked for: color images and labels of 32 bits have other numbers of dimensions and types in
    /// theirs, and some distributions write a dot before idx. Downloads have the first name, so that nothing which already is in the
    /// cache hides them.
    /// </summary>
    public IEnumerable<string> Candidates =>
        new[] { Name, HasImages ? Name.Replace("-idx3-", "-idx4-", StringComparison.Ordinal) : Name.Replace("-ubyte", "-int", StringComparison.Ordinal) }
            .SelectMany(name => new[] { name, name.Replace("-idx", ".idx", StringComparison.Ordinal) })
            .SelectMany(name => new[] { name + ".gz", name });
}
