namespace FashionCnn.Tests;

/// <summary>
/// The specs that come with the project and that tests know. They are named, not searched for: a spec that somebody adds to try an idea
/// must not fail a test.
/// </summary>
internal static class ProjectSpecs
{
    /// <summary>The ids of the models, in order.</summary>
    public static readonly IReadOnlyList<string> Ids = ["augmented", "best", "fast", "fast94", "inception", "model1a", "model1b", "model2", "model3", "model4", "resnet", "separable"];
}
