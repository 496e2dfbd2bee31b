using System.Text.Json;
using FashionCnn.Compiler.Keys;
using FashionCnn.Compiler.Layers;
using FashionCnn.Compiler.Training;
using Xunit;

namespace FashionCnn.Compiler.Tests;

/// <summary>The specs that are compiled and run leave nothing of the language out: asked of the text, key by key.</summary>
public sealed class FixtureCoverageTests
{
    private static readonly HashSet<string> Used =
    [
        .. Repository.SpecPaths.Concat(Directory.GetFiles(Path.Combine(Repository.Fixtures, "valid"), "*.json")).SelectMany(path =>
        {
            using var document = JsonDocument.Parse(File.ReadAllText(path), new JsonDocumentOptions { CommentHandling = JsonCommentHandling.Skip, AllowTrailingCommas = true });
            return Facts(document.RootElement).ToList();
        }),
    ];

    [Fact]
    public void Every_layer_kind_is_run_with_each_of_its_keys() =>
        AssertUsed(LayerTable.Kinds.SelectMany(kind => kind.Table.Keys.Select(key => $"{kind.Type}.{key.Name}").Append(kind.Type)));

    [Fact]
    public void Every_optimizer_schedule_regularizer_and_initializer_is_read_with_each_of_its_keys() => AssertUsed(
        TrainingTable.Optimizers.Concat(TrainingTable.Schedules).Concat(Regularizers.All).Concat(Initializers.All).SelectMany(kind => kind.Table.Keys.Except(Optimizers.Shared).Select(key => $"{kind.Type}.{key.Name}"))
            .Concat(TrainingTable.Keys.Keys.Concat(TrainingTable.EarlyStoppingKeys.Keys).Select(key => $".{key.Name}")));

    // One declaration and one property of the runtime's base record: any optimizer will do.
    [Fact]
    public void Every_key_that_optimizers_share_is_read() =>
        Assert.All(Optimizers.Shared, key => Assert.Contains(Optimizers.All, kind => Used.Contains($"{kind.Type}.{key.Name}")));

    [Fact]
    public void Every_word_that_a_key_takes_is_used() => AssertUsed(
        LayerTable.Kinds.SelectMany(kind => kind.Table.Keys).Concat(Initializers.All.SelectMany(kind => kind.Table.Keys)).OfType<ChoiceKey>()
            .SelectMany(key => key.Choices.Select(choice => $"{key.Name}={choice}"))
            .Concat(Initializers.All.Select(kind => $"kernel_initializer={kind.Type}")));

    private static void AssertUsed(IEnumerable<string> facts) => Assert.Empty(facts.Except(Used));

    /// <summary>Of each object its type, its keys after the type, and each key with the word that it has.</summary>
    private static IEnumerable<string> Facts(JsonElement element)
    {
        if (element.ValueKind == JsonValueKind.Array)
        {
            return element.EnumerateArray().SelectMany(Facts);
        }

        if (element.ValueKind != JsonValueKind.Object)
        {
            return [];
        }

        var type = element.TryGetProperty("type", out var written) ? written.GetString() : string.Empty;
        return element.EnumerateObject()
            .SelectMany(member => Facts(member.Value).Append($"{type}.{member.Name}").Append($"{member.Name}={member.Value}"))
            .Append(type!);
    }
}
