using System.Text.Json;

namespace FashionCnn.Interchange.Keras;

/// <summary>What a model's file says of the values that a call of a layer takes: names of layers, each with the number of one of its calls.</summary>
internal static class KerasCalls
{
    /// <summary>The values among the arguments of a call.</summary>
    public static List<(string Name, int Call)> ValuesOf(JsonElement call)
    {
        var result = new List<(string, int)>();
        switch (call.ValueKind)
        {
            case JsonValueKind.Object:
                Collect(call.Find("args"), result);
                if (call.Find("kwargs") is { ValueKind: JsonValueKind.Object } named)
                {
                    foreach (var argument in named.EnumerateObject())
                    {
                        Collect(argument.Value, result);
                    }
                }

                break;
            case JsonValueKind.Array:
                // As Keras 2 wrote it.
                result.AddRange(call.EnumerateArray().Select(History).OfType<(string, int)>());
                break;
        }

        return result;
    }

    /// <summary>The only number among the arguments of a call; null for none or several.</summary>
    public static double? NumberOf(JsonElement layer) =>
        layer.Find("inbound_nodes").Items().FirstOrDefault().Find("args").Items().Where(argument => argument.ValueKind == JsonValueKind.Number).ToList() is [var number] ? number.GetDouble() : null;

    private static void Collect(JsonElement? element, List<(string, int)> result)
    {
        switch (element?.ValueKind)
        {
            case JsonValueKind.Array:
                foreach (var item in element.Value.EnumerateArray())
                {
                    Collect(item, result);
                }

                break;
            case JsonValueKind.Object when element.Value.Find("config")?.Find("keras_history") is { } history && History(history) is { } value:
                result.Add(value);
                break;
        }
    }

    /// <summary>A name, the number of a call and the number of an output.</summary>
    private static (string Name, int Call)? History(JsonElement history) =>
        history.ValueKind == JsonValueKind.Array && history.GetArrayLength() >= 3 && history[0].ValueKind == JsonValueKind.String && history[1].Integer() is { } call and >= 0
            ? (history[0].GetString()!, call)
            : null;

    /// <summary>One such value, or an array of them.</summary>
    public static IEnumerable<(string Name, int Call)> Ends(JsonElement? ends) => ends switch
    {
        { ValueKind: JsonValueKind.Array } array when History(array) is { } single => [single],
        { ValueKind: JsonValueKind.Array } array => array.EnumerateArray().SelectMany(item => Ends(item)),
        { ValueKind: JsonValueKind.Object } named => named.EnumerateObject().SelectMany(item => Ends(item.Value)),
        _ => [],
    };
}
