namespace FashionCnn.Data;

/// <summary>Training and test images, and what is known of where they come from.</summary>
/// <param name="Name">What to call it: <c>Fashion-MNIST</c>, <c>Fashion-MNIST sample</c>, or the folder of an unverified set.</param>
/// <param name="Location">The folder it was read from; <c>built in</c> for the sample.</param>
/// <param name="Verified">The content has the published SHA-256 sums.</param>
/// <param name="IsSample">It is the built-in sample, not the full set.</param>
/// <param name="ClassNames">The name of each class, by class number.</param>
/// <param name="Train">The training images.</param>
/// <param name="Test">The test images.</param>
public sealed record DataSet(
    string Name, string Location, bool Verified, bool IsSample, IReadOnlyList<string> ClassNames, ImageSet Train, ImageSet Test);
