namespace FashionCnn.Data;

/// <summary>
/// Which images of a set without test images become them: the same fraction of each class, by a seed of its own, so that runs that
/// differ in their seed are evaluated on the same images.
/// </summary>
/// <param name="Fraction">Above 0 and below 1.</param>
/// <param name="Seed">Chooses the images.</param>
public sealed record TestSplit(double Fraction, long Seed = TestSplit.DefaultSeed)
{
    /// <summary>The seed unless another is given.</summary>
    public const long DefaultSeed = 1;
}
