using System.Diagnostics;
using FashionCnn.Data;
using FashionCnn.Distribution;
using FashionCnn.Models;
using FashionCnn.Native;
using TorchSharp;
using static TorchSharp.torch;

namespace FashionCnn.Training;

/// <summary>A model in training: its images, its optimizer, and where it stands.</summary>
internal sealed partial class TrainingSession : IDisposable
{
    private readonly ImageClassifier model;
    private readonly RunSettings settings;
    private readonly DataReference images;
    private readonly Batches train;
    private readonly Batches? validation;
    private readonly Batches? test;
    private readonly Tensor? classWeights;
    private readonly WeightUpdate update;
    private readonly BestEpoch best;
    private readonly IReadOnlyList<(int Start, int Size)> batches;
    private readonly RankShare? share;
    private TrainingState state = TrainingState.Start;

    // What the schedule starts from in the running epoch.
    private double epochRate;

    /// <summary>Moves the model to the device and copies the images there.</summary>
    /// <param name="model">A model made after <see cref="Trainer.Prepare"/>.</param>
    /// <param name="data">Images that fit the model.</param>
    /// <param name="settings">What decides how the run goes.</param>
    /// <param name="ranks">The processes that train it together; null for this one alone.</param>
    /// <exception cref="InputException">All layers with weights are frozen, the held-out fraction leaves no images to train or to validate on, or there are none to evaluate on.</exception>
    public TrainingSession(ImageClassifier model, DataSet data, RunSettings settings, Ranks? ranks = null)
    {
        model.Model.CheckTrainable();
        Data = Holdout.WithTest(data, settings.Training.ValidationSplit, settings.Seed);
        settings.Training.ClassWeights?.CheckFits(model.Model);
        if (ranks is not null && (settings.Training.Mixup ?? settings.Training.Cutmix) is not null)
        {
            throw new InputException($"mixup and cutmix mix an image with any other one of its batch, of which each of {ranks.Size} ranks has a part only. Train in one process, or without them.");
        }

        this.model = model;
        this.settings = settings;
        images = DataReference.To(Data);
        var target = device(settings.Device);
        model.to(target);
        model.Precision = ComputePrecision.Type(settings.Precision);
        model.ChannelsLast = settings.Layout == MemoryLayout.ChannelsLast;
        var (trainImages, heldOut) = Training.ValidationSplit > 0 ? Holdout.Split(Data.Train, Training.ValidationSplit, settings.Seed) : (Data.Train, null);
        train = new Batches(trainImages, target);
        validation = heldOut is null ? null : new Batches(heldOut, target);
        test = Data.TestIsHeldOut ? null : new Batches(Data.Test, target);
        batches = Batches.Split(train.Count, Training.BatchSize);
        classWeights = Training.ClassWeights is { } weights
            ? tensor(weights.Of(trainImages.CountsOf(model.Model.Classes)).Select(weight => (float)weight).ToArray(), device: target).DetachFromDisposeScope()
            : null;
        if (model.Precision == bfloat16)
        {
            model.KeepCopies();
        }

        // After the move: it makes new parameters.
        update = new WeightUpdate(model, Training.Optimizer);
        share = ranks is null ? null : new RankShare(ranks, model, update, settings, batches);
        best = new BestEpoch(Training.EarlyStopping?.Monitor ?? "val_loss", Training.EarlyStopping?.MinDelta ?? 0);
    }

    private TrainingSettings Training => settings.Training;

    // As in Keras: a patience of 0 and one of 1 both stop at the first epoch without improvement.
    private bool IsStoppedEarly => Training.EarlyStopping is { } stopping && best.EpochsWithout >= Math.Max(1, stopping.Patience);

    /// <summary>The images, the held-out ones in the place of test images that the set does not have.</summary>
    public DataSet Data { get; }

    /// <summary>When the run started, and what was changed since.</summary>
    public RunOrigin Origin { get; set; } = RunOrigin.Now;

    /// <summary>The batches of an epoch.</summary>
    public int StepsPerEpoch => batches.Count;

    /// <summary>Where training stands.</summary>
    public TrainingState State => state;

    /// <summary>
    /// The weights of the epoch that the held-out images chose, see <see cref="EarlyStoppingSettings.MinDelta"/>; null when none are held
    /// out.
    /// </summary>
    public ModelSnapshot? BestWeights => best.Weights;

    /// <summary>The weights after the last step of a run with held-out images that came to its end; null before.</summary>
    public ModelSnapshot? LastWeights { get; private set; }

    /// <summary>The steps done up to the end of the epoch whose weights are the best; null when none are held out.</summary>
    public long? BestStep => best.Record is { } record ? (long)record.Epoch * batches.Count : null;

    /// <summary>The steps after which the model had the weights that it has.</summary>
    public long WeightsStep { get; private set; }

    /// <summary>The steps that the moving statistics have seen after some of this run's, those before it included; null when that is not known.</summary>
    public long? StepsSeen(long? steps) => Origin.Weights is { } weights ? weights.Steps + steps : steps;

    /// <summary>Takes the place of the run that left a checkpoint.</summary>
    /// <exception cref="InputException">It is of another network; nothing was changed.</exception>
    public void Resume(CheckpointFile checkpoint)
    {
        checkpoint.Content.CheckFits(model.Model);
        CheckpointTensors.Check(checkpoint, model, update);
        CheckpointTensors.Restore(checkpoint, model, update);
        state = checkpoint.Content.State;
        Origin = checkpoint.Content.Origin;
        best.Resume(state.Best, state.EpochsWithoutImprovement, state.Best is null ? null : ModelSnapshot.Read(model, checkpoint.File, CheckpointFile.Best));
    }

    /// <summary>Gives all ranks the first one's weights, and the place of its run.</summary>
    internal void Share()
    {
        if (share is null)
        {
            return;
        }

        var text = share.Ranks.IsFirst ? CheckpointFile.TextOf(Here) : string.Empty;
        var first = CheckpointFile.FromText(share.Ranks.Broadcast(text));
        (state, Origin) = (first.State, first.Origin);
        if (!share.Ranks.IsFirst)
        {
            best.Resume(state.Best, state.EpochsWithoutImprovement, state.Best is null ? null : ModelSnapshot.Of(model));
        }

        using var scope = NewDisposeScope();
        foreach (var (_, tensor) in CheckpointTensors.Of(model, update, best.Weights))
        {
            share.Broadcast(tensor);
        }

        model.RefreshCopies();
    }

    /// <summary>Trains to the end, or until it is stopped. The model keeps what was trained.</summary>
    /// <param name="onStep">Told after every step.</param>
    /// <param name="onEpoch">Told after every epoch.</param>
    /// <param name="checkpoints">Takes the state after every epoch, at its interval within one, and when training is stopped.</param>
    /// <param name="cancellation">Looked at after every step.</param>
    /// <exception cref="TrainingFailedException">The loss is no longer a number.</exception>
    /// <exception cref="CheckpointNotWrittenException">A checkpoint cannot be written.</exception>
    public TrainingOutcome Run(Action<StepProgress>? onStep, Action<EpochRecord>? onEpoch, CheckpointStore? checkpoints, CancellationToken cancellation)
    {
        while (state.Epoch <= Training.Epochs && !IsStoppedEarly)
        {
            if (!TrainEpoch(onStep, checkpoints, cancellation) || Evaluate(checkpoints, cancellation) is not { } record)
            {
                WriteCheckpoint(checkpoints);
                WeightsStep = state.GlobalStep;
                return new TrainingOutcome(state.History, Canceled: true, Final: state.History is [.., var finished] ? finished : null, Place: state.Place);
            }

            state = TrainingState.Start with { GlobalStep = state.GlobalStep, Epoch = state.Epoch + 1, History = [.. state.History, record] };
            // Nobody hears of an epoch, and no file tells of it, from whose end a run could not be continued.
            WriteCheckpoint(checkpoints);
            onEpoch?.Invoke(record);
        }

        // What was evaluated after each epoch is what the run leaves.
        update.ExchangeAverages();
        var final = state.History is [.., var last] ? last : null;
        LastWeights?.Dispose();
        LastWeights = best.Record is null ? null : ModelSnapshot.Of(model);
        WeightsStep = state.GlobalStep;
        if (Training.EarlyStopping is { RestoreBestWeights: true } && best.Record is not null)
        {
            best.Weights!.Restore(model);
            WeightsStep = BestStep!.Value;
            final = best.Record;
        }

        var outcome = new TrainingOutcome(state.History, Canceled: false, StoppedEarly: state.History.Count < Training.Epochs, final);
        return settings.TestAtEnd && final is not null ? Tested(outcome, final, checkpoints) : outcome;
    }

    /// <summary>Writes a checkpoint of where training stands.</summary>
    public void WriteCheckpoint(CheckpointStore? checkpoints)
    {
        if (checkpoints is null)
        {
            return;
        }

        using var scope = NewDisposeScope();
        checkpoints.Write(Here, CheckpointTensors.Of(model, update, best.Weights));
    }

    /// <summary>Where training stands, the tensors aside.</summary>
    private Checkpoint Here => new()
    {
        Model = model.Model.Id,
        ArchitectureFingerprint = model.Model.ArchitectureFingerprint,
        Layers = Checkpoint.Describe(model.Model),
        Frozen = Checkpoint.FrozenOf(model.Model),
        Regularizers = Checkpoint.RegularizersOf(model.Model),
        Settings = settings,
        Data = images,
        State = state with { Best = best.Record, EpochsWithoutImprovement = best.EpochsWithout },
        Origin = Origin,
    };

    /// <inheritdoc/>
    public void Dispose()
    {
        model.DropCopies();
        model.Place = null;
        share?.Dispose();
        classWeights?.Dispose();
        update.Dispose();
        best.Dispose();
        LastWeights?.Dispose();
        train.Dispose();
        validation?.Dispose();
        test?.Dispose();
    }

    /// <summary>Does what is left of the running epoch's steps; false when it was stopped.</summary>
    private bool TrainEpoch(Action<StepProgress>? onStep, CheckpointStore? checkpoints, CancellationToken cancellation)
    {
        var clock = Stopwatch.StartNew();
        var before = state.Seconds;
        model.train();
        epochRate = Training.LearningRateSchedule is ReduceLROnPlateauSchedule plateau
            ? plateau.After(Training.Optimizer.LearningRate, state.History.Select(epoch => (epoch.ValidationLoss!.Value, epoch.ValidationAccuracy!.Value)))
            : Training.Optimizer.LearningRate;
        using var pass = train.Begin(Shuffle.Order(train.Count, settings.Seed, state.Epoch), share?.Parts ?? batches, state.Step, model.Precision);
        while (state.Step < batches.Count)
        {
            var (start, size) = batches[state.Step];
            share?.Begin(state.Step, cancellation.IsCancellationRequested);
            var (loss, right, fault) = Step(pass);
            if (fault is not null)
            {
                var what = double.IsFinite(loss) ? "A weight became NaN or infinite in" : $"The loss became {loss}{share?.WhereLossFailed} in";
                throw Diverged($"{what} epoch {state.Epoch}, step {state.Step + 1}", fault, checkpoints);
            }

            state = state with
            {
                Step = state.Step + 1,
                LossSum = state.LossSum + (loss * size),
                Correct = state.Correct + right,
                GlobalStep = state.GlobalStep + 1,
                Seconds = before + clock.Elapsed.TotalSeconds,
            };
            var done = start + size;
            onStep?.Invoke(new StepProgress(state.Epoch, Training.Epochs, done, train.Count, state.LossSum / done, (double)state.Correct / done, state.Seconds));
            // All ranks stop after the same step.
            if (share?.IsStopped ?? cancellation.IsCancellationRequested)
            {
                return false;
            }

            if (checkpoints is { IsDue: true } && state.Step < batches.Count)
            {
                // Writing is not training.
                clock.Stop();
                WriteCheckpoint(checkpoints);
                clock.Start();
            }
        }

        share?.RequireSameWeights($"after epoch {state.Epoch}");
        return true;
    }

    private TrainingFailedException Diverged(string what, TrainingFault fault, CheckpointStore? checkpoints)
    {
        var failure = Divergence.Describe(what, fault, model.Model, Training, isFirst: state is { Epoch: 1, Step: 0 }, checkpoints?.Last?.Place);
        return share is null ? failure : share.Ranks.Shared(failure);
    }

    private (double Loss, long Correct, TrainingFault? Fault) Step(BatchPass pass)
    {
        using var scope = NewDisposeScope();
        var (images, classes) = pass.Next();
        var place = new RandomPlace((ulong)settings.Seed, state.GlobalStep, share?.FirstImage ?? 0);
        model.Place = place;
        var batch = BatchMixing.Mix(images, classes, Training, place);
        var regularization = update.RegularizationLoss();
        var logits = model.forward(batch.Images);
        var loss = Loss(logits);
        double value = loss.item<float>();
        var right = logits.argmax(1).eq(batch.LargerShares).sum().item<long>();
        (value, right) = share?.Sum(value, right) ?? (value, right);
        value += regularization;
        if (!double.IsFinite(value))
        {
            // A loss that is no number would spoil the weights. At the same place the same values are dropped once more.
            var found = FaultSearch.Find(model, () => Loss(model.forward(batch.Images)).item<float>());
            return (value, 0, share?.Shared(found) ?? found);
        }

        // Not before the loss is known to be a number: the old gradients say where it came from if it is none. Without gradients the next
        // ones take their place; set to 0, they would be read and written once more to be added to.
        model.ForgetGradients();
        loss.backward();
        share?.EndBackward();
        var rate = Training.Rate(epochRate, state.Epoch - 1 + ((double)state.Step / batches.Count), Training.Epochs);
        var fault = update.Step(rate, state.GlobalStep, share?.Gradients()) ? null : FaultSearch.Find(model, () => Loss(model.forward(batch.Images)).item<float>());
        return (value, right, fault);

        // The mean over this rank's images, times their share of the batch: added up over the ranks it is the mean over all.
        Tensor Loss(Tensor outputs) => share is null ? Mean(outputs) : Mean(outputs) * share.OfBatch;

        // As in Keras, the mean is over the images, not over their weights.
        Tensor Mean(Tensor outputs) => batch.Loss(labels => classWeights is null
            ? nn.functional.cross_entropy(outputs, labels, label_smoothing: Training.LabelSmoothing)
            : (nn.functional.cross_entropy(outputs, labels, reduction: nn.Reduction.None, label_smoothing: Training.LabelSmoothing) * classWeights.index_select(0, labels)).mean());
    }
}
