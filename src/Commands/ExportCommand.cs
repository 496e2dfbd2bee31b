using System.CommandLine;
using System.Security.Cryptography;
using FashionCnn.Compiler;
using FashionCnn.Compiler.Infer;
using FashionCnn.Interchange;
using FashionCnn.Storage;
using Spectre.Console;

namespace FashionCnn.Commands;

/// <summary>Writes a trained model for other programs.</summary>
internal static class ExportCommand
{
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

    public static Command Create(SpecList specs, IAnsiConsole console)
    {
        var argument = Options.Model(specs.Ids);
        var command = new Command("export", Description) { argument, Weights, Format, Output };
        foreach (var option in ExportFormat.All.SelectMany(format => format.Options).Distinct())
        {
            command.Options.Add(option);
        }

        command.SetAction(result => Run(specs.Find(result.GetRequiredValue(argument)).Compile(result.InvocationConfiguration.Error), result, console));
        return command;
    }

    private static int Run(CompiledSpec spec, ParseResult options, IAnsiConsole console)
    {
        var format = ExportFormat.Of(options.GetValue(Format));
        CheckOptions(format, options);
        var model = spec.Summary();
        var weights = options.GetRequiredValue(Weights);
        var named = options.GetValue(Output) ?? $"{model.Model}{format.Ending}";
        if (format.FaultOfName(named) is { } fault)
        {
            throw new InputException($"{Output.Name} {named}: {fault}");
        }

        var output = OutputOf(options.GetValue(Output), named, weights);
        var beside = Path.ChangeExtension(output, ".safetensors");
        if (format.HasWeightsBeside)
        {
            OutputPlace.CheckFile(Output.Name, beside);
        }

        // Before anything is read: the model may be too large.
        format.Check(spec);
        using var file = WeightsOption.Open(spec, weights);
        var settings = new OnnxOptions
        {
            IsChannelsFirst = options.GetValue(ExportFormat.InputLayout) == "nchw",
            HasLogits = options.GetValue(ExportFormat.Logits),
            ClassNames = RunFiles.ClassNames(file.Path, model.ArchitectureFingerprint, model.Classes) ?? WeightsFile.ClassNames(file.Path, model.Classes),
        };
        var exported = new ExportedModel(spec, file, settings, Path.GetFileName(beside));
        var isCopied = format.HasWeightsBeside && CopyWeights(file.Path, beside);
        try
        {
            AtomicFile.Write(output, stream => format.Write(stream, exported));
        }
        catch when (isCopied)
        {
            // Both files or neither.
            File.Delete(beside);
            throw;
        }

        var error = options.InvocationConfiguration.Error;
        if (!format.KeepsClassNames && settings.ClassNames is not null)
        {
            error.WriteLine($"Note: a {format.Ending} file has no place for the names of the classes.");
        }

        if (format.KeepsClassNames && settings.ClassNames is null)
        {
            error.WriteLine($"Note: the file has no class names, because {file.Path} has none, and there is no config.json of a run on data with class names beside it.");
        }

        if (MovingStatistics.Unsettled(StateDict.Momenta(spec.Plan!.Network!), WeightsFile.StepsOf(file)) is { } unsettled)
        {
            error.WriteLine($"Note: {UnsettledText.Of(unsettled)}");
        }

        console.WriteLine(
            $"Input: {(format.InputName is { } name ? $"{name}, " : string.Empty)}N x {Dimensions(model.InputShape, format.IsChannelsFirst(exported))}, pixels from 0 to 1. Output: {(format.GivesProbabilities(exported) ? "probabilities" : "logits")}, N x {model.Classes}.");
        console.WriteLine(!format.HasWeightsBeside ? $"Wrote {output}." : isCopied ? $"Wrote {output} and {beside}." : $"Wrote {output}, which reads {beside}.");
        return ExitCodes.Success;
    }

    private static void CheckOptions(ExportFormat format, ParseResult options)
    {
        foreach (var other in ExportFormat.All)
        {
            if (other.Options.Except(format.Options).FirstOrDefault(option => options.GetResult(option) is { Implicit: false }) is { } wrong)
            {
                throw new InputException($"{wrong.Name} is for {Format.Name} {other.Name}. Omit it.");
            }
        }
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

        return OutputPlace.IsSame(output, RunFiles.WeightsOf(weights)) || output.EndsWith(".json", StringComparison.OrdinalIgnoreCase)
            ? throw new InputException($"{Output.Name} {output}: this is what the model is read from, or a spec. Choose another file.")
            : output;
    }

    private static string Dimensions(IReadOnlyList<int> input, bool isChannelsFirst) => string.Join(" x ", isChannelsFirst ? [input[2], input[0], input[1]] : input);

    /// <summary>Copies weights unless they are there already.</summary>
    /// <returns>They were copied.</returns>
    /// <exception cref="InputException">Others are there.</exception>
    private static bool CopyWeights(string weights, string beside)
    {
        if (File.Exists(beside))
        {
            return HashOf(beside).SequenceEqual(HashOf(weights)) ? false
                : throw new InputException($"{beside} is there already, with other weights, and is not overwritten. Delete it, or choose another name with {Output.Name}.");
        }

        AtomicFile.Write(beside, stream =>
        {
            using var source = File.OpenRead(weights);
            source.CopyTo(stream);
        });
        return true;
    }

    private static byte[] HashOf(string path)
    {
        using var stream = File.OpenRead(path);
        return SHA256.HashData(stream);
    }
}
