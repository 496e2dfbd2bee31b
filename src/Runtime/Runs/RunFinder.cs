using FashionCnn.Training;

namespace FashionCnn.Runs;

/// <summary>The runs in the folder <c>runs</c>, where those go that are given no other.</summary>
public static class RunFinder
{
    /// <summary>A model's runs, from the newest to the oldest.</summary>
    public static IReadOnlyList<RunFolder> Of(string modelId)
    {
        var folder = Folder(modelId);
        return Directory.Exists(folder) ? [.. Directory.GetDirectories(folder).OrderDescending(StringComparer.Ordinal).Select(RunFolder.Open)] : [];
    }

    /// <summary>The newest run of a model that has a checkpoint.</summary>
    /// <exception cref="InputException">There is none.</exception>
    public static RunFolder Latest(string modelId) => Of(modelId).FirstOrDefault(run => CheckpointStore.IsIn(run.Path))
        ?? throw new InputException($"There is no run of {modelId} to go on with: none in {Folder(modelId)} has a checkpoint. Start one, or give its folder with --resume.");

    /// <summary>The newest run of a model that was trained to its end.</summary>
    /// <exception cref="InputException">There is none.</exception>
    public static RunFolder LatestFinished(string modelId) => Of(modelId).FirstOrDefault(run => run.IsFinished)
        ?? throw new InputException($"There is no finished run of {modelId} in {Folder(modelId)}. Train it first: train {modelId}");

    private static string Folder(string modelId) => Path.Combine("runs", modelId);
}
