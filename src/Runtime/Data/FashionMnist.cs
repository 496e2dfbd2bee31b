namespace FashionCnn.Data;

/// <summary>One of the four files of an MNIST-like data set.</summary>
/// <param name="Name">Its name without .gz, in the form that the data set's authors use.</param>
/// <param name="HasImages">It holds images; otherwise labels.</param>
/// <param name="Sha256">The sum of Fashion-MNIST's uncompressed content.</param>
internal sealed record IdxFileName(string Name, bool HasImages, string Sha256)
{
    /// <summary>
    /// The names under which the file is looked for. Some distributions write a dot before idx. Downloads have the first name, so
    /// that nothing which already is in the cache hides them.
    /// </summary>
    public IEnumerable<string> Candidates =>
        new[] { Name, Name.Replace("-idx", ".idx", StringComparison.Ordinal) }.SelectMany(name => new[] { name + ".gz", name });
}

/// <summary>The published facts of Fashion-MNIST (Xiao, Rasul, Vollgraf 2017; MIT license).</summary>
internal static class FashionMnist
{
    public static readonly IdxFileName TrainImages = new("train-images-idx3-ubyte", true, "c59f468a2f672dc815687fe0f83887768d799fd8a3f3276145d20f83aa44d888");
    public static readonly IdxFileName TrainLabels = new("train-labels-idx1-ubyte", false, "bad3541b69d912435c50bb6ba87bec294ff4f6a2e1246121d8633921760443d9");
    public static readonly IdxFileName TestImages = new("t10k-images-idx3-ubyte", true, "5b4141f0afbad91edebe8549f8fcffe087ea10ca49f1dbef5c9a5cd8815ce37b");
    public static readonly IdxFileName TestLabels = new("t10k-labels-idx1-ubyte", false, "0402a96d92fd2663957122ceb108a494c5af83dab82d92729df917d7dec38c34");

    public static readonly IReadOnlyList<IdxFileName> Files = [TrainImages, TrainLabels, TestImages, TestLabels];

    public static readonly IReadOnlyList<string> ClassNames =
        ["T-shirt/top", "Trouser", "Pullover", "Dress", "Coat", "Sandal", "Shirt", "Sneaker", "Bag", "Ankle boot"];

    /// <summary>The authors' own addresses, then a mirror that Keras users load from.</summary>
    public static readonly IReadOnlyList<Uri> Addresses =
    [
        new("https://raw.githubusercontent.com/zalandoresearch/fashion-mnist/master/data/fashion/"),
        new("http://fashion-mnist.s3-website.eu-central-1.amazonaws.com/"),
        new("https://storage.googleapis.com/tensorflow/tf-keras-datasets/"),
    ];
}
