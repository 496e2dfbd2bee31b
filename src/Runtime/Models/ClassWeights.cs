using System.Globalization;
using System.Text.Json;
using System.Text.Json.Serialization;
using System.Text.Json.Serialization.Metadata;

namespace FashionCnn.Models;

/// <summary>
/// How much the images of each class count in training, as in Keras: the loss of an image is multiplied by its class's weight, and the
/// mean is over the number of images. Evaluation does not weigh.
/// </summary>
[JsonConverter(typeof(Converter))]
public sealed class ClassWeights : IEquatable<ClassWeights>
{
    private const string BalancedWord = "balanced";

    private readonly double[] values;

    /// <summary>A weight for each class, in the order of the class numbers.</summary>
    public ClassWeights(params double[] values) => this.values = [.. values];

    /// <summary>Every class counts as much as every other: the weight of one is the number of images, divided by its images and by the number of classes that have any.</summary>
    public static ClassWeights Balanced { get; } = new();

    /// <summary>The weights; empty when they follow from the images.</summary>
    public IReadOnlyList<double> Values => values;

    /// <summary>The weight of each class.</summary>
    /// <param name="counts">The training images of each class.</param>
    internal IReadOnlyList<double> Of(IReadOnlyList<int> counts)
    {
        if (values.Length > 0)
        {
            return values;
        }

        var (images, classes) = (counts.Sum(count => (long)count), counts.Count(count => count > 0));
        return [.. counts.Select(count => count == 0 ? 0 : (double)images / ((double)classes * count))];
    }

    /// <summary>Whether there is a weight for each class of a model.</summary>
    /// <exception cref="InputException">There are more or fewer.</exception>
    internal void CheckFits(ModelDescriptor model)
    {
        if (values.Length > 0 && values.Length != model.Classes)
        {
            throw new InputException($"class_weights has {values.Length} numbers, but {model.Id} has {model.Classes} classes. Give {model.Classes} numbers, in the order of the classes, or {BalancedWord}.") { Setting = "class_weights" };
        }
    }

    /// <inheritdoc/>
    public bool Equals(ClassWeights? other) => other is not null && values.AsSpan().SequenceEqual(other.values);

    /// <inheritdoc/>
    public override bool Equals(object? obj) => Equals(obj as ClassWeights);

    /// <inheritdoc/>
    public override int GetHashCode() => values.Aggregate(values.Length, HashCode.Combine);

    /// <summary>The weights as an option writes them: <c>balanced</c>, or <c>1,2.5,1</c>.</summary>
    public override string ToString() => values.Length == 0 ? BalancedWord : string.Join(',', values.Select(value => value.ToString(CultureInfo.InvariantCulture)));

    internal sealed class Converter : JsonConverter<ClassWeights>
    {
        public override ClassWeights Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options) =>
            reader.TokenType == JsonTokenType.StartArray && JsonSerializer.Deserialize(ref reader, Numbers(options)) is { Length: > 0 } values ? new ClassWeights(values)
            : reader.TokenType == JsonTokenType.String && reader.GetString() == BalancedWord ? Balanced
            : throw new JsonException();

        public override void Write(Utf8JsonWriter writer, ClassWeights value, JsonSerializerOptions options)
        {
            if (value.values.Length == 0)
            {
                writer.WriteStringValue(BalancedWord);
                return;
            }

            JsonSerializer.Serialize(writer, value.values, Numbers(options));
        }

        private static JsonTypeInfo<double[]> Numbers(JsonSerializerOptions options) => (JsonTypeInfo<double[]>)options.GetTypeInfo(typeof(double[]));
    }
}
