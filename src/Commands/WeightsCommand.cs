using System.CommandLine;
using FashionCnn.Compiler;
using FashionCnn.Compiler.Infer;
using FashionCnn.Compiler.Keys;
using FashionCnn.Storage;
using Spectre.Console;

namespace FashionCnn.Commands;

/// <summary>Lists the tensors of a file of weights or of a model.</summary>
internal static class WeightsCommand
{
    private const string Description = """
        Lists the tensors of a weights file or a model: names, shapes and types. With a second argument, shows how the file differs from what that model needs; the exit code is 1 if it does not fit.
        """;

    private static readonly Argument<string> Source = new("source") { Description = "A safetensors file, a run folder, a model's id, or the path of a spec." };
    private static readonly Argument<string?> Against = new("model") { Description = "The model to compare with: its id, or the path of a spec.", Arity = ArgumentArity.ZeroOrOne };
    private static readonly Option<string?> Format = Options.Choice("--format", ["text", "json"], "Output format. Default: text.");

    public static Command Create(SpecList specs, IAnsiConsole console)
    {
        var command = new Command("weights", Description) { Source, Against, Format };
        command.SetAction(result => Run(specs, result, console));
        return command;
    }

    private static int Run(SpecList specs, ParseResult options, IAnsiConsole console)
    {
        var error = options.InvocationConfiguration.Error;
        var spec = options.GetValue(Against) is { } word ? specs.Find(word).Compile(error) : null;
        var other = spec is null ? null : ListingOf(spec);
        var listing = Find(options.GetRequiredValue(Source), specs, error);
        var differences = other is null ? null : listing.DifferencesFrom(other);
        var isOther = other is not null && listing.IsOfAnotherNetwork(other);
        var isEarlier = spec is not null && listing.IsOfEarlierVersion && StateDict.FlattensImages(spec.Plan!.Network!);
        if (options.GetValue(Format) == "json")
        {
            console.Profile.Out.Writer.Write(CommandJson.Write(new WeightsReport(listing.Source, listing.Tensors, listing.Metadata, other?.Source, differences, other is null ? null : isOther, other is null ? null : isEarlier)));
        }
        else if (other is null)
        {
            WriteTensors(listing, console);
        }
        else
        {
            WriteDifferences(listing, other, differences!, isOther, isEarlier, console);
        }

        return differences is { Count: > 0 } || isOther || isEarlier ? ExitCodes.Failure : ExitCodes.Success;
    }

    private static WeightsListing Find(string word, SpecList specs, TextWriter error)
    {
        if (RunFiles.WeightsOf(word) is var file && File.Exists(file) && !SpecList.IsFile(file))
        {
            return WeightsListing.Of(file);
        }

        return specs.Has(word) || SpecList.IsFile(word) ? ListingOf(specs.Find(word).Compile(error))
            : throw new InputException(Directory.Exists(word)
                ? $"{word}: there is no {Path.GetFileName(file)} in this folder. Give a safetensors file, the folder of a finished run, a model's id or the path of a spec."
                : $"{word}: there is no such file or model{Suggestion.For(word, specs.Ids)} Give a safetensors file, a run folder, a model's id or the path of a spec.");
    }

    /// <summary>What the model of a spec needs.</summary>
    internal static WeightsListing ListingOf(CompiledSpec spec)
    {
        var model = spec.Summary();
        return WeightsListing.Of(model.Model, model.ArchitectureFingerprint, StateDict.Of(spec.Plan!.Network!).Select(tensor => new ListedTensor(tensor.Name, tensor.Shape, "F32")));
    }

    private static void WriteTensors(WeightsListing listing, IAnsiConsole console)
    {
        var table = new TextTable(new TextColumn("Tensor", IsNumber: false), new TextColumn("Shape", IsNumber: false), new TextColumn("Type", IsNumber: false));
        foreach (var tensor in listing.Tensors)
        {
            table.Add(tensor.Name, tensor.ShapeText, tensor.Type);
        }

        table.Write(console);
        var values = listing.Tensors.Sum(tensor => tensor.Shape.Aggregate(1L, (product, size) => product * size));
        console.WriteLine($"{listing.Source}: {NumberText.Count(listing.Tensors.Count)} {(listing.Tensors.Count == 1 ? "tensor" : "tensors")}, {NumberText.Count(values)} {(values == 1 ? "value" : "values")}");
        foreach (var (key, value) in listing.Metadata)
        {
            console.WriteLine(PlainWriter.PlainLine($"{key}: {value}"));
        }
    }

    private static void WriteDifferences(WeightsListing listing, WeightsListing model, IReadOnlyList<TensorDifference> differences, bool isOther, bool isEarlier, IAnsiConsole console)
    {
        foreach (var difference in differences)
        {
            console.WriteLine(PlainWriter.PlainLine(difference switch
            {
                { Here: null, There: { } needed } => $"{difference.Name}: missing; {model.Source} needs {needed.ShapeText} {needed.Type}",
                { Here: { } surplus, There: null } => $"{difference.Name}: {surplus.ShapeText} {surplus.Type}, which {model.Source} does not have",
                { Here: { } mine, There: { } its } => $"{difference.Name}: {mine.ShapeText} {mine.Type}; {model.Source} needs {its.ShapeText} {its.Type}",
                _ => throw new ArgumentException("A difference has a tensor.", nameof(differences)),
            }));
        }

        console.WriteLine(differences.Count > 0 ? $"{listing.Source} does not fit {model.Source}: {NumberText.Count(differences.Count)} of its tensors {(differences.Count == 1 ? "differs" : "differ")}."
            : isOther ? $"{listing.Source} does not fit {model.Source}: names and shapes match, but the weights are those of a different network."
            : isEarlier ? $"{listing.Source} does not fit {model.Source}: names and shapes match, but the file is of an earlier version of the program, which flattened images in another order."
            : $"{listing.Source} fits {model.Source}: all {NumberText.Count(listing.Tensors.Count)} tensors match.");
    }

    internal sealed record WeightsReport(
        string Source, IReadOnlyList<ListedTensor> Tensors, IReadOnlyDictionary<string, string> Metadata, string? Model, IReadOnlyList<TensorDifference>? Differences, bool? OtherNetwork, bool? EarlierVersion);
}
