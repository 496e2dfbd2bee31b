using System.CommandLine;
using System.Security.Cryptography;
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
    private const string Nchw = "nchw";

    private const string Description = """
        Writes a model with its weights for other programs.

        onnx (the default): a file for ONNX Runtime and many other programs: any number of images in, the probabilities of their classes out. Layers that act in training only are left out. The file says what goes in and out, and has the class names and the architecture's fingerprint as metadata.

        keras: a .keras file, which Keras 3 loads as a functional model; import takes it back.

        pytorch: Python source of a module for PyTorch 1.13 and later, which gives logits, and its weights beside it.

        Pixels are from 0 to 1, as they are here.
        """;

    private static readonly Option<string> Weights = WeightsOption.Create();
    private static readonly Option<string?> Format = Options.Choice("--format", [.. ExportFormat.All.Select(format => format.Name)], "Output format: ONNX (opset 17), a .keras file, or Python source for PyTorch. Default: onnx.");
    private static readonly Option<string?> Output = new("--output") { Description = "The file to write. Default: the model's id with the ending of the format, in the current folder.", HelpName = "file" };
    private static readonly Option<string?> InputLayout = Options.Choice(
        "--input-layout", ["nhwc", Nchw], "For onnx, the order of the images' dimensions: N x height x width x channels, as in Keras, or N x channels x height x width, as in Torch. Default: nhwc.");

    private static readonly Option<bool> Logits = new("--logits") { Description = "For onnx: end in logits instead of probabilities." };

    public static Command Create(ModelList models, IAnsiConsole console)
    {
        var argument = Options.Model(models.Ids);
        var command = new Command("export", Description) { argument, Weights, Format, Output, InputLayout, Logits };
        command.SetAction(result => Run(models.Find(result.GetRequiredValue(argument), result.InvocationConfiguration.Error), result, console));
        return command;
    }

    private static int Run(ModelDescriptor descriptor, ParseResult options, IAnsiConsole console)
    {
        var format = ExportFormat.Of(options.GetValue(Format));
        if (format != ExportFormat.Onnx && new Option[] { InputLayout, Logits }.FirstOrDefault(option => options.GetResult(option) is { Implicit: false }) is { } other)
        {
            throw new InputException($"{other.Name} is for {Format.Name} {ExportFormat.Onnx.Name}. Omit it.");
        }

        var weights = options.GetRequiredValue(Weights);
        var output = OutputOf(options.GetValue(Output), $"{descriptor.Id}{format.Ending}", weights);
        var beside = Path.ChangeExtension(output, ".safetensors");
        if (format.HasWeightsBeside)
        {
            OutputPlace.CheckFile(Output.Name, beside);
            if (!output.EndsWith(format.Ending, StringComparison.OrdinalIgnoreCase))
            {
                throw new InputException($"{Output.Name} {output}: the name of a file for {format.Name} ends in {format.Ending}.");
            }
        }

        var spec = SpecCompiler.Compile($"{descriptor.Id}.json", descriptor.Spec);
        // Before anything is read: the model may be too large.
        format.Check(spec);
        NativeTorch.EnsureLoaded();
        var (model, unsettled) = WeightsOption.Load(descriptor, weights);
        using var owned = model;
        var settings = new OnnxOptions
        {
            IsChannelsFirst = options.GetValue(InputLayout) == Nchw,
            HasLogits = options.GetValue(Logits),
            ClassNames = WeightsOption.ClassNames(descriptor, weights, RunWeights.RunOf(descriptor, weights)),
        };
        using var scope = torch.NewDisposeScope();
        var exported = new ExportedModel(spec, model, settings, Path.GetFileName(beside));
        if (format.HasWeightsBeside)
        {
            WriteBeside(RunWeights.FileOf(weights), beside, Write);
        }
        else
        {
            Write();
        }

        var error = options.InvocationConfiguration.Error;
        if (!format.HasClassNames && settings.ClassNames is not null)
        {
            error.WriteLine($"Note: a {format.Ending} file has no place for the names of the classes.");
        }
        else if (format.HasClassNames && settings.ClassNames is null)
        {
            error.WriteLine($"Note: the file has no class names, because {RunWeights.FileOf(weights)} has none, and there is no config.json of a run on data with class names beside it.");
        }

        if (unsettled is not null)
        {
            error.WriteLine($"Note: {UnsettledText.Of(unsettled)}");
        }

        console.WriteLine(format.InAndOut(exported));
        console.WriteLine(format.HasWeightsBeside ? $"Wrote {output} and {beside}." : $"Wrote {output}.");
        return CommandLineProgram.Success;

        void Write() => AtomicFile.Write(output, stream => format.Write(stream, exported));
    }

    /// <summary>The file to write, which is none of those that are read.</summary>
    private static string OutputOf(string? given, string usual, string weights)
    {
        var output = given ?? usual;
        OutputPlace.CheckFile(given is null ? null : Output.Name, output);
        if (given is null && File.Exists(output))
        {
            throw new InputException($"{output} is there already. Name the file with {Output.Name}; it may be there then.");
        }

        return Path.GetFullPath(output) == Path.GetFullPath(RunWeights.FileOf(weights)) || output.EndsWith(".json", StringComparison.OrdinalIgnoreCase)
            ? throw new InputException($"{Output.Name} {output}: this is what the model is read from, or a spec. Choose another file.")
            : output;
    }

    /// <summary>Both files or neither; the weights may be there already.</summary>
    private static void WriteBeside(string weights, string beside, Action write)
    {
        var isThere = File.Exists(beside);
        if (isThere && !HashOf(beside).SequenceEqual(HashOf(weights)))
        {
            throw new InputException($"{beside} is there already, with other weights, and is not overwritten. Delete it, or choose another name with {Output.Name}.");
        }

        if (isThere)
        {
            write();
            return;
        }

        AtomicFile.Write(beside, stream =>
        {
            using var source = File.OpenRead(weights);
            source.CopyTo(stream);
        });
        try
        {
            write();
        }
        catch
        {
            File.Delete(beside);
            throw;
        }
    }

    private static byte[] HashOf(string path)
    {
        using var stream = File.OpenRead(path);
        return SHA256.HashData(stream);
    }
}
