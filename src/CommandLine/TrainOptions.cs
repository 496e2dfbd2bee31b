using System.CommandLine;
using System.Globalization;
using FashionCnn.Checks;
using FashionCnn.Data;
using FashionCnn.Distribution;
using FashionCnn.Models;
using FashionCnn.Native;
using FashionCnn.Runs;
using FashionCnn.Training;
using TorchSharp;

namespace FashionCnn.CommandLine;

/// <summary>The options of train: each one overrides what the spec, or the run that is resumed, says.</summary>
internal static class TrainOptions
{
    private const long DefaultSeed = 1;

    public static readonly Option<long?> Epochs = Options.Integer("--epochs", 1, 100_000, "Number of passes over the training images. Default: from the spec.");
    public static readonly Option<double?> LearningRate = Options.Positive("--learning-rate", "The optimizer's step size. Default: from the spec.");
    public static readonly Option<long?> Threads = Options.Integer("--threads", 1, 1_024, "Number of threads. Default: one per core.");
    public static readonly Option<string?> Device = Options.Choice("--device", ["auto", "cpu", "cuda"], "Device. Default: auto, a GPU if Torch can use one.");
    public static readonly Option<string?> Precision = Options.Choice("--precision", ["auto", "fp32", "bf16"], "Numeric precision. bf16 keeps the weights in fp32 and is faster on processors and GPUs that compute it natively. Default: auto, bf16 on those.");
    public static readonly Option<string?> Layout = Options.Choice("--layout", ["auto", MemoryLayout.ChannelsLast, MemoryLayout.ChannelsFirst], "How images lie in memory, which decides the speed and the last digits. Default: auto, which is channels_last.");
    public static readonly Option<string?> Data = new("--data") { Description = "Folder with pictures by class (rose/1.jpg), with IDX files as those of Fashion-MNIST, or with CIFAR's binary files; or sample, for the built-in sample.", HelpName = "folder" };
    public static readonly Option<double?> TestSplit = Options.ShareOf("--test-split", "Fraction of the images to test on, the same of each class, for data without test images of its own.");
    public static readonly Option<long?> TestSplitSeed = Options.Integer("--test-split-seed", 0, long.MaxValue, $"Which images --test-split chooses. Runs with the same one are tested on the same images. Default: {FashionCnn.Data.TestSplit.DefaultSeed}.");
    public static readonly Option<long?> TrainImages = Options.Integer("--train-images", 2, 100_000_000, "Use only the first N training images.");
    public static readonly Option<long?> TestImages = Options.Integer("--test-images", 1, 100_000_000, "Evaluate on the first N test images only.");
    public static readonly Option<bool> TestAtEnd = new("--test-at-end") { Description = "Evaluate the test images once, after training, instead of after every epoch." };
    public static readonly Option<string?> Output = new("--output") { Description = "The run folder, new or empty. Default: runs/<model>/<start time>-<seed>.", HelpName = "folder" };
    public static readonly Option<double?> CheckpointMinutes = Options.Positive("--checkpoint-minutes", "Minutes between checkpoints within an epoch. There is always one after each epoch. Default: 5.", "0.5 or 10");
    public static readonly Option<bool> TensorBoard = new("--tensorboard") { Description = "Also write each epoch's numbers as a TensorBoard event file in the run folder." };

    private static readonly Option<string?> Reduce = Options.Choice("--reduce", [GradientReduction.Fp32, GradientReduction.Bf16], "Type in which ranks exchange gradients. bf16 halves the bytes and rounds every sum. Default: fp32.");
    private static readonly Option<bool> SyncBatchNorm = new("--sync-batch-norm") { Description = "With several ranks, take the statistics of batch normalization over the whole batch, as one process does. Default: each rank takes them over its share." };
    public static readonly Option<double?> RankTimeout = Options.Positive("--rank-timeout", "Minutes that ranks wait for each other before the job ends. Default: 10.", "0.5 or 10");

    public static readonly Option<string?> Weights = TrainedWeights.ToStartWith();

    public static readonly Option<string?> Resume = new("--resume")
    {
        Description = "Continue a stopped or killed run: the given run folder, or the model's latest run if omitted. A larger --epochs extends a finished run.",
        HelpName = "run",
        Arity = ArgumentArity.ZeroOrOne,
    };

    private static readonly Option<long?> BatchSize = Options.Integer("--batch-size", 1, 65_536, "Images per step. Default: from the spec.");
    public static readonly Option<long?> Seed = Options.Integer("--seed", 0, long.MaxValue, $"Random seed for initial weights, shuffling and dropout. Same seed, machine, thread count, precision and layout: same result. Default: {DefaultSeed}.");
    private static readonly Option<string?> Optimizer = Text("--optimizer", "type,name=value", "Adam, AdamW, SGD or RMSprop, with values as in specs: SGD,momentum=0.9,clipnorm=1. Default: from the spec.");
    private static readonly Option<string?> Schedule = Text("--schedule", "type,name=value", "constant, CosineDecay, ExponentialDecay, PiecewiseConstantDecay, OneCycle or ReduceLROnPlateau, with values as in specs: CosineDecay,warmup_epochs=2. Default: from the spec.");
    private static readonly Option<double?> LabelSmoothing = Options.Fraction("--label-smoothing", "Share of each label to spread over all classes. Default: from the spec.");
    private static readonly Option<double?> ValidationSplit = Options.Fraction("--validation-split", "Fraction of the training images to hold out. Early stopping and the best weights are decided by these images only. Default: from the spec.");
    private static readonly Option<string?> ClassWeights = Text("--class-weights", "balanced|numbers", "What the loss of each class's images is multiplied by: a number for each class (1,2.5,1); balanced, to make up for different numbers of images; or none. Default: from the spec.");
    private static readonly Option<string?> Mixup = Text("--mixup", "alpha", "Train on mixtures of two images: alpha, such as 0.2, or none. Default: from the spec.");
    private static readonly Option<string?> Cutmix = Text("--cutmix", "alpha", "Train on images with a rectangle of another: alpha, such as 1, or none. Default: from the spec.");
    private static readonly Option<string?> EarlyStopping = Text("--early-stopping", "name=value", "none, or values as in specs: patience=3,monitor=val_loss. Default: from the spec.");

    private const string Constant = "constant";

    /// <summary>Those that a resumed run cannot change: its weights, order of images, results or files so far come from them.</summary>
    public static readonly IReadOnlyList<Option> Fixed =
        [BatchSize, Seed, Optimizer, Schedule, LabelSmoothing, ValidationSplit, ClassWeights, Mixup, Cutmix, EarlyStopping, Weights, TestSplit, TestSplitSeed, TrainImages, TestImages, TestAtEnd, Output];

    public static readonly IReadOnlyList<Option> All =
    [
        Epochs, BatchSize, LearningRate, Optimizer, Schedule, LabelSmoothing, ValidationSplit, ClassWeights, Mixup, Cutmix, EarlyStopping, Weights, Seed, Threads, Device, Precision, Layout, Data, TestSplit, TestSplitSeed,
        TrainImages, TestImages, TestAtEnd,
        Output, Resume, CheckpointMinutes, TensorBoard, Reduce, SyncBatchNorm, RankTimeout, TuneStep.Tune, SelfCheckStep.Skip,
    ];

    /// <summary>The device to compute on.</summary>
    /// <exception cref="InputException">There is none such, or several ranks are to share it.</exception>
    public static string ResolveDevice(ParseResult options, Ranks? ranks) => (options.GetValue(Device), ranks) switch
    {
        ("cuda", not null) => throw new InputException($"{ranks.Size} ranks train on processors only: gradients are not exchanged between GPUs. Omit {Device.Name}, or train in one process."),
        (_, not null) => "cpu",
        (var choice, null) => ComputeDevice.Resolve(choice ?? "auto"),
    };

    /// <summary>The settings of a new run.</summary>
    public static RunSettings Apply(ParseResult options, ModelDescriptor model, string device, Ranks? ranks = null)
    {
        model.CheckTrainable();
        var spec = model.Training;
        var optimizer = options.GetValue(Optimizer) is { } text ? SettingsText.Typed<OptimizerSettings>(Optimizer.Name, text) : spec.Optimizer;
        var schedule = options.GetValue(Schedule) switch
        {
            null => spec.LearningRateSchedule,
            var other when other.Equals(Constant, StringComparison.OrdinalIgnoreCase) => null,
            var other => SettingsText.Typed<LearningRateSchedule>(Schedule.Name, other, Constant),
        };
        CheckRate(options, schedule);
        var training = (spec with
        {
            Epochs = (int?)options.GetValue(Epochs) ?? spec.Epochs,
            BatchSize = (int?)options.GetValue(BatchSize) ?? spec.BatchSize,
            Optimizer = optimizer,
            LearningRateSchedule = schedule,
            LabelSmoothing = options.GetValue(LabelSmoothing) ?? spec.LabelSmoothing,
            ValidationSplit = options.GetValue(ValidationSplit) ?? spec.ValidationSplit,
            ClassWeights = options.GetValue(ClassWeights) switch
            {
                null => spec.ClassWeights,
                "none" => null,
                "balanced" => FashionCnn.Models.ClassWeights.Balanced,
                var numbers => new ClassWeights([.. numbers.Split(',').Select(number => double.TryParse(number, NumberStyles.Float, CultureInfo.InvariantCulture, out var value)
                    ? value
                    : throw new InputException($"{ClassWeights.Name} {numbers}: '{number}' is not a number. Give balanced, none, or a number for each class, separated by commas."))]),
            },
            Mixup = Alpha(options, Mixup, spec.Mixup),
            Cutmix = Alpha(options, Cutmix, spec.Cutmix),
            EarlyStopping = options.GetValue(EarlyStopping) switch
            {
                null => spec.EarlyStopping,
                "none" => null,
                var other => SettingsText.Plain<EarlyStoppingSettings>(EarlyStopping.Name, other),
            },
        }).WithLearningRate(options.GetValue(LearningRate));
        training.Check();
        training.ClassWeights?.CheckFits(model);
        var threads = (int?)options.GetValue(Threads) ?? ranks?.Threads ?? torch.get_num_threads();
        return new RunSettings(training, options.GetValue(Seed) ?? DefaultSeed, threads, device, ResolvePrecision(options, "auto", device), MemoryLayout.Resolve(options.GetValue(Layout) ?? "auto"))
        {
            TestAtEnd = options.GetValue(TestAtEnd),
            Ranks = ranks?.Size ?? 1,
            // Other commands that train have neither.
            Reduce = options.GetValue(Reduce) ?? GradientReduction.Fp32,
            SyncBatchNorm = options.GetValue(SyncBatchNorm),
        };
    }

    // A spec may not have a rate that its schedule does not use either.
    private static void CheckRate(ParseResult options, LearningRateSchedule? schedule)
    {
        if (options.GetValue(Optimizer) is not { } text || !text.Split(',', StringSplitOptions.TrimEntries).Any(part => part.StartsWith("learning_rate=", StringComparison.Ordinal)))
        {
            return;
        }

        if (options.GetValue(LearningRate) is not null)
        {
            throw new InputException($"{Optimizer.Name} {text}: {LearningRate.Name} gives the learning rate, too. Give it once.");
        }

        if (schedule is PiecewiseConstantDecaySchedule or OneCycleSchedule)
        {
            throw new InputException($"{Optimizer.Name} {text}: the schedule gives the learning rates itself. Leave learning_rate out, or train without a schedule ({Schedule.Name} {Constant}).");
        }
    }

    private static double? Alpha(ParseResult options, Option<string?> option, double? spec) => options.GetValue(option) switch
    {
        null => spec,
        "none" => null,
        var text => double.TryParse(text, NumberStyles.Float, CultureInfo.InvariantCulture, out var value) ? value : throw new InputException($"{option.Name} {text}: not a number. Give alpha, a number above 0, or none."),
    };

    /// <summary>What is to change in a run that is continued.</summary>
    public static RunChanges Changes(ParseResult options, Ranks? ranks) => new()
    {
        Epochs = (int?)options.GetValue(Epochs),
        LearningRate = options.GetValue(LearningRate),
        Threads = (int?)options.GetValue(Threads) ?? ranks?.Threads,
        Device = ranks is null ? options.GetValue(Device) : ResolveDevice(options, ranks),
        Precision = options.GetValue(Precision),
        Layout = options.GetValue(Layout),
        Reduce = options.GetValue(Reduce),
        SyncBatchNorm = options.GetValue(SyncBatchNorm) ? true : null,
    };

    /// <summary>How to look after a run.</summary>
    public static RunOptions RunOptions(ParseResult options, Action<RunEvent>? say, CancellationToken cancellation, Ranks? ranks = null) => new()
    {
        Ranks = ranks,
        CheckpointInterval = TimeSpan.FromMinutes(Math.Min(options.GetValue(CheckpointMinutes) ?? 5, 1e6)),
        TensorBoard = options.GetValue(TensorBoard),
        OnEvent = say,
        Cancellation = cancellation,
    };

    /// <summary>How long ranks wait for each other.</summary>
    public static TimeSpan RankPatience(ParseResult options) => options.GetValue(RankTimeout) is { } minutes ? TimeSpan.FromMinutes(Math.Min(minutes, 1e6)) : Ranks.DefaultPatience;

    /// <summary>What data to open for a model.</summary>
    /// <param name="options">The command's options.</param>
    /// <param name="input">The model's input.</param>
    /// <exception cref="InputException">A seed is given, and nothing that it would choose.</exception>
    public static DataRequest Request(ParseResult options, ImageShape input) => new(
        options.GetValue(Data),
        input,
        (options.GetValue(TestSplit), options.GetValue(TestSplitSeed)) switch
        {
            ({ } fraction, var seed) => new TestSplit(fraction, seed ?? FashionCnn.Data.TestSplit.DefaultSeed),
            (null, not null) => throw new InputException($"{TestSplitSeed.Name} chooses the images that {TestSplit.Name} asks for. Give {TestSplit.Name} too, or omit it."),
            _ => null,
        });

    /// <summary>As many of the images as are asked for.</summary>
    /// <param name="options">The command's options.</param>
    /// <param name="data">All images.</param>
    /// <param name="say">Told when there are fewer than are asked for.</param>
    /// <exception cref="InputException">There are no test images to take some of.</exception>
    public static DataSet Take(ParseResult options, DataSet data, Action<string> say) => data.Test.Count == 0 && options.GetValue(TestImages) is { } wanted
        ? throw new InputException($"{TestImages.Name} {wanted}: {data.Name} ({data.Location}) has no test images; all images that {ValidationSplit.Name} holds out are evaluated on in their place. Omit {TestImages.Name}, or take test images with {TestSplit.Name}.")
        : data with
        {
            Train = Take(options, TrainImages, data.Train, "training", say),
            Test = Take(options, TestImages, data.Test, "test", say),
        };

    /// <summary>As many of some images as an option asks for.</summary>
    public static ImageSet Take(ParseResult options, Option<long?> count, ImageSet images, string which, Action<string> say)
    {
        if (options.GetValue(count) is not { } wanted)
        {
            return images;
        }

        if (wanted > images.Count && images.Count > 0)
        {
            say($"Note: {count.Name} asks for {NumberText.Count(wanted)}, but there are only {NumberText.Plural(images.Count, $"{which} image")}; all of them are used.");
        }

        return images.Take((int)wanted);
    }

    /// <summary>fp32 or bf16, as asked for or else by default.</summary>
    public static string ResolvePrecision(ParseResult options, string otherwise, string device) => ComputePrecision.Resolve(options.GetValue(Precision) ?? otherwise, device);

    /// <summary>Which of precision and layout were left to the program.</summary>
    public static SelfCheckFreedom Freedom(ParseResult options) => new(options.GetValue(Precision) is null or "auto", options.GetValue(Layout) is null or "auto");

    /// <summary>What a self-check of a run has to look at: batches as large as the largest part that a rank computes.</summary>
    public static SelfCheckSetting CheckOf(RunSettings settings) =>
        new(settings.Precision, settings.Threads, (settings.Training.BatchSize + settings.Ranks - 1) / settings.Ranks, settings.EvaluationBatch, settings.Layout);

    private static Option<string?> Text(string name, string help, string description) => new(name) { Description = description, HelpName = help };
}
