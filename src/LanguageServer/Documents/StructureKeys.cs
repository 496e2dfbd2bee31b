using FashionCnn.Compiler.Bind;
using FashionCnn.Compiler.Keys;
using FashionCnn.Compiler.Layers;
using FashionCnn.Compiler.Syntax;
using FashionCnn.Compiler.Training;

namespace FashionCnn.LanguageServer.Documents;

/// <summary>A key as it is shown and completed.</summary>
/// <param name="Name">The key.</param>
/// <param name="Description">What it is, in one sentence or part of one.</param>
/// <param name="Key">Its declaration, where a table has it.</param>
/// <param name="Value">The value that is written with it, as a snippet.</param>
/// <param name="IsRequired">It has to be there.</param>
internal sealed record KeyText(string Name, string Description, Key? Key, string Value, bool IsRequired = false)
{
    public static KeyText Of(Key key) => new(key.Name, key.Description, key, SnippetText.ValueOf(key, 1), key.IsRequired);
}

/// <summary>The keys that hold the language together; those with values are declared in the compiler's tables.</summary>
internal static class StructureKeys
{
    public static readonly KeyText Type = new("type", "Which of several objects this is.", null, "\"$1\"", IsRequired: true);
    public static readonly KeyText Name = new("name", "The name by which later entries read this one; of a layer also that of its weights and its C# member. Snake case.", null, "\"$1\"");
    public static readonly KeyText From = new(EntryBinder.FromKey, "The earlier entry that this one reads instead of the one before it.", null, "\"$1\"");
    public static readonly KeyText Branches = new(Merge.BranchesKey, "Two or more lists of layers, each of which reads what the entry reads; an empty list is the input itself.", null, "[[$1], []]");

    /// <summary>What repetitions and uses of blocks have of a layer's keys.</summary>
    public static readonly KeyTable OfUses = new(CommonKeys.Trainable);

    private static readonly KeyText Layers = new("layers", "The list of layers.", null, "[$1]", IsRequired: true);
    private static readonly KeyText Count = new("repeat", $"How many times the layers come one after the other, from 1 to {Text.Count(EntryBinder.MaxRepeat)}.", null, "${1:2}", IsRequired: true);
    private static readonly KeyText BlockName = new("block", "The block whose layers stand here.", null, "\"$1\"", IsRequired: true);
    private static readonly KeyText Trainable = KeyText.Of(CommonKeys.Trainable);

    public static readonly IReadOnlyList<KeyText> Spec =
    [
        new("$schema", "Where the schema of specs is; only editors use it.", null, "\"./model-spec.schema.json\""),
        new("version", $"The version of the language, {SpecBinder.Version}.", null, $"{SpecBinder.Version}", IsRequired: true),
        new("name", "The class name. Default: the file name in Pascal case.", null, "\"$1\""),
        new("description", "What the model is; becomes the documentation of its class.", null, "\"$1\""),
        new("input", "The images that the model takes.", null, "{ \"shape\": [${1:28}, ${2:28}, ${3:1}] }", IsRequired: true),
        new("blocks", "Named lists of layers with parameters.", null, "{ $1 }"),
        Layers,
        new("training", "How the model is trained.", null, "{ $1 }"),
    ];

    public static readonly IReadOnlyList<KeyText> Input = [new("shape", "[height, width, channels].", null, "[${1:28}, ${2:28}, ${3:1}]", IsRequired: true)];

    public static readonly IReadOnlyList<KeyText> Block = [new("parameters", "Names that stand for values, as \"$name\" or in formulas.", null, "[\"$1\"]"), Layers];

    public static readonly IReadOnlyList<KeyText> Repeat = [Count, Layers, Name, From, Trainable];

    public static readonly IReadOnlyList<KeyText> Use = [BlockName, Name, From, Trainable];

    /// <summary>What an entry may begin with.</summary>
    public static readonly IReadOnlyList<KeyText> Entry = [Type, Count, BlockName];

    public static readonly IReadOnlyList<KeyText> Training =
    [
        new(TrainingTable.Optimizer, "The optimizer.", null, "{ \"type\": \"$1\" }"),
        new(TrainingTable.Schedule, "How the learning rate changes.", null, "{ \"type\": \"$1\" }"),
        new(TrainingTable.EarlyStopping, "Stops when held-out images no longer get better.", null, "{ \"patience\": ${1:3} }"),
    ];
}
