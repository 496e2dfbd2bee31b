using System.Globalization;
using System.Text.Json;
using System.Text.Json.Nodes;
using FashionCnn.Compiler.Keys;
using FashionCnn.Models;

namespace FashionCnn.CommandLine;

/// <summary>
/// Reads a settings record from an option such as <c>SGD,momentum=0.9</c>: the type, where there are several, then values by the
/// names that specs use. Lists are separated by semicolons.
/// </summary>
internal static class SettingsText
{
    private static readonly JsonSerializerOptions Json = new() { PropertyNamingPolicy = JsonNamingPolicy.SnakeCaseLower, TypeInfoResolver = SettingsJson.Default };

    /// <summary>One of several types, by its name in specs.</summary>
    /// <param name="option">The option.</param>
    /// <param name="text">What was given.</param>
    /// <param name="others">What the option takes besides, which is read elsewhere.</param>
    /// <exception cref="InputException">The text cannot be read; the message names the option.</exception>
    public static T Typed<T>(string option, string text, params string[] others)
    {
        var parts = text.Split(',', StringSplitOptions.TrimEntries);
        var types = Json.GetTypeInfo(typeof(T)).PolymorphismOptions!.DerivedTypes.ToDictionary(type => (string)type.TypeDiscriminator!, type => type.DerivedType, StringComparer.OrdinalIgnoreCase);
        if (!types.TryGetValue(parts[0], out var type))
        {
            throw new InputException($"{option} {text}: there is no '{parts[0]}'{Suggestion.For(parts[0], [.. types.Keys, .. others])} Give {string.Concat(others.Select(other => $"{other}, or "))}one of {string.Join(", ", types.Keys)}, with values as name=value after it, separated by commas.");
        }

        return (T)Values($"{option} {text}", type, parts[1..]);
    }

    /// <summary>Values of one type.</summary>
    /// <exception cref="InputException">The text cannot be read; the message names the option.</exception>
    public static T Plain<T>(string option, string text) => (T)Values($"{option} {text}", typeof(T), text.Split(',', StringSplitOptions.TrimEntries));

    private static object Values(string where, Type type, string[] parts)
    {
        // What the constructor takes comes first. What is no part of the JSON can be neither read nor written.
        var form = Json.GetTypeInfo(type);
        var settings = form.Properties
            .Where(property => property.Get is not null)
            .OrderBy(property => property.AssociatedParameter is { IsMemberInitializer: false, Position: var position } ? position : int.MaxValue)
            .ToDictionary(property => property.Name, property => property.PropertyType);
        var values = new JsonObject();
        foreach (var part in parts)
        {
            var pair = part.Split('=', 2);
            if (pair[0].Length == 0)
            {
                throw new InputException($"{where}: there is no name {(pair.Length == 2 ? $"before '{part}'" : "after a comma")}. Values: {string.Join(", ", settings.Keys)}.");
            }

            if (!settings.TryGetValue(pair[0], out var valueType))
            {
                throw new InputException($"{where}: there is no '{pair[0]}'{Suggestion.For(pair[0], settings.Keys)} Values: {string.Join(", ", settings.Keys)}.");
            }

            if (values.ContainsKey(pair[0]))
            {
                throw new InputException($"{where}: {pair[0]} is given twice. Give it once.");
            }

            values[pair[0]] = pair.Length == 2 && Read(pair[1], valueType) is { } value
                ? value
                : throw new InputException($"{where}: {pair[0]} takes {Expected(valueType)}.");
        }

        if (form.Properties.FirstOrDefault(property => property.AssociatedParameter is { IsMemberInitializer: false, HasDefaultValue: false } && !values.ContainsKey(property.Name)) is { Name: var missing })
        {
            throw new InputException($"{where}: {missing} is missing.");
        }

        return values.Deserialize(form)!;
    }

    private static JsonNode? Read(string text, Type type)
    {
        if (type == typeof(string))
        {
            return text;
        }

        if (type == typeof(bool))
        {
            return bool.TryParse(text, out var boolean) ? boolean : null;
        }

        if (type == typeof(int))
        {
            return int.TryParse(text, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out var integer) ? integer : null;
        }

        if (type == typeof(double) || type == typeof(double?))
        {
            return double.TryParse(text, NumberStyles.Float, CultureInfo.InvariantCulture, out var number) && double.IsFinite(number) ? number : null;
        }

        var items = text.Split(';').Select(item => Read(item, typeof(double))).ToArray();
        return items.Contains(null) ? null : new JsonArray(items);
    }

    // What the value may be is checked with all other settings, by the compiler's table.
    private static string Expected(Type type) =>
        type == typeof(string) ? "a word" : type == typeof(bool) ? "true or false" : type == typeof(int) ? "a whole number" : type == typeof(double) || type == typeof(double?) ? "a number" : "numbers separated by semicolons";
}
