using System.Text.Json;
using System.Text.Json.Nodes;
using FashionCnn.Compiler.Layers;
using FashionCnn.Compiler.Training;
using Xunit;

namespace FashionCnn.Compiler.Tests.Editor;

/// <summary>A test with the engine of VS Code's JSON editor; skipped, with the reason, without Node.js or without the package.</summary>
internal sealed class EditorFactAttribute : FactAttribute
{
    public EditorFactAttribute() => Skip = EditorEngine.WhyMissing;
}

/// <summary>What an editor offers and says with the schema: the package vscode-json-languageservice is the very one of VS Code.</summary>
public sealed class EditorTests
{
    private const string Head = """{ "version": 1, "input": { "shape": [28, 28, 1] }, """;

    private static readonly Lazy<JsonObject> Answers = new(Ask);

    // | is the cursor.
    private static readonly Dictionary<string, string> Cases = new()
    {
        ["type in quotes"] = $$"""{{Head}} "layers": [{ "type": "|" }] }""",
        ["type begun"] = $$"""{{Head}} "layers": [{ "type": "Den|" }] }""",
        ["type without quotes"] = $$"""{{Head}} "layers": [{ "type": | }] }""",
        ["type in a block"] = $$"""{{Head}} "blocks": { "b": { "layers": [{ "type": "|" }] } }, "layers": [] }""",
        ["type in a repetition"] = $$"""{{Head}} "layers": [{ "repeat": 2, "layers": [{ "type": "|" }] }] }""",
        ["type in a branch"] = $$"""{{Head}} "layers": [{ "type": "Add", "branches": [[], [{ "type": "|" }]] }] }""",
        ["schedule"] = $$"""{{Head}} "layers": [], "training": { "learning_rate_schedule": { "type": "|" } } }""",
        ["regularizer"] = $$"""{{Head}} "layers": [{ "type": "Dense", "units": 2, "kernel_regularizer": { "type": "|" } }] }""",
        ["regularizer in a block"] = $$"""{{Head}} "blocks": { "b": { "layers": [{ "type": "Dense", "units": 2, "bias_regularizer": { "type": "|" } }] } }, "layers": [] }""",
        ["keys of a regularizer"] = $$"""{{Head}} "layers": [{ "type": "Dense", "units": 2, "kernel_regularizer": { "type": "L1L2", "|" } }] }""",
        ["optimizer"] = $$"""{{Head}} "layers": [], "training": { "optimizer": { "type": "|" } } }""",
        ["keys of an entry"] = $$"""{{Head}} "layers": [{ "|" }] }""",
        ["keys of a repetition"] = $$"""{{Head}} "layers": [{ "repeat": 2, "|" }] }""",
        ["keys of a layer"] = $$"""{{Head}} "layers": [{ "type": "Conv2D", "|" }] }""",
        ["keys of an optimizer"] = $$"""{{Head}} "layers": [], "training": { "optimizer": { "type": "SGD", "|" } } }""",
        ["words"] = $$"""{{Head}} "layers": [{ "type": "Conv2D", "padding": "|" }] }""",
        ["words in a block"] = $$"""{{Head}} "blocks": { "b": { "layers": [{ "type": "Conv2D", "padding": "|" }] } }, "layers": [] }""",
        ["type under the pointer"] = $$"""{{Head}} "layers": [{ "type": "Fla|tten" }] }""",
        ["key under the pointer"] = $$"""{{Head}} "layers": [{ "type": "Conv2D", "fil|ters": 8, "kernel_size": 3 }] }""",
        ["comments and commas"] = $$"""{{Head}} /* a comment */ "layers": [{ "type": "Flatten", }, { "type": "Dense", "units": 10 },], } // end""",
        ["unknown type"] = $$"""{{Head}} "layers": [{ "type": "conv2d" }] }""",
        ["unknown key"] = $$"""{{Head}} "layers": [{ "type": "Dense", "unit": 10, "units": 10 }] }""",
        ["missing key"] = $$"""{{Head}} "layers": [{ "type": "Dense" }] }""",
        ["nothing"] = $$"""{{Head}} "layers": [{ }] }""",
        ["two kinds"] = $$"""{{Head}} "layers": [{ "type": "Flatten", "repeat": 2 }] }""",
        ["keys of a merge"] = $$"""{{Head}} "layers": [{ "type": "Add", "|" }] }""",
        ["keys of a block's use"] = $$"""{{Head}} "layers": [{ "block": "b", "|" }] }""",
        ["merge without inputs"] = $$"""{{Head}} "layers": [{ "type": "Add" }] }""",
        ["merge of one name"] = $$"""{{Head}} "layers": [{ "type": "Add", "from": ["a"] }] }""",
        ["layer of two names"] = $$"""{{Head}} "layers": [{ "type": "ReLU", "from": ["a", "b"] }] }""",
        ["references"] = $$"""
            {{Head}} "blocks": { "b": { "parameters": ["x", "y", "n"], "layers": [
              { "type": "Conv2D", "name": "c", "from": "$x", "filters": "$n * 2", "kernel_size": ["($n + 1) / 2", 1] },
              { "type": "Add", "from": ["c", "$x"] }, { "type": "Concatenate", "from": "$y" }, { "type": "Add", "from": "input", "branches": [[], []] }] } },
              "layers": [{ "type": "ReLU", "name": "a" }, { "repeat": 2, "name": "r", "from": "a", "layers": [{ "type": "ReLU", "from": "input" }] },
              { "block": "b", "name": "u", "from": "r", "x": "a", "y": ["a", "r"], "n": 3 }, { "type": "Add", "from": ["a", "u"] }] }
            """,
        ["block"] = $$"""{{Head}} "layers": [{ "block": "b", "filters": 8, "sizes": [3, 3] }] }""",
    };

    [EditorFact]
    public void Every_type_is_offered_inside_quotes_and_without()
    {
        var types = LayerTable.Types.Order(StringComparer.Ordinal).ToList();
        Assert.All(
            ["type in quotes", "type begun", "type without quotes", "type in a block", "type in a repetition", "type in a branch"],
            name => Assert.Equal(types, Labels(name)));
        Assert.Equal(TrainingTable.Schedules.Select(kind => kind.Type).Order(StringComparer.Ordinal), Labels("schedule"));
        Assert.Equal(TrainingTable.Optimizers.Select(kind => kind.Type).Order(StringComparer.Ordinal), Labels("optimizer"));
        Assert.Equal(["L1", "L1L2", "L2"], Labels("regularizer"));
        Assert.Equal(["L1", "L1L2", "L2"], Labels("regularizer in a block"));
    }

    [EditorFact]
    public void Keys_and_words_are_those_of_the_type()
    {
        Assert.Equal(["block", "repeat", "type"], Labels("keys of an entry"));
        // The engine proposes the type, too, from the conditions that ask for it.
        Assert.Equal(["from", "layers", "name", "trainable", "type"], Labels("keys of a repetition"));
        Assert.Equal(["branches", "from", "name"], Labels("keys of a merge"));
        Assert.Superset(new HashSet<string> { "from", "name", "trainable" }, Labels("keys of a block's use").ToHashSet());
        Assert.Equal(LayerTable.Find("Conv2D")!.Table.Keys.Select(key => key.Name).Concat(["name", "from"]).Order(StringComparer.Ordinal), Labels("keys of a layer"));
        Assert.Equal(
            ["clipnorm", "clipvalue", "ema_momentum", "global_clipnorm", "learning_rate", "momentum", "nesterov", "use_ema", "weight_decay"], Labels("keys of an optimizer"));
        Assert.Equal(["l1", "l2"], Labels("keys of a regularizer"));
        Assert.Equal(["same", "valid"], Labels("words"));
        Assert.Equal(["same", "valid"], Labels("words in a block"));
    }

    [EditorFact]
    public void A_type_and_a_key_have_their_sentence_under_the_pointer()
    {
        Assert.Contains(LayerTable.Find("Flatten")!.Summary, Hover("type under the pointer"), StringComparison.Ordinal);
        Assert.StartsWith("Channels of the output: an integer from 1 to ", Hover("key under the pointer"), StringComparison.OrdinalIgnoreCase);
    }

    [EditorFact]
    public void One_mistake_is_one_message_that_says_what_is_allowed()
    {
        Assert.Equal(["Value is not accepted. Valid values: " + string.Join(", ", LayerTable.Types.Select(type => $"\"{type}\"")) + "."], Problems("unknown type"));
        Assert.Equal(["Property unit is not allowed."], Problems("unknown key"));
        Assert.Equal(["Missing property \"units\"."], Problems("missing key"));
        Assert.Equal(["Missing property \"type\"."], Problems("nothing"));
        Assert.NotEmpty(Problems("two kinds"));
        Assert.Equal(["Missing property \"branches\"."], Problems("merge without inputs"));
        Assert.Equal(["Array has too few items. Expected 2 or more."], Problems("merge of one name"));
        Assert.Equal(["Incorrect type. Expected \"string\"."], Problems("layer of two names"));
        Assert.Empty(Problems("references"));
        Assert.Empty(Problems("block"));
        Assert.Empty(Problems("comments and commas"));
    }

    [EditorFact]
    public void The_specs_of_the_project_have_no_problems() =>
        Assert.All(Repository.SpecPaths, path => Assert.Empty(Problems(Path.GetFileName(path))));

    private static IEnumerable<string> Labels(string name) => Strings(name, "labels").Select(label => label.Trim('"')).Order(StringComparer.Ordinal);

    private static IEnumerable<string> Problems(string name) => Strings(name, "problems");

    private static string Hover(string name) => Answers.Value[name]!["hover"]!.GetValue<string>().Replace("\\", string.Empty, StringComparison.Ordinal);

    private static IEnumerable<string> Strings(string name, string part) => Answers.Value[name]![part]!.AsArray().Select(value => value!.GetValue<string>());

    private static JsonObject Ask()
    {
        var cases = Cases.Select(pair => new { name = pair.Key, text = pair.Value }).Concat(Repository.SpecPaths.Select(path => new { name = Path.GetFileName(path), text = File.ReadAllText(path) }));
        var question = JsonSerializer.Serialize(new { schema = JsonNode.Parse(File.ReadAllText(Repository.SpecPath("model-spec.schema"))), cases });
        return JsonNode.Parse(EditorEngine.Ask(question))!.AsObject();
    }
}
