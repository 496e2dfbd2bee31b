namespace FashionCnn.Data;

/// <summary>The published facts of Fashion-MNIST (Xiao, Rasul, Vollgraf 2017; MIT license).</summary>
internal static class FashionMnist
{
    /// <summary>Its name, its classes, and the sums of its files.</summary>
    public static readonly PublishedData Data = new("Fashion-MNIST", ["T-shirt/top", "Trouser", "Pullover", "Dress", "Coat", "Sandal", "Shirt", "Sneaker", "Bag", "Ankle boot"], new Dictionary<IdxFileName, string>
    {
        [IdxFileName.TrainImages] = "c59f468a2f672dc815687fe0f83887768d799fd8a3f3276145d20f83aa44d888",
        [IdxFileName.TrainLabels] = "bad3541b69d912435c50bb6ba87bec294ff4f6a2e1246121d8633921760443d9",
        [IdxFileName.TestImages] = "5b4141f0afbad91edebe8549f8fcffe087ea10ca49f1dbef5c9a5cd8815ce37b",
        [IdxFileName.TestLabels] = "0402a96d92fd2663957122ceb108a494c5af83dab82d92729df917d7dec38c34",
    });

    /// <summary>The authors' own addresses, then a mirror that Keras users load from.</summary>
    public static readonly IReadOnlyList<Uri> Addresses =
    [
        new("https://raw.githubusercontent.com/zalandoresearch/fashion-mnist/master/data/fashion/"),
        new("http://fashion-mnist.s3-website.eu-central-1.amazonaws.com/"),
        new("https://storage.googleapis.com/tensorflow/tf-keras-datasets/"),
    ];
}
