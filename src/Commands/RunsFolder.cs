namespace FashionCnn.Commands;

/// <summary>The folder in the current one where those runs go that are given no other.</summary>
internal static class RunsFolder
{
    public const string Name = "runs";

    /// <summary>The folder of a model's runs.</summary>
    public static string Of(string model) => Path.Combine(Name, model);
}
