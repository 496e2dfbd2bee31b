using System.CommandLine;
using FashionCnn.Compiler;
using FashionCnn.Interchange;
using FashionCnn.Models;
using FashionCnn.Native;
using FashionCnn.Runs;
using FashionCnn.Storage;
using Spectre.Console;
using TorchSharp;

namespace FashionCnn.CommandLine;

/// <summary>Writes a trained model for other programs.</summary>
internal static class ExportCommand
{
    private const string Onnx = "onnx";
    private const string Nchw = "nchw";

    private const string Description = """
        Writes a model with its weights as an ONNX file, which ONNX Runtime and many other programs run: any number of images in, the probabilities of their classes out. Layers that act in training only are left out.

        The file says what goes in and out, and has the class names and the architecture's fingerprint as metadata. Pixels are from 0 to 1, as they are here.
        """;

    private static readonly Option<string> Weights = WeightsOption.Create();
    private static readonly Option<string?> Format = Options.Choice("--format", [Onnx], "Output format: ONNX, opset 17. Default: onnx.");
    private static readonly Option<string?> Output = new("--output") { Description = "The file to write. Default: the model's id with the ending .onnx, in the current folder.", HelpName = "file" };
    private static readonly Option<string?> InputLayout = Options.Choice(
        "--input-layout", ["nhwc", Nchw], "Order of the images' dimensions: N x height x width x channels, as in Keras, or N x channels x height x width, as in Torch. Default: nhwc.");

    private static readonly Option<bool> Logits = new("--logits") { Description = "End in logits instead of probabilities." };

    public static Command Create(ModelList models, IAnsiConsole console)
    {
        var argument = Options.Model(models.Ids);
        var command = new Command("export", Description) { argument, Weights, Format, Output, InputLayout, Logits };
        command.SetAction(result => Run(models.Find(result.GetRequiredValue(argument), result.InvocationConfiguration.Error), result, console));
        return command;
    }

    private static int Run(ModelDescriptor descriptor, ParseResult options, IAnsiConsole console)
    {
        var output = options.GetValue(Output) ?? $"{descriptor.Id}.{Onnx}";
        OutputPlace.CheckFile(Output.Name, output);
        var spec = SpecCompiler.Compile($"{descriptor.Id}.json", descriptor.Spec);
        // Before anything is read: the model may be too large.
        OnnxExport.CheckSize(spec);
        NativeTorch.EnsureLoaded();
        var weights = options.GetRequiredValue(Weights);
        var (model, unsettled) = WeightsOption.Load(descriptor, weights);
        using var owned = model;
        var settings = new OnnxOptions
        {
            IsChannelsFirst = options.GetValue(InputLayout) == Nchw,
            HasLogits = options.GetValue(Logits),
            ClassNames = WeightsOption.ClassNames(descriptor, weights, RunWeights.RunOf(descriptor, weights)),
        };
        using var scope = torch.NewDisposeScope();
        var tensors = model.state_dict();
        AtomicFile.Write(output, stream => OnnxExport.Write(stream, spec, settings, (name, take) => TensorBytes.ForEachPart(tensors[name], bytes => take(bytes))));
        var error = options.InvocationConfiguration.Error;
        if (settings.ClassNames is null)
        {
            error.WriteLine($"Note: the file has no class names, because {RunWeights.FileOf(weights)} has none, and there is no config.json of a run on data with class names beside it.");
        }

        if (unsettled is not null)
        {
            error.WriteLine($"Note: {UnsettledText.Of(unsettled)}");
        }

        console.WriteLine($"Input: {OnnxExport.InputName}, N x {(settings.IsChannelsFirst ? $"{descriptor.Input.Channels} x {descriptor.Input.Height} x {descriptor.Input.Width}" : $"{descriptor.Input.Height} x {descriptor.Input.Width} x {descriptor.Input.Channels}")}, pixels from 0 to 1. Output: {(settings.HasLogits ? "logits" : "probabilities")}, N x {descriptor.Classes}.");
        console.WriteLine($"Wrote {output}.");
        return CommandLineProgram.Success;
    }
}
