using System.Diagnostics;
using FashionCnn.Storage;
using static TorchSharp.torch;

namespace FashionCnn.Training;

/// <summary>A checkpoint could not be written; those before are as they were.</summary>
public sealed class CheckpointNotWrittenException : IOException
{
    /// <summary>Makes the exception.</summary>
    /// <param name="folder">The run's folder.</param>
    /// <param name="last">Where training stood at the last checkpoint that was written; null when there is none.</param>
    /// <param name="cause">What went wrong.</param>
    internal CheckpointNotWrittenException(string folder, TrainingState? last, Exception cause)
        : base(
            $"the checkpoint cannot be written to {folder}: {cause.Message.TrimEnd('.')}. "
            + (last is null ? "There is none yet; make room or choose another folder, and start again." : $"The last good one, of {last.Place}, is whole; make room and continue the run."), cause)
    {
        Folder = folder;
        Last = last;
    }

    /// <summary>The run's folder.</summary>
    public string Folder { get; }

    /// <summary>Where training stood at the last checkpoint that was written; null when there is none.</summary>
    internal TrainingState? Last { get; }
}

/// <summary>
/// The checkpoints of one run: the newest and the one before it. A new one is written whole beside them before the oldest goes, so
/// whenever the program is killed, the last one that was finished can be read.
/// </summary>
/// <param name="folder">The run's folder.</param>
/// <param name="interval">How much work may be lost: the time between two checkpoints within an epoch.</param>
internal sealed class CheckpointStore(string folder, TimeSpan interval)
{
    private const string Next = RunFiles.NextCheckpoint;
    private const string Newest = RunFiles.NewestCheckpoint;
    private const string Previous = RunFiles.PreviousCheckpoint;

    private readonly Stopwatch sinceWritten = Stopwatch.StartNew();

    /// <summary>The names of its files, from the newest to the oldest.</summary>
    // A next one is there only when the program was killed before it could be renamed.
    public static IReadOnlyList<string> FileNames => RunFiles.Checkpoints;

    /// <summary>Where training stood at the last checkpoint; null before the first.</summary>
    public TrainingState? Last { get; private set; }

    /// <summary>The time for the next one has come.</summary>
    public bool IsDue => sinceWritten.Elapsed >= interval;

    /// <summary>Writes a checkpoint.</summary>
    /// <exception cref="CheckpointNotWrittenException">The disk is full or the folder cannot be written.</exception>
    internal void Write(Checkpoint checkpoint, IReadOnlyList<KeyValuePair<string, Tensor>> tensors)
    {
        var (next, newest, previous) = (Path.Combine(folder, Next), Path.Combine(folder, Newest), Path.Combine(folder, Previous));
        try
        {
            AtomicFile.Write(next, stream => CheckpointFile.Write(stream, checkpoint, tensors));
            if (File.Exists(newest))
            {
                File.Move(newest, previous, overwrite: true);
            }

            File.Move(next, newest, overwrite: true);
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            throw new CheckpointNotWrittenException(folder, Last, exception);
        }

        Last = checkpoint.State;
        sinceWritten.Restart();
    }

    /// <summary>Ends a run that was trained to its end: the newest checkpoint stays, so that the run can be lengthened.</summary>
    public void Finish() => File.Delete(Path.Combine(folder, Previous));

    /// <summary>Opens the newest checkpoint that is whole.</summary>
    /// <param name="warn">Told of each newer one that is damaged.</param>
    /// <exception cref="InputException">There is none.</exception>
    public CheckpointFile Open(Action<string> warn)
    {
        InputException? otherVersion = null;
        foreach (var file in FileNames.Select(name => Path.Combine(folder, name)).Where(File.Exists))
        {
            try
            {
                var checkpoint = CheckpointFile.Open(file);
                Last = checkpoint.Content.State;
                return checkpoint;
            }
            catch (OtherVersionException exception)
            {
                // Those before it are no newer.
                otherVersion ??= exception;
            }
            catch (InputException exception)
            {
                warn($"{exception.Message.TrimEnd('.')}. The one before it is used, if there is one.");
            }
        }

        throw otherVersion ?? new InputException($"{folder}: there is no checkpoint to continue from. Start a new run.");
    }
}
