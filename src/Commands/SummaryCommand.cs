using System.CommandLine;
using FashionCnn.Compiler;
using FashionCnn.Compiler.Show;
using FashionCnn.Storage;
using Spectre.Console;
using static FashionCnn.Commands.NumberText;

namespace FashionCnn.Commands;

/// <summary>Shows a model's layers.</summary>
internal static class SummaryCommand
{
    private const string Description = """
        Shows a model's layers with their output shapes, parameters and multiply-accumulates (MACs): as a table, as JSON, or as a diagram with branches side by side, in SVG or as a Mermaid flowchart.

        --watch shows the table of a spec file again whenever the file changes, with its errors and what the change made of it.
        """;

    private static readonly Option<string?> Format = Options.Choice("--format", ["table", "json", "mermaid", "svg"], "Output format. Default: table.");
    private static readonly Option<string?> Output = new("--output") { Description = "The file to write. Default: standard output.", HelpName = "file" };

    private static readonly Option<bool> Watch = new("--watch") { Description = "Show a spec file's table again whenever the file changes, until Ctrl-C." };

    public static Command Create(SpecList specs, IAnsiConsole console)
    {
        var argument = Options.Model(specs.Ids);
        var command = new Command("summary", Description) { argument, Format, Output, Watch };
        command.SetAction(result =>
        {
            var spec = specs.Find(result.GetRequiredValue(argument));
            if (spec.Text is null && result.GetValue(Output) is { } output && OutputPlace.IsSame(output, spec.Path))
            {
                throw new InputException($"{Output.Name} {output}: this is the spec. Choose another file.");
            }

            return result.GetValue(Watch) ? RunWatch(spec, result, console) : Run(spec.Compile(result.InvocationConfiguration.Error), result, console);
        });
        return command;
    }

    private static int RunWatch(NamedSpec spec, ParseResult options, IAnsiConsole console)
    {
        if (new Option[] { Format, Output }.FirstOrDefault(option => options.GetResult(option) is { Implicit: false }) is { } other)
        {
            throw new InputException($"{Watch.Name} shows a table; omit {other.Name}.");
        }

        return spec.Text is null ? SummaryWatch.Run(spec.Path, console) : throw new InputException($"{Watch.Name}: {spec.Id} is compiled into the program and does not change. Give the path of a spec.");
    }

    private static int Run(CompiledSpec model, ParseResult options, IAnsiConsole console)
    {
        var format = options.GetValue(Format);
        var file = options.GetValue(Output);
        if (file is not null)
        {
            OutputPlace.CheckFile(Output.Name, file);
        }

        if (format is null or "table" && file is null)
        {
            WriteTable(model.Summary(), console);
            return ExitCodes.Success;
        }

        var text = format switch
        {
            "json" => CommandJson.Write(model.Summary()),
            "mermaid" => model.Mermaid(),
            "svg" => model.Svg(),
            _ => TableText(model.Summary()),
        };
        if (file is null)
        {
            // Not by way of the console, which would break lines.
            new PlainWriter(console.Profile.Out.Writer).Write(text);
        }
        else
        {
            AtomicFile.WriteText(file, text);
            console.WriteLine($"Wrote {file}.");
        }

        return ExitCodes.Success;
    }

    private static string TableText(ModelSummary model)
    {
        using var writer = new StringWriter { NewLine = "\n" };
        var console = AnsiConsole.Create(new AnsiConsoleSettings { Ansi = AnsiSupport.No, Interactive = InteractionSupport.No, Out = new AnsiConsoleOutput(writer) });
        console.Profile.Width = 160;
        WriteTable(model, console);
        return writer.ToString();
    }

    public static void WriteTable(ModelSummary model, IAnsiConsole console)
    {
        console.WriteLine(model.Description.Length == 0 ? model.Model : $"{model.Model}: {model.Description}");
        // Of a chain there is nothing to say: the first layer reads the image, and each other one the layer above it.
        var reads = model.Layers.Select((layer, i) => layer.Inputs is [var only] && (i == 0 || only == model.Layers[i - 1].Name) ? string.Empty : string.Join(", ", layer.Inputs)).ToList();
        var isChain = reads.TrueForAll(names => names.Length == 0);
        var table = new TextTable(
        [
            new TextColumn("Layer", IsNumber: false),
            new TextColumn("Kind", IsNumber: false, IsProse: true),
            .. isChain ? Array.Empty<TextColumn>() : [new TextColumn("Reads", IsNumber: false, IsProse: true)],
            new TextColumn("Output shape", IsNumber: false),
            new TextColumn("Parameters"),
            new TextColumn("MACs per image"),
        ]);
        Add("input", string.Empty, string.Empty, Shape(model.InputShape), string.Empty, string.Empty);
        foreach (var (layer, names) in model.Layers.Zip(reads))
        {
            Add(
                layer.Name,
                layer.Settings.Length == 0 ? layer.Kind : $"{layer.Kind} {layer.Settings}",
                names,
                Shape(layer.OutputShape),
                Count(layer.Parameters),
                Count(layer.MultiplyAccumulates));
        }

        table.Write(console);
        console.WriteLine($"Total parameters:      {Count(model.Parameters),14}");
        console.WriteLine($"  trainable:           {Count(model.TrainableParameters),14}");
        console.WriteLine($"  not trainable:       {Count(model.NonTrainableParameters),14}");
        console.WriteLine($"MACs per image:        {Count(model.MultiplyAccumulates),14}");
        foreach (var note in model.Notes)
        {
            console.WriteLine($"Note {note}");
        }

        void Add(string name, string kind, string names, params string[] numbers) => table.Add([name, kind, .. isChain ? Array.Empty<string>() : [names], .. numbers]);
    }
}
