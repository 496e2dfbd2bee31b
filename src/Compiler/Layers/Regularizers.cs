using FashionCnn.Compiler.Diagnostics;
using FashionCnn.Compiler.Keys;
using FashionCnn.Compiler.Syntax;

namespace FashionCnn.Compiler.Layers;

/// <summary>What is added to the loss for a tensor of a layer: l1 · Σ|w| + l2 · Σw².</summary>
/// <param name="Tensor">The tensor's name in the state dict.</param>
/// <param name="L1">The factor of the absolute values.</param>
/// <param name="L2">The factor of the squares.</param>
internal readonly record struct WeightRegularizer(string Tensor, double L1, double L2);

/// <summary>The regularizers, by Keras's names.</summary>
internal static class Regularizers
{
    private static readonly Key<double> L1 = Factor("l1", "absolute values", 0.01);
    private static readonly Key<double> L2 = Factor("l2", "squares", 0.01);
    private static readonly Key<double> L1OfBoth = Factor("l1", "absolute values", 0);
    private static readonly Key<double> L2OfBoth = Factor("l2", "squares", 0);

    private static readonly TypedObject Absolute = new("L1", "WeightRegularizer", "Adds l1 · Σ|w| to the loss.", new KeyTable(L1));
    private static readonly TypedObject Squared = new("L2", "WeightRegularizer", "Adds l2 · Σw² to the loss.", new KeyTable(L2));
    private static readonly TypedObject Both = new("L1L2", "WeightRegularizer", "Adds l1 · Σ|w| + l2 · Σw² to the loss.", new KeyTable(L1OfBoth, L2OfBoth));

    public static readonly EquatableArray<TypedObject> All = [Squared, Absolute, Both];

    /// <summary>A regularizer of a bias that the layer does not have is a mistake.</summary>
    public static bool CheckBias(LayerSpec layer, Key<TypedSettings> regularizer, Key<bool> useBias, ValueReader reader)
    {
        if (!layer.IsComplete || layer.Get(useBias) || layer.Find(regularizer) is null)
        {
            return true;
        }

        reader.Report(Descriptors.Conflict, layer.SpanOf(regularizer), $"\"{regularizer.Name}\" has nothing to act on, because \"{useBias.Name}\" is false; remove one of the two");
        return false;
    }

    /// <summary>What layers add to the loss, those of branches included; nothing for a frozen layer, and for a regularizer whose factors are 0.</summary>
    public static IEnumerable<WeightRegularizer> Of(IEnumerable<PlannedLayer> layers) => layers.SelectMany(layer =>
        layer.Branches.SelectMany(branch => Of(branch)).Concat((layer.IsFrozen ? [] : layer.Kind.RegularizerKeys)
            .Select(regularizer => layer.Settings.Find(layer.Kind.Table, regularizer.Key) is TypedSettings settings
                ? Named($"{layer.Name}.{regularizer.Tensor}", settings)
                : default)
            .Where(regularizer => regularizer.L1 != 0 || regularizer.L2 != 0)));

    private static WeightRegularizer Named(string tensor, TypedSettings settings) => settings.Kind.Type switch
    {
        "L1" => new(tensor, settings.Settings.Get(Absolute.Table, L1), 0),
        "L2" => new(tensor, 0, settings.Settings.Get(Squared.Table, L2)),
        _ => new(tensor, settings.Settings.Get(Both.Table, L1OfBoth), settings.Settings.Get(Both.Table, L2OfBoth)),
    };

    private static Key<double> Factor(string name, string values, double value) =>
        new NumberKey(name, NumberRange.ZeroOrMore, $"the factor of the sum of the {values}").Or(value);
}

/// <summary>A regularizer, as an object with a <c>type</c>; none without the key.</summary>
internal sealed class RegularizerKey(string name, string description) : Key<TypedSettings>(name, description)
{
    public override string Expected => "an object such as { \"type\": \"L2\", \"l2\": 0.01 }";

    public override EquatableArray<TypedObject> Objects => Regularizers.All;

    public override object? Read(JsonNode node, ValueReader reader)
    {
        if (node is JsonObject)
        {
            return TypedSettings.Read(node, Name, Regularizers.All, reader);
        }

        reader.ReportType(node, Name, Expected);
        return null;
    }

    public override string Format(object value)
    {
        var settings = (TypedSettings)value;
        return $"{{ \"type\": \"{settings.Kind.Type}\", {string.Join(", ", settings.Kind.Table.Keys.Select((key, i) => $"\"{key.Name}\": {key.Format(settings.Settings.Values[i]!)}"))} }}";
    }
}
