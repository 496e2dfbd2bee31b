using FashionCnn.Compiler.Keys;
using FashionCnn.Compiler.Syntax;

namespace FashionCnn.Compiler.Layers;

/// <summary>The initializers, by Keras's names; in PascalCase they are the runtime's.</summary>
internal static class Initializers
{
    public const string GlorotUniform = "glorot_uniform";
    public const string Zeros = "zeros";

    public static readonly EquatableArray<string> Names =
        [GlorotUniform, "glorot_normal", "he_uniform", "he_normal", "lecun_uniform", "lecun_normal", Zeros, "ones"];

    /// <summary>An argument of the base class's Create functions; nothing where the function's default says the same.</summary>
    public static string Argument(string parameter, string initializer, string defaultInitializer) =>
        initializer == defaultInitializer ? string.Empty : $", {parameter}: global::FashionCnn.Models.Initializer.{Identifier.PascalCase(initializer)}";
}
