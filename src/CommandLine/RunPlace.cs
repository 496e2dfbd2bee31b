using System.Globalization;
using FashionCnn.Runs;

namespace FashionCnn.CommandLine;

/// <summary>Where new runs go, and where earlier ones are found.</summary>
internal static class RunPlace
{
    /// <summary>A file or folder that belongs to several runs.</summary>
    public static string Shared(string name) => Path.Combine(RunsFolder.Name, name);

    /// <summary>Checks before any work that a new run's folder can be made.</summary>
    /// <exception cref="InputException">It cannot.</exception>
    public static void CheckNew(string? directory)
    {
        if (directory is null)
        {
            OutputPlace.CheckFolder(option: null, RunsFolder.Name);
            return;
        }

        OutputPlace.CheckFolder("--output", directory);
        if (Directory.Exists(directory) && !RunFolder.IsFree(directory))
        {
            throw Taken(directory);
        }
    }

    /// <summary>A new run's folder: the one that is asked for, or <c>runs/model/start-seed</c>, numbered if that is taken.</summary>
    /// <exception cref="InputException">The folder cannot be made or holds files already.</exception>
    public static (RunFolder Folder, IDisposable Owner) New(string? directory, string modelId, long seed)
    {
        if (directory is not null)
        {
            return RunFolder.TryCreate(directory)
                ?? throw Taken(directory);
        }

        var wanted = Path.Combine(RunsFolder.Of(modelId), $"{DateTimeOffset.Now.ToString("yyyyMMdd-HHmmss", CultureInfo.InvariantCulture)}-{seed}");
        for (var i = 1; ; i++)
        {
            if (RunFolder.TryCreate(i == 1 ? wanted : $"{wanted}-{i}") is { } made)
            {
                return made;
            }
        }
    }

    /// <summary>The newest run of a model that has a checkpoint.</summary>
    /// <exception cref="InputException">There is none.</exception>
    public static RunFolder Latest(string modelId) => RunList.Latest(RunsFolder.Of(modelId))
        ?? throw new InputException($"There is no run of {modelId} to continue: none in {RunsFolder.Of(modelId)} has a checkpoint. Start one, or give its folder with --resume.");

    /// <summary>The newest run of a model that was trained to its end.</summary>
    /// <exception cref="InputException">There is none.</exception>
    public static RunFolder LatestFinished(string modelId) => RunList.LatestFinished(RunsFolder.Of(modelId))
        ?? throw new InputException($"There is no finished run of {modelId} in {RunsFolder.Of(modelId)}. Train it first: train {modelId}");

    private static InputException Taken(string directory) =>
        new($"--output {directory}: the folder is not empty. Choose a new or empty folder so that no run is overwritten.");
}
