using FashionCnn.Data;
using FashionCnn.Distribution;
using FashionCnn.Models;
using FashionCnn.Native;
using FashionCnn.Storage;
using FashionCnn.Training;

namespace FashionCnn.Runs;

/// <summary>
/// A run from its first step to its last file. Where it has a folder, each way in is safe to repeat: a start that was refused or came to nothing can be made
/// again in the same folder, and a run that was killed at any point, be it between its last step and its last file, is continued to the
/// same end.
/// </summary>
public static partial class Run
{
    /// <summary>Trains a model, and leaves everything in a folder.</summary>
    /// <param name="model">The model.</param>
    /// <param name="data">The images.</param>
    /// <param name="settings">What decides how the run goes.</param>
    /// <param name="folder">Gives the run's folder, see <see cref="RunFolder.TryCreate"/>. Asked when everything else was checked.</param>
    /// <param name="options">How to look after it.</param>
    /// <param name="weights">A file of weights to start with: what fits the model by name and shape is taken, see <see cref="RunStarted.Weights"/>. Null for fresh weights.</param>
    /// <exception cref="InputException">The settings, the data, the weights or the folder cannot be used; there is no folder then.</exception>
    /// <exception cref="TrainingFailedException">Training has diverged.</exception>
    /// <exception cref="CheckpointNotWrittenException">The disk is full or the folder cannot be written.</exception>
    internal static RunResult Start(
        ModelDescriptor model, DataSet data, RunSettings settings, Func<(RunFolder Folder, IDisposable Owner)> folder, RunOptions options, string? weights = null)
    {
        var ranks = options.Ranks;
        settings = settings with { Ranks = ranks?.Size ?? 1 };
        var selfCheck = ranks.Together(() =>
        {
            Check(model, data, settings);
            return options.SelfCheck?.Invoke(settings);
        });
        using var threads = new TorchThreads(options.SetsThreads ? settings.Threads : null);
        using var network = Trainer.Create(model, settings.Seed);
        // The fresh weights were drawn: those that stay are the same as without the file. The first rank's are everybody's.
        var (session, taken) = ranks.Together(() =>
        {
            var taken = weights is null || ranks is { IsFirst: false } ? null : ModelWeights.LoadFitting(network, weights);
            var session = new TrainingSession(network, data, settings, ranks);
            session.Origin = session.Origin with { Weights = taken?.Weights };
            return (session, taken);
        });
        using var owned = session;
        Share(ranks, model, settings, session);
        var (place, owner) = ranks.Together(() => ranks is { IsFirst: false } ? default : folder());
        using (owner)
        {
            if (place is null)
            {
                return RunWithout(model, settings, options, session);
            }

            place.DeleteRemains();
            var run = new Going(model, settings, place, options, network, session, selfCheck);
            run.WriteConfiguration(taken);
            return run.ToEnd();
        }
    }

    /// <summary>
    /// Continues a run: one that was stopped or killed, one that was trained but lacks files, or a finished one that is to have more epochs.
    /// </summary>
    /// <param name="folder">The run's folder. Of several ranks, only the first one needs it.</param>
    /// <param name="model">Its model.</param>
    /// <param name="changes">The settings that are to change.</param>
    /// <param name="open">Finds the images again, see <see cref="DataReference.Open"/>.</param>
    /// <param name="options">How to look after it.</param>
    /// <exception cref="InputException">There is no checkpoint to continue from, it is of another model, or the run is finished; the folder is as it was.</exception>
    /// <exception cref="TrainingFailedException">Training has diverged.</exception>
    /// <exception cref="CheckpointNotWrittenException">The disk is full or the folder cannot be written.</exception>
    internal static RunResult Continue(RunFolder? folder, ModelDescriptor model, RunChanges changes, Func<DataReference, DataSet> open, RunOptions options)
    {
        var ranks = options.Ranks;
        using var stopped = ranks.Together(() => ranks is { IsFirst: false } ? null : Stopped.Open(folder!, model, changes with { Ranks = ranks?.Size ?? 1 }, options));
        // What the first rank has read and decided is everybody's, but for the threads.
        var before = stopped?.Checkpoint.Content;
        var settings = stopped?.Settings;
        if (ranks is not null)
        {
            before = CheckpointFile.FromText(ranks.Broadcast(before is null ? string.Empty : CheckpointFile.TextOf(before)));
            settings = CheckpointFile.FromText(ranks.Broadcast(settings is null ? string.Empty : CheckpointFile.TextOf(before with { Settings = settings }))).Settings;
            settings = settings with { Threads = changes.Threads ?? settings.Threads };
        }

        var data = ranks.Together(() =>
        {
            var data = open(before!.Data);
            data.CheckFits(model);
            return data;
        });
        var selfCheck = ranks.Together(() => options.SelfCheck?.Invoke(settings!));
        using var threads = new TorchThreads(options.SetsThreads ? settings!.Threads : null);
        using var network = Trainer.Create(model, settings!.Seed);
        using var session = ranks.Together(() =>
        {
            var session = new TrainingSession(network, data, settings!, ranks);
            if (stopped is not null)
            {
                session.Resume(stopped.Checkpoint);
            }

            return session;
        });
        Share(ranks, model, settings!, session);
        if (stopped is null)
        {
            return RunWithout(model, settings!, options, session);
        }

        stopped.Checkpoint.Dispose();
        var hasRankStatistics = !settings!.SyncBatchNorm && network.modules().OfType<BatchNormalization>().Any(layer => !layer.IsFrozen);
        var (different, all) = RunChanges.Between(before!, settings, session.StepsPerEpoch, hasRankStatistics);
        session.Origin = before!.Origin with { Changes = all };
        options.OnEvent?.Invoke(new RunContinued(folder!, before.State, different));

        // Everything was checked. What is left of an end before this one counts no longer.
        folder!.Reopen();
        folder.DeleteRemains();
        if (different.Count > 0)
        {
            // What was asked for holds also when the program is killed before the next checkpoint.
            session.WriteCheckpoint(stopped.Store);
        }

        var run = new Going(model, settings, folder, options, network, session, selfCheck) { Checkpoints = stopped.Store };
        run.WriteConfiguration();
        return run.ToEnd();
    }

    /// <summary>Looks whether all ranks are about to train the same, and gives them the first one's weights.</summary>
    private static void Share(Ranks? ranks, ModelDescriptor model, RunSettings settings, TrainingSession session)
    {
        ranks?.RequireSame("layers", model.ArchitectureFingerprint);
        ranks?.RequireSame("training images", session.Data.Train.Fingerprint);
        ranks?.RequireSame("test images", session.Data.Test.Fingerprint);
        ranks?.RequireSame("training settings", CheckpointFile.TextOf(settings.Training));
        ranks?.RequireSame("frozen layers", string.Join('\n', Checkpoint.FrozenOf(model)));
        ranks?.RequireSame("regularizers", string.Join('\n', Checkpoint.RegularizersOf(model)));
        session.Share();
        ranks?.MeetToTrain();
    }

    /// <summary>What a rank does that writes nothing.</summary>
    private static RunResult RunWithout(ModelDescriptor model, RunSettings settings, RunOptions options, TrainingSession session)
    {
        var outcome = session.Run(onStep: null, onEpoch: null, checkpoints: null, options.Cancellation);
        if (!outcome.Canceled && outcome.Predictions is null)
        {
            // Its part of the answers that the first rank writes.
            _ = session.Predict();
        }

        return RunResult.Of(model, session.Data, settings, outcome);
    }

    /// <summary>A run that is to be continued: its newest checkpoint, and the settings that hold from now on.</summary>
    private sealed record Stopped(CheckpointStore Store, CheckpointFile Checkpoint, RunSettings Settings, IDisposable Owner) : IDisposable
    {
        public static Stopped Open(RunFolder folder, ModelDescriptor model, RunChanges changes, RunOptions options)
        {
            var store = new CheckpointStore(folder.Path, options.CheckpointInterval);
            if (!RunFiles.HasCheckpoint(folder.Path))
            {
                throw new InputException($"{folder.Path}: there is no checkpoint to continue from. Start a new run.");
            }

            var owner = folder.Lock();
            CheckpointFile? checkpoint = null;
            try
            {
                checkpoint = store.Open(problem => options.OnEvent?.Invoke(new CheckpointSkipped(problem)));
                checkpoint.Content.CheckFits(model);
                var settings = changes.Apply(checkpoint.Content.Settings);
                CheckEpochs(folder, checkpoint.Content, settings.Training.Epochs);
                return new Stopped(store, checkpoint, settings, owner);
            }
            catch
            {
                checkpoint?.Dispose();
                owner.Dispose();
                throw;
            }
        }

        public void Dispose()
        {
            Checkpoint.Dispose();
            Owner.Dispose();
        }

        private static void CheckEpochs(RunFolder folder, Checkpoint before, int epochs)
        {
            var planned = before.Settings.Training.Epochs;
            if (folder.TryRead() is { Result: { Completed: true, StoppedEarly: true } early })
            {
                throw new InputException($"{folder.Path}: the run is finished. It stopped early after {early.Epochs} of {planned} epochs, and more epochs would not change that. Start a new run with different early_stopping.") { Setting = "early_stopping" };
            }

            if (folder.IsFinished && epochs <= planned)
            {
                throw new InputException($"{folder.Path}: the run is finished ({planned} of {planned} epochs). Set a larger number of epochs to extend it, or start a new run.") { Setting = "epochs" };
            }

            if (epochs < before.State.History.Count)
            {
                throw new InputException($"{folder.Path}: {before.State.History.Count} epochs are already done, so it cannot end after {epochs}. Set a larger number of epochs.") { Setting = "epochs" };
            }

            if (before.State.Step > 0 && epochs < before.State.Epoch)
            {
                throw new InputException($"{folder.Path}: epoch {before.State.Epoch} has begun, so the run cannot end after {epochs}. Set at least {before.State.Epoch} epochs.") { Setting = "epochs" };
            }
        }
    }

    private static void Check(ModelDescriptor model, DataSet data, RunSettings settings)
    {
        settings.Training.Check();
        data.CheckFits(model);
        Holdout.CheckTest(data, settings.Training.ValidationSplit);
    }

    /// <summary>A run that goes.</summary>
    private sealed record Going(ModelDescriptor Model, RunSettings Settings, RunFolder Folder, RunOptions Options, ImageClassifier Network, TrainingSession Session, string? SelfCheck)
    {
        public CheckpointStore Checkpoints { get; init; } = new(Folder.Path, Options.CheckpointInterval);

        private DataSet Data => Session.Data;

        private RunConfiguration Configuration { get; } = RunConfiguration.Of(Model, Session.Data, Settings, Session.Origin) with { SelfCheck = SelfCheck };

        public void WriteConfiguration(TakenWeights? taken = null)
        {
            Folder.WriteConfig(Configuration);
            Folder.WriteSpec(Model.Spec);
            Say(new RunStarted(Model, Data, Settings, Folder) { Weights = taken });
        }

        public RunResult ToEnd()
        {
            var history = new List<EpochRecord>(Session.State.History);
            using var events = Options.TensorBoard || TensorBoardLog.IsIn(Folder) ? new TensorBoardLog(Folder) : null;
            var outcome = Session.Run(
                step =>
                {
                    // With a checkpoint the run can be continued, and is to know then that it has events; without one the folder stays as good as new.
                    if (Checkpoints.Last is not null)
                    {
                        events?.Open();
                    }

                    Say(new StepDone(step));
                },
                epoch =>
                {
                    // What is finished is on the disk before the next epoch begins.
                    history.Add(epoch);
                    Folder.WriteHistory(history);
                    events?.Add(history);
                    Say(new EpochDone(epoch));
                },
                Checkpoints,
                Options.Cancellation);

            events?.Add(outcome.History);
            Folder.WriteWeights(Network, Session);
            if (!outcome.Canceled)
            {
                Folder.WritePredictions(outcome.Predictions ?? Session.Predict());
            }

            Folder.WriteHistory(outcome.History);
            Say(new RunFinishing(Model, Data, Folder, outcome.History));
            var result = RunResult.Of(Model, Data, Settings, outcome);
            Folder.WriteResult(result);
            if (result.Completed)
            {
                Checkpoints.Finish();
            }

            Say(new RunEnded(Model, Data, Configuration, Folder, outcome, result, MovingStatistics.Unsettled(Network, Session.StepsSeen(Session.WeightsStep))));
            return result;
        }

        private void Say(RunEvent what) => Options.OnEvent?.Invoke(what);
    }
}
