using System.CommandLine;
using FashionCnn.Checks;
using FashionCnn.CommandLine.Numbers;
using FashionCnn.Data;
using FashionCnn.Evaluation;
using FashionCnn.Models;
using FashionCnn.Native;
using FashionCnn.Runs;
using FashionCnn.Training;
using Spectre.Console;
using TorchSharp;
using static System.FormattableString;

namespace FashionCnn.CommandLine;

/// <summary>Evaluates trained weights on test images.</summary>
internal static class EvaluateCommand
{
    private const string Description = """
        Evaluates trained weights on the test images: loss, accuracy with its 95 % interval (Wilson), precision, recall and F1 of each class, and the confusion matrix. Also shows the accuracy without test images that also occur in the training set. If the data has no test images, those that the run held out take their place. Data of your own is taken from where the run found it.
        """;

    private static readonly Option<string> Weights = WeightsOption.Create();
    private static readonly Option<string?> Format = Options.Choice("--format", ["text", "json"], "Output format. Default: text.");

    public static Command Create(ModelList models, IAnsiConsole console, ChildProgram? program)
    {
        var argument = Options.Model(models.Ids);
        var command = new Command("evaluate", Description) { argument, Weights, TrainOptions.Data, TrainOptions.TestSplit, TrainOptions.TestSplitSeed, TrainOptions.TestImages, TrainOptions.Threads, TrainOptions.Device, TrainOptions.Precision, TrainOptions.Layout, SelfCheckStep.Skip, Format };
        command.SetAction(result => Interruption.Around(
            console, says: null, interruption => Run(models.Find(result.GetRequiredValue(argument), result.InvocationConfiguration.Error), result, console, program, interruption.Token)));
        return command;
    }

    private static int Run(ModelDescriptor descriptor, ParseResult options, IAnsiConsole console, ChildProgram? program, CancellationToken cancellation)
    {
        NativeTorch.EnsureLoaded();
        var device = ComputeDevice.Resolve(options.GetValue(TrainOptions.Device) ?? "auto");
        var precision = TrainOptions.ResolvePrecision(options, "auto", device);
        torch.set_num_threads((int?)options.GetValue(TrainOptions.Threads) ?? torch.get_num_threads());
        using var check = SelfCheckStep.Start(program, options, descriptor, SelfCheckSetting.Evaluation(precision, torch.get_num_threads()) with { Layout = MemoryLayout.Resolve(options.GetValue(TrainOptions.Layout) ?? "auto") }, device);
        var (model, unsettled) = TrainedWeights.Load(descriptor, options.GetRequiredValue(Weights));
        using var owned = model;
        var data = Open(descriptor, options, console, cancellation);
        data = data with { Test = TrainOptions.Take(options, TrainOptions.TestImages, data.Test, "test", options.InvocationConfiguration.Error.WriteLine) };
        var (chosen, _) = check.Finish(TrainOptions.Freedom(options), options.InvocationConfiguration.Error.WriteLine, cancellation);
        model.to(torch.device(device));
        model.Precision = ComputePrecision.Type(chosen.Precision);
        model.ChannelsLast = chosen.Layout == MemoryLayout.ChannelsLast;
        using var test = new Batches(data.Test, torch.device(device));
        var predictions = Evaluator.Predict(model, test, cancellation: cancellation) ?? throw new OperationCanceledException(cancellation);
        var report = EvaluationReport.Of(predictions, data) with { Precision = chosen.Precision };
        if (options.GetValue(Format) == "json")
        {
            console.Profile.Out.Writer.Write(OutputJson.Write(report));
        }
        else
        {
            Write(descriptor, data, report, console);
        }

        if (unsettled is not null)
        {
            options.InvocationConfiguration.Error.WriteLine($"Note: {UnsettledText.Of(unsettled)}");
        }

        return CommandLineProgram.Success;
    }

    /// <summary>The images that are asked for, or else those of the run whose weights are evaluated.</summary>
    private static DataSet Open(ModelDescriptor descriptor, ParseResult options, IAnsiConsole console, CancellationToken cancellation)
    {
        // Published data has test images of its own, wherever it is found.
        var run = RunWeights.RunOf(descriptor, options.GetRequiredValue(Weights)) is { DataVerified: false } own ? own : null;
        var request = TrainOptions.Request(options, descriptor.Input);
        if (run is not null && request.Place is null)
        {
            request = request with { Place = Directory.Exists(run.DataLocation) ? run.DataLocation : throw DataReference.Gone(run.DataLocation) };
        }

        var data = DataDisplay.Show(console, progress => DataSets.Open(request, DataEnvironment.Current, progress, cancellation));
        data.CheckFits(descriptor);
        DataDisplay.WriteLeftOut(data, options.InvocationConfiguration.Error.WriteLine);
        return run is null ? Holdout.WithTest(data, fraction: 0, seed: 0) : OfRun(data, run);
    }

    /// <summary>The data with the test images of the run; where these are some of all images, nothing that it was trained on is among them.</summary>
    /// <exception cref="InputException">The folder does not hold the run's test images.</exception>
    private static DataSet OfRun(DataSet data, RunConfiguration run)
    {
        if (data.TestSplit is { } asked && asked != run.TestSplit)
        {
            throw new InputException($"The run was not tested on the images that test_split {asked.Fraction} with seed {asked.Seed} chooses; it may have been trained on them. Omit test_split to test on the run's own test images.") { Setting = InputSetting.TestSplit };
        }

        var count = data.Train.Count + data.Test.Count;
        var hasOwn = data.Test.Count > 0 && data.TestSplit is null;
        if (data.Test.Count == 0 && run.TestSplit is { } split)
        {
            data = DataSets.Split(data, split);
        }

        // Test images of its own that lie elsewhere are data that the run has never seen.
        var isAsItWas = hasOwn
            ? data.Location != Path.TrimEndingDirectorySeparator(run.DataLocation) || data.Test.Take(run.TestImages).Fingerprint == run.TestFingerprint
            : run.Images?.AreIn(data) == true;
        if (!isAsItWas)
        {
            var had = run.TrainImages + (run.TestIsHeldOut ? 0 : run.TestImages);
            throw new InputException(
                $"{data.Location} does not hold the images that the run was trained and tested on: there were {NumberText.Count(had)}, now there are {(count == had ? "as many, but some are others" : NumberText.Count(count))}. "
                + (hasOwn ? string.Empty : "Chosen among these, test images could be some that it was trained on. ")
                + "Restore the folder, give the one that holds the run's images, or give another one that has test images of its own.")
            { Setting = InputSetting.Data };
        }

        if (hasOwn || !run.TestIsHeldOut)
        {
            return data;
        }

        var (train, test) = Holdout.Split(data.Train.Take(run.TrainImages), run.Training.ValidationSplit, run.Seed);
        // Among the others, duplicates are looked for.
        return data with { Train = train, Test = test, TestIsHeldOut = true };
    }

    private static void Write(ModelDescriptor descriptor, DataSet data, EvaluationReport report, IAnsiConsole console)
    {
        var images = data.TestIsHeldOut ? "held-out images" : "test images";
        console.WriteLine(Invariant($"{descriptor.Id} on {data.Name} ({data.Location}), {NumberText.Count(report.Images)} {images}, computed in {report.Precision}"));
        console.WriteLine($"loss {NumberText.Number(report.Loss)}, accuracy {NumberText.Number(report.Accuracy)} (95 % interval {StatisticText.Interval(report.AccuracyInterval)})");
        if (report is { Duplicates: > 0, AccuracyWithoutDuplicates: { } without })
        {
            console.WriteLine(Invariant($"accuracy {NumberText.Number(without)} without the {report.Duplicates} {images} that also occur in the training set (their pixels differ by less than {Duplicates.MeanDifference} of 255 on average)"));
        }

        if (report.Duplicates is null)
        {
            console.WriteLine("Images that also occur in the training set were not looked for, because the images are not held in memory.");
        }

        var table = TextTable.OfNumbers("Class", "Images", "Precision", "Recall", "F1");
        foreach (var metrics in report.Classes)
        {
            table.Add(data.ClassNames[metrics.Class], NumberText.Count(metrics.Support), NumberText.Number(metrics.Precision), NumberText.Number(metrics.Recall), NumberText.Number(metrics.F1));
        }

        table.Write(console);
        if (report.Confusion is { } confusion)
        {
            WriteConfusion(confusion, data.ClassNames, console);
        }
        else
        {
            console.WriteLine($"There is no confusion matrix: there are {NumberText.Count(data.ClassNames.Count)} classes, and it is made for up to {NumberText.Count(EvaluationReport.ConfusionClasses)}.");
        }
    }

    // With the classes' names, else with their numbers, else what each class is taken for: whatever fits.
    private static void WriteConfusion(IReadOnlyList<IReadOnlyList<int>> confusion, IReadOnlyList<string> names, IAnsiConsole console)
    {
        const string Heading = "Confusion matrix: rows are the true classes, columns the predicted ones.";
        var named = Matrix(label => Invariant($"{label} {names[label]}"));
        var numbered = Matrix(label => Invariant($"{label}"));
        if (named.Fits(console.Profile.Width) || numbered.Fits(console.Profile.Width))
        {
            console.WriteLine(Heading);
            (named.Fits(console.Profile.Width) ? named : numbered).Write(console);
            return;
        }

        console.WriteLine("Confusion matrix: each true class, and what its images were predicted as.");
        foreach (var (label, counts) in confusion.Index())
        {
            var predicted = counts.Index().Where(cell => cell.Item > 0).OrderByDescending(cell => cell.Item).Select(cell => Invariant($"{names[cell.Index]} {cell.Item}"));
            console.WriteLine($"{names[label]}: {string.Join(", ", predicted)}");
        }

        TextTable Matrix(Func<int, string> name)
        {
            var matrix = TextTable.OfNumbers([string.Empty, .. Enumerable.Range(0, names.Count).Select(i => Invariant($"{i}"))]);
            for (var label = 0; label < confusion.Count; label++)
            {
                matrix.Add([name(label), .. confusion[label].Select(count => count == 0 ? "." : Invariant($"{count}"))]);
            }

            return matrix;
        }
    }
}
