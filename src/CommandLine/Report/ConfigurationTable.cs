using System.Text.Json;
using System.Text.Json.Nodes;
using FashionCnn.Runs;

namespace FashionCnn.CommandLine.Report;

/// <summary>Everything that decided a run: config.json, by its own names.</summary>
internal static class ConfigurationTable
{
    /// <summary>One table for the settings, one for each group among them.</summary>
    public static Markup Of(RunConfiguration configuration)
    {
        var settings = JsonNode.Parse(RunJson.Write(configuration))!.AsObject();
        settings["changes"] = new JsonArray([.. configuration.Changes.Select(change => (JsonNode)change.ToString())]);
        var training = settings["training"]!.AsObject();
        training.Insert(0, "learning_rate", LearningRateText.Of(configuration.Training)["learning rate ".Length..]);
        // What is said above. A rate that no step has used would be taken for it.
        _ = training["optimizer"]!.AsObject().Remove("learning_rate");
        var groups = settings.Where(setting => setting.Value is JsonObject).ToList();
        return Markup.Of($"""
            <div class="settings">
            {Table("run", settings.Where(setting => setting.Value is not JsonObject).SelectMany(setting => Rows(setting.Key, setting.Value)))}
            {groups.Select(group => Table(group.Key, group.Value!.AsObject().SelectMany(setting => Rows(setting.Key, setting.Value))))}
            </div>
            """);
    }

    private static Markup Table(string title, IEnumerable<(string Name, string Value)> rows) => Markup.Of($"""
        <table>
        <caption>{char.ToUpperInvariant(title[0])}{title[1..].Replace('_', ' ')}</caption>
        <tbody>
        {rows.Select(row => Markup.Of($"<tr><th scope=\"row\">{row.Name.Replace('_', ' ')}</th><td>{row.Value}</td></tr>"))}
        </tbody>
        </table>
        """);

    private static IEnumerable<(string Name, string Value)> Rows(string name, JsonNode? value) => value switch
    {
        null => [(name, "none")],
        JsonObject group => group.SelectMany(inner => Rows($"{name}: {inner.Key}", inner.Value)),
        JsonArray { Count: 0 } => [(name, "none")],
        JsonArray list => [(name, string.Join(", ", list.Select(item => item!.ToString())))],
        _ when value.GetValueKind() is JsonValueKind.True or JsonValueKind.False => [(name, value.GetValue<bool>() ? "yes" : "no")],
        _ => [(name, value.ToString())],
    };
}
