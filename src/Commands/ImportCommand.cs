using System.CommandLine;
using System.Globalization;
using System.Text.Json.Nodes;
using FashionCnn.Interchange;
using FashionCnn.Storage;
using Spectre.Console;

namespace FashionCnn.Commands;

/// <summary>Makes a spec and weights of a Keras model. No Torch is needed for that.</summary>
internal static class ImportCommand
{
    private const string SchemaFile = "model-spec.schema.json";

    private const string Description = """
        Makes a spec and a weights file of a Keras image classifier: a .keras file, a legacy .h5 file or the JSON of a model. The weights go to a safetensors file beside the spec; neither file may be there. Layers that a spec cannot have are listed, and nothing is written. No code in the file is run.

        Images have pixels from 0 to 1 here. What the model was fed instead goes into its first layer, or into one that is added.
        """;

    private static readonly Argument<string> File = new("file") { Description = "A .keras file, an .h5 file or the JSON of a Keras model." };

    private static readonly Option<string?> Pixels = Options.Choice(
        PixelOption, [.. PixelRanges.Words], "What the model was fed for pixels: a range, or what keras.applications calls caffe or torch. Default: what the file tells; it is asked for otherwise.");

    private static readonly Option<(int Height, int Width)?> Input = new("--input")
    {
        Description = "Height and width of the images, such as 224,224, where the model leaves them open or works with any. Default: those of the model.",
        HelpName = "height,width",
        CustomParser = result =>
        {
            var text = result.Tokens[0].Value;
            if (text.Split(',') is [var first, var second] && Side(first) is { } height && Side(second) is { } width)
            {
                return (height, width);
            }

            result.AddError($"--input {text}: give height and width, such as 224,224.");
            return null;
        },
    };

    private static readonly Option<string?> Classes = new("--classes") { Description = "A file with the name of each class on a line of its own; predict then shows names.", HelpName = "file" };
    private static readonly Option<bool> Initializers = new("--initializers") { Description = "Keep the initializers, which only matter to training from fresh weights." };
    private static readonly Option<string?> Output = new("--output") { Description = "The spec to write. Default: the file's name with the ending .json, in the current folder.", HelpName = "file" };

    private const string PixelOption = "--pixels";

    public static Command Create(IAnsiConsole console)
    {
        var command = new Command("import", Description) { File, Pixels, Input, Classes, Initializers, Output };
        command.SetAction(result => Run(result, console));
        return command;
    }

    private static int Run(ParseResult options, IAnsiConsole console)
    {
        var file = options.GetRequiredValue(File);
        var spec = options.GetValue(Output) ?? $"{Id(file)}.json";
        var weights = Path.ChangeExtension(spec, ".safetensors");
        // A model may be in a JSON file. What is no model of Keras, whatever its name, is called that first.
        var isItself = new[] { spec, weights }.FirstOrDefault(path => Path.GetFullPath(path) == Path.GetFullPath(file));
        if (isItself is null)
        {
            CheckOutput(spec, weights);
        }

        var names = options.GetValue(Classes) is { } path ? ClassNames.Read(path) : null;
        var schema = Path.GetDirectoryName(spec) is { Length: > 0 } folder ? Path.Combine(folder, SchemaFile) : SchemaFile;
        using var model = KerasImport.Read(file, new ImportOptions(Path.GetFileNameWithoutExtension(spec))
        {
            Pixels = options.GetValue(Pixels) is { } word ? PixelRanges.Find(word) : null,
            Input = options.GetValue(Input),
            KeepsInitializers = options.GetValue(Initializers),
            Schema = System.IO.File.Exists(schema) ? $"./{SchemaFile}" : null,
        });
        if (isItself is not null)
        {
            throw new InputException($"{isItself} is the file to import, and is not overwritten. Choose another name for the spec with {Output.Name}.");
        }

        var summary = model.Spec.Summary();
        if (names is not null)
        {
            CheckNames(names, summary.Classes, model, options.GetValue(Classes)!, file);
        }

        Write(model, spec, weights, names);
        SummaryCommand.WriteTable(summary, console);
        if (model.SourceParameters is { } parameters)
        {
            console.WriteLine($"Parameters in Keras:   {NumberText.Count(parameters),14}");
        }

        foreach (var note in model.Notes)
        {
            console.WriteLine($"Note: {note}");
        }

        console.WriteLine($"Pixels: {model.Pixels.Word()} in Keras, 0..1 here.");
        console.WriteLine(model.HasWeights ? $"Wrote {spec} and {weights}." : $"Wrote {spec}. The file has no weights.");
        return ExitCodes.Success;
    }

    /// <summary>Both files or neither: the spec, which is small, comes last.</summary>
    private static void Write(ImportedModel model, string spec, string weights, IReadOnlyList<string>? names)
    {
        if (!model.HasWeights)
        {
            AtomicFile.WriteText(spec, model.Spec.Text);
            return;
        }

        var metadata = new Dictionary<string, string> { ["source"] = "Keras", ["pixels"] = model.Pixels.Word() };
        if (names is not null)
        {
            metadata["class_names"] = new JsonArray([.. names.Select(name => (JsonNode)name)]).ToJsonString();
        }

        AtomicFile.Write(weights, stream => model.WriteWeights(stream, metadata));
        try
        {
            AtomicFile.WriteText(spec, model.Spec.Text);
        }
        catch
        {
            System.IO.File.Delete(weights);
            throw;
        }
    }

    private static void CheckOutput(string spec, string weights)
    {
        if (!spec.EndsWith(".json", StringComparison.OrdinalIgnoreCase))
        {
            throw new InputException($"{Output.Name} {spec}: the name of a spec ends in .json.");
        }

        foreach (var path in new[] { spec, weights })
        {
            if (Path.Exists(path))
            {
                throw new InputException($"{path} is there already, and is not overwritten. Delete it, or choose another name with {Output.Name}.");
            }

            OutputPlace.CheckFile(Output.Name, path);
        }
    }

    private static void CheckNames(IReadOnlyList<string> names, int classes, ImportedModel model, string path, string file)
    {
        if (names.Count != classes)
        {
            throw new InputException($"{Classes.Name} {path}: the file has {names.Count} names, and the model {classes} classes.");
        }

        if (!model.HasWeights)
        {
            throw new InputException($"{Classes.Name} {path}: class names are kept with the weights, and {file} has none.");
        }
    }

    // The name must do for a class.
    private static string Id(string file)
    {
        var words = string.Concat(Path.GetFileNameWithoutExtension(file).Select(letter => char.IsAsciiLetterOrDigit(letter) ? letter : '_')).Trim('_');
        return words.Length == 0 ? "model" : char.IsAsciiDigit(words[0]) ? $"model_{words}" : words;
    }

    private static int? Side(string text) => int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var size) && size is >= 1 and <= 65_536 ? size : null;
}
