using FashionCnn.Compiler.Keys;
using FashionCnn.Compiler.Syntax;

namespace FashionCnn.Compiler.Layers;

/// <summary>The initializers, by Keras's names; in PascalCase they are the runtime's.</summary>
internal static class Initializers
{
    public static readonly TypedSettings GlorotUniform = Named("glorot_uniform", "Uniform within ±√(6 / (fan in + fan out)).");
    public static readonly TypedSettings Zeros = Named("zeros", "All 0.");

    private static readonly Key<double> Smallest = new NumberKey("minval", NumberRange.Any, "the smallest value").Or(-0.05);
    private static readonly Key<double> Largest = new NumberKey("maxval", NumberRange.Any, "the largest value").Or(0.05);

    private static readonly TypedObject Orthogonal = new("orthogonal", "Initializer", "A random orthogonal matrix, of as many columns as the kernel has outputs.", new KeyTable(
        new NumberKey("gain", NumberRange.Any, "what the matrix is multiplied by").Or(1)));

    /// <summary>All of them, in the order in which the reference page shows them.</summary>
    public static readonly EquatableArray<TypedObject> All =
    [
        GlorotUniform.Kind,
        Named("glorot_normal", "Normal with variance 2 / (fan in + fan out), truncated at two standard deviations.").Kind,
        Named("he_uniform", "Uniform within ±√(6 / fan in).").Kind,
        Named("he_normal", "Normal with variance 2 / fan in, truncated at two standard deviations.").Kind,
        Named("lecun_uniform", "Uniform within ±√(3 / fan in).").Kind,
        Named("lecun_normal", "Normal with variance 1 / fan in, truncated at two standard deviations.").Kind,
        Zeros.Kind,
        Named("ones", "All 1.").Kind,
        new("random_normal", "Initializer", "Normal.", new KeyTable(Mean(), Deviation())),
        new("truncated_normal", "Initializer", "Normal, cut off at two standard deviations from the mean; what is left has 0.88 of the standard deviation.", new KeyTable(Mean(), Deviation())),
        new("random_uniform", "Initializer", "Uniform.", new KeyTable(Smallest, Largest)) { Ordered = (Smallest, Largest) },
        new("variance_scaling", "Initializer", "Random values with variance scale / n; the mode determines n.", new KeyTable(
            new NumberKey("scale", NumberRange.AboveZero, "the factor of the variance").Or(1),
            new ChoiceKey("mode", ["fan_in", "fan_out", "fan_avg"], "n: the inputs of each output, the outputs of each input, or their average").Or("fan_in"),
            new ChoiceKey("distribution", ["truncated_normal", "untruncated_normal", "uniform"], "the distribution; a truncated one is widened, so that its variance is what is left").Or("truncated_normal"))),
        Orthogonal,
    ];

    /// <summary>Those of tensors of one dimension.</summary>
    public static readonly EquatableArray<TypedObject> OfVectors = [.. All.Where(kind => kind != Orthogonal)];

    /// <summary>An argument of the base class's Create functions; nothing where the function's default says the same.</summary>
    public static string Argument(string parameter, TypedSettings initializer, TypedSettings standard) => initializer == standard
        ? string.Empty
        : $", {parameter}: global::FashionCnn.Models.Initializer.{Identifier.PascalCase(initializer.Kind.Type)}{Arguments(initializer)}";

    private static string Arguments(TypedSettings initializer)
    {
        var keys = initializer.Kind.Table.Keys;
        return keys.IsEmpty ? string.Empty : $"({string.Join(", ", keys.Select((key, i) => $"{key.Name}: {Value(key, initializer.Settings.Values[i]!)}"))})";
    }

    private static string Value(Key key, object value) => value is string word
        ? $"global::FashionCnn.Models.Initializer{Identifier.PascalCase(key.Name)}.{Identifier.PascalCase(word)}"
        : key.Format(value);

    private static TypedSettings Named(string type, string summary) => new(new TypedObject(type, "Initializer", summary, KeyTable.Empty), Settings.Empty);

    private static Key<double> Mean() => new NumberKey("mean", NumberRange.Any, "the mean").Or(0);

    private static Key<double> Deviation() => new NumberKey("stddev", NumberRange.ZeroOrMore, "the standard deviation").Or(0.05);
}
