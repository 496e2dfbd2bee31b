namespace FashionCnn.Data;

/// <summary>The forms of data that can be read.</summary>
internal static class DataKind
{
    /// <summary>IDX files, the form of MNIST.</summary>
    public const string Idx = "idx";

    /// <summary>A folder of pictures for each class.</summary>
    public const string Pictures = "pictures";

    /// <summary>CIFAR's binary files.</summary>
    public const string Cifar = "cifar";
}
