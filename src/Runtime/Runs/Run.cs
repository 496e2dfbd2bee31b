using FashionCnn.Data;
using FashionCnn.Models;
using FashionCnn.Training;

namespace FashionCnn.Runs;

/// <summary>
/// A run from its first step to its last file. Each way in is safe to repeat: a start that was refused or came to nothing can be made
/// again in the same folder, and a run that was killed at any point, be it between its last step and its last file, is continued to the
/// same end.
/// </summary>
internal static class Run
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
    public static RunResult Start(
        ModelDescriptor model, DataSet data, RunSettings settings, Func<(RunFolder Folder, IDisposable Owner)> folder, RunOptions options, string? weights = null)
    {
        settings.Training.Check();
        data.CheckFits(model);
        Holdout.CheckTest(data, settings.Training.ValidationSplit);
        var selfCheck = options.SelfCheck?.Invoke(settings);
        Trainer.Prepare(settings);
        using var network = model.Create();
        // The fresh weights were drawn: those that stay are the same as without the file.
        var taken = weights is null ? null : ModelWeights.LoadFitting(network, weights);
        using var session = new TrainingSession(network, data, settings);
        session.Origin = session.Origin with { Weights = taken?.Weights };
        var (place, owner) = folder();
        using (owner)
        {
            place.DeleteRemains();
            var run = new Going(model, settings, place, options, network, session, selfCheck);
            run.WriteConfiguration(taken);
            return run.ToEnd();
        }
    }

    /// <summary>
    /// Continues a run: one that was stopped or killed, one that was trained but lacks files, or a finished one that is to have more epochs.
    /// </summary>
    /// <param name="folder">The run's folder.</param>
    /// <param name="model">Its model.</param>
    /// <param name="changes">The settings that are to change.</param>
    /// <param name="open">Finds the images again, see <see cref="DataReference.Open"/>.</param>
    /// <param name="options">How to look after it.</param>
    /// <exception cref="InputException">There is no checkpoint to continue from, it is of another model, or the run is finished; the folder is as it was.</exception>
    /// <exception cref="TrainingFailedException">Training has diverged.</exception>
    /// <exception cref="CheckpointNotWrittenException">The disk is full or the folder cannot be written.</exception>
    public static RunResult Continue(RunFolder folder, ModelDescriptor model, RunChanges changes, Func<DataReference, DataSet> open, RunOptions options)
    {
        var store = new CheckpointStore(folder.Path, options.CheckpointInterval);
        if (!CheckpointStore.IsIn(folder.Path))
        {
            throw new InputException($"{folder.Path}: there is no checkpoint to continue from. Start a new run.");
        }

        using var owner = folder.Lock();
        using var checkpoint = store.Open(problem => options.OnEvent?.Invoke(new CheckpointSkipped(problem)));
        checkpoint.Content.CheckFits(model);
        var before = checkpoint.Content;
        var settings = changes.Apply(before.Settings);
        if (folder.TryRead() is { Result: { Completed: true, StoppedEarly: true } early })
        {
            throw new InputException($"{folder.Path}: the run is finished. It stopped early after {early.Epochs} of {before.Settings.Training.Epochs} epochs, and more epochs would not change that. Start a new run with different early_stopping.") { Setting = "early_stopping" };
        }

        if (folder.IsFinished && settings.Training.Epochs <= before.Settings.Training.Epochs)
        {
            throw new InputException($"{folder.Path}: the run is finished ({before.Settings.Training.Epochs} of {before.Settings.Training.Epochs} epochs). Set a larger number of epochs to extend it, or start a new run.") { Setting = "epochs" };
        }

        if (settings.Training.Epochs < before.State.History.Count)
        {
            throw new InputException($"{folder.Path}: {before.State.History.Count} epochs are already done, so it cannot end after {settings.Training.Epochs}. Set a larger number of epochs.") { Setting = "epochs" };
        }

        var data = open(before.Data);
        data.CheckFits(model);
        var selfCheck = options.SelfCheck?.Invoke(settings);
        Trainer.Prepare(settings);
        using var network = model.Create();
        using var session = new TrainingSession(network, data, settings);
        session.Resume(checkpoint);
        checkpoint.Dispose();
        var (different, all) = RunChanges.Between(before, settings, session.StepsPerEpoch);
        session.Origin = before.Origin with { Changes = all };
        options.OnEvent?.Invoke(new RunContinued(folder, before.State, different));

        // Everything was checked. What is left of an end before this one counts no longer.
        folder.Reopen();
        folder.DeleteRemains();
        if (different.Count > 0)
        {
            // What was asked for holds also when the program is killed before the next checkpoint.
            session.WriteCheckpoint(store);
        }

        var run = new Going(model, settings, folder, options, network, session, selfCheck) { Checkpoints = store };
        run.WriteConfiguration();
        return run.ToEnd();
    }

    /// <summary>A run that goes.</summary>
    private sealed record Going(ModelDescriptor Model, RunSettings Settings, RunFolder Folder, RunOptions Options, ImageClassifier Network, TrainingSession Session, string? SelfCheck)
    {
        public CheckpointStore Checkpoints { get; init; } = new(Folder.Path, Options.CheckpointInterval);

        private DataSet Data => Session.Data;

        private RunConfiguration Configuration { get; } = RunConfiguration.Of(Model, Session.Data, Settings, Session.Origin) with { SelfCheck = SelfCheck };

        public void WriteConfiguration(TakenWeights? taken = null)
        {
            Folder.WriteSpec(Model.Spec);
            Folder.WriteConfig(Configuration);
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
