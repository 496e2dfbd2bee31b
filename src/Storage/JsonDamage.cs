using System.Globalization;
using System.Text.Json;
using System.Text.RegularExpressions;

namespace FashionCnn.Storage;

/// <summary>Says in plain words what is wrong with JSON that does not hold what it should.</summary>
internal static partial class JsonDamage
{
    private const int Shown = 60;

    /// <summary>What no reader may let pass, whatever it expects: a repeated name, null in a list, half a surrogate pair. Null when there is none.</summary>
    /// <exception cref="JsonException">The text is not JSON.</exception>
    public static string? Find(string text)
    {
        using var document = JsonDocument.Parse(text);
        return Find(document.RootElement);
    }

    /// <summary>The same of a value.</summary>
    public static string? Find(JsonElement element)
    {
        try
        {
            return FaultOf(element) is var (place, what) ? $"{place} {what}" : null;
        }
        catch (InvalidOperationException)
        {
            return "a string is not valid Unicode";
        }
    }

    /// <summary>Whether the serializer throws this of JSON that it does not accept. It calls an object without its type not supported.</summary>
    public static bool Is(Exception exception) => exception is JsonException or NotSupportedException;

    /// <summary>What the serializer did not accept.</summary>
    /// <param name="exception">What it threw.</param>
    /// <param name="text">What it read.</param>
    public static string Explain(Exception exception, string text)
    {
        var path = (exception as JsonException)?.Path ?? Place().Match(exception.Message).Groups["path"].Value;
        try
        {
            using var document = JsonDocument.Parse(text);
            if (Missing().Match(exception.Message) is { Success: true } missing)
            {
                var place = Name(path);
                return $"{(place.Length == 0 ? string.Empty : $"{place} has ")}no {missing.Groups["name"].Value}";
            }

            var element = At(document.RootElement, path);
            return $"{(Name(path) is { Length: > 0 } name ? name : "its content")} cannot be {Short(element.GetRawText())}";
        }
        catch (JsonException syntax)
        {
            return string.Create(CultureInfo.InvariantCulture, $"it is not valid JSON; see line {(syntax.LineNumber ?? 0) + 1}");
        }
    }

    // The place is put together on the way back: of a sound text, none is.
    private static (string? Place, string What)? FaultOf(JsonElement element)
    {
        if (element.ValueKind == JsonValueKind.Array)
        {
            foreach (var (item, i) in element.EnumerateArray().Select((item, i) => (item, i)))
            {
                if ((item.ValueKind == JsonValueKind.Null ? (null, "cannot be null") : FaultOf(item)) is var (place, what))
                {
                    return (string.Create(CultureInfo.InvariantCulture, $"[{i}]{Rest(place)}"), what);
                }
            }

            return null;
        }

        if (element.ValueKind == JsonValueKind.String)
        {
            // Half of a surrogate pair, written as an escape, shows only here.
            _ = element.GetString();
        }

        if (element.ValueKind != JsonValueKind.Object)
        {
            return null;
        }

        var names = new HashSet<string>();
        foreach (var property in element.EnumerateObject())
        {
            if ((names.Add(property.Name) ? FaultOf(property.Value) : (null, "appears twice")) is var (place, what))
            {
                return ($"{property.Name}{Rest(place)}", what);
            }
        }

        return null;

        static string Rest(string? place) => place is null || place.StartsWith('[') ? place ?? string.Empty : $".{place}";
    }

    // The innermost value on the path that is there: a path may end in a name that the reader only wanted.
    private static JsonElement At(JsonElement root, string path)
    {
        foreach (Match step in Step().Matches(path))
        {
            if (step.Groups["name"] is { Success: true, Value: var name } && root.ValueKind == JsonValueKind.Object && root.TryGetProperty(name, out var value))
            {
                root = value;
            }
            else if (step.Groups["place"].Success && root.ValueKind == JsonValueKind.Array && int.Parse(step.Groups["place"].Value, CultureInfo.InvariantCulture) is var place && place < root.GetArrayLength())
            {
                root = root[place];
            }
        }

        return root;
    }

    private static string Name(string path) => path.TrimStart('$').TrimStart('.');

    private static string Short(string text)
    {
        var line = WhiteSpace().Replace(text, " ");
        return line.Length <= Shown ? line : $"{line[..Shown]}...";
    }

    [GeneratedRegex("missing required properties including: '(?<name>[^']+)'")]
    private static partial Regex Missing();

    [GeneratedRegex(@"Path: (?<path>\$\S*)")]
    private static partial Regex Place();

    [GeneratedRegex(@"\.(?<name>\w+)|\[(?<place>\d+)\]")]
    private static partial Regex Step();

    [GeneratedRegex(@"\s+")]
    private static partial Regex WhiteSpace();
}
