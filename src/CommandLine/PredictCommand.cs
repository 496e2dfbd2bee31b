using System.CommandLine;
using FashionCnn.Checks;
using FashionCnn.Data;
using FashionCnn.Evaluation;
using FashionCnn.Models;
using FashionCnn.Native;
using FashionCnn.Runs;
using FashionCnn.Storage;
using Spectre.Console;
using TorchSharp;

namespace FashionCnn.CommandLine;

/// <summary>Classifies images.</summary>
internal static class PredictCommand
{
    private const int Likeliest = 3;

    private const string Description = """
        Classifies images. Prints one line for each PNG, JPEG, WebP, BMP or GIF file (of several frames, the first): the three most likely classes, their probabilities, and how the image was adapted to what the model was trained on. For a folder, all such files directly inside it are used, in name order. A file that cannot be read is reported and skipped, and the exit code is 2. Probabilities are computed in fp32 even if the model was trained in bf16.

        For a model of gray images, an image is converted to gray, resized with its proportions kept, and inverted if its background (the median of the outermost pixels) is light, because Fashion-MNIST shows bright things on black; not if the weights are of a run that was trained on a folder of pictures. Transparent parts become black or white, whichever the visible parts stand out from.
        """;

    private static readonly Option<string> Weights = WeightsOption.Create();
    private static readonly Option<string?> Format = Options.Choice("--format", ["text", "json"], "Output format. Default: text.");
    private static readonly Option<string?> Invert = Options.Choice("--invert", ["auto", "yes", "no"], "Invert the images. Default: auto, those with a light background if the model takes gray images and was not trained on a folder of pictures.");

    private static readonly Argument<string[]> Images = new("images") { Description = "Image files, or folders of them.", Arity = ArgumentArity.OneOrMore };

    public static Command Create(ModelList models, IAnsiConsole console, ChildProgram? program)
    {
        var argument = Options.Model(models.Ids);
        var command = new Command("predict", Description) { argument, Images, Weights, Invert, TrainOptions.Threads, TrainOptions.Device, SelfCheckStep.Skip, Format };
        command.SetAction(result => Interruption.Around(
            console, says: null, interruption => Run(models.Find(result.GetRequiredValue(argument), result.InvocationConfiguration.Error), result, console, program, interruption.Token)));
        return command;
    }

    private static int Run(ModelDescriptor descriptor, ParseResult options, IAnsiConsole console, ChildProgram? program, CancellationToken cancellation)
    {
        NativeTorch.EnsureLoaded();
        ImageFile.CheckInput(descriptor.Input);
        var device = torch.device(ComputeDevice.Resolve(options.GetValue(TrainOptions.Device) ?? "auto"));
        torch.set_num_threads((int?)options.GetValue(TrainOptions.Threads) ?? torch.get_num_threads());
        using var check = SelfCheckStep.Start(program, options, descriptor, SelfCheckSetting.Prediction(torch.get_num_threads()), device.type == DeviceType.CPU ? "cpu" : "cuda");
        var weights = options.GetRequiredValue(Weights);
        var (model, unsettled) = TrainedWeights.Load(descriptor, weights);
        using var owned = model;
        model.to(device);
        var run = RunWeights.RunOf(descriptor, weights);
        var names = TrainedWeights.ClassNames(descriptor, weights, run);
        bool? invert = options.GetValue(Invert) switch
        {
            "yes" => true,
            "no" => false,
            // As they were trained on.
            _ => run?.DataKind == DataKind.Pictures ? false : null,
        };
        var writer = new PredictionWriter(names, options.GetValue(Format) == "json", new PlainWriter(console.Profile.Out.Writer), options.InvocationConfiguration.Error);
        if (names is null)
        {
            writer.Note($"classes are shown as numbers, because {RunFiles.WeightsOf(weights)} has no class names, and there is no config.json of a run on data with class names beside it.");
        }

        if (unsettled is not null)
        {
            writer.Note(UnsettledText.Of(unsettled));
        }

        model.ChannelsLast = check.Finish(new SelfCheckFreedom(Precision: false, Layout: true), options.InvocationConfiguration.Error.WriteLine, cancellation).Setting.Layout == MemoryLayout.ChannelsLast;
        foreach (var path in options.GetRequiredValue(Images))
        {
            foreach (var file in Files(path, writer))
            {
                cancellation.ThrowIfCancellationRequested();
                try
                {
                    var image = ImageFile.Read(file, descriptor.Input, invert);
                    writer.Write(file, image, Classification.Likeliest(model, image, device, Likeliest));
                }
                catch (InputException exception)
                {
                    writer.Fail(file, exception.Message);
                }
            }
        }

        return writer.Finish(descriptor.Id, weights);
    }

    private static string[] Files(string path, PredictionWriter writer)
    {
        if (!Directory.Exists(path))
        {
            return [path];
        }

        try
        {
            string[] files =
            [
                .. Directory.EnumerateFiles(path)
                    .Where(file => ImageFile.Extensions.Contains(Path.GetExtension(file), StringComparer.OrdinalIgnoreCase))
                    .Order(StringComparer.Ordinal),
            ];
            if (files.Length == 0)
            {
                writer.Fail(path, $"{path}: there is no file in this folder whose name ends in {string.Join(", ", ImageFile.Extensions)}.");
            }

            return files;
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            writer.Fail(path, $"{path}: the folder cannot be read: {exception.Message}");
            return [];
        }
    }
}
