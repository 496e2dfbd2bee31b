using FashionCnn.Compiler.Keys;
using FashionCnn.Compiler.Syntax;

namespace FashionCnn.Compiler.Layers;

/// <summary>An initializer, by its name, or as an object with the name as its <c>type</c> and keys of its own.</summary>
internal sealed class InitializerKey(string name, EquatableArray<TypedObject> kinds, string description) : Key<TypedSettings>(name, description)
{
    private readonly ChoiceKey names = new(name, [.. kinds.Select(kind => kind.Type)], description);

    public override EquatableArray<TypedObject> Objects { get; } = kinds;

    public override IReadOnlyList<string> Values => names.Values;

    public override string Expected => "an initializer such as \"he_normal\", or an object such as { \"type\": \"random_normal\", \"stddev\": 0.02 }";

    public override object? Read(JsonNode node, ValueReader reader)
    {
        switch (node)
        {
            case JsonObject:
                return TypedSettings.Read(node, Name, Objects, reader);
            case JsonString:
                return names.Read(node, reader) is string type ? OfDefaults(Objects.First(kind => kind.Type == type)) : null;
            default:
                reader.ReportType(node, Name, Expected);
                return null;
        }
    }

    public override string Format(object value)
    {
        var settings = (TypedSettings)value;
        return settings == OfDefaults(settings.Kind)
            ? $"\"{settings.Kind.Type}\""
            : $"{{ \"type\": \"{settings.Kind.Type}\", {string.Join(", ", settings.Kind.Table.Keys.Select((key, i) => $"\"{key.Name}\": {key.Format(settings.Settings.Values[i]!)}"))} }}";
    }

    private static TypedSettings OfDefaults(TypedObject kind) => new(kind, new Settings(kind.Table.Defaults));
}
