using System.Text.Json.Serialization;

namespace FashionCnn.Models;

/// <summary>
/// An optimizer and its settings. Update rules and default values are Keras's. At most one of <see cref="Clipnorm"/>,
/// <see cref="Clipvalue"/> and <see cref="GlobalClipnorm"/> is set.
/// </summary>
/// <param name="LearningRate">The step size, above 0.</param>
/// <param name="WeightDecay">The fraction, times the learning rate, by which each step shrinks the weights before their update; 0 for none.</param>
[JsonPolymorphic(TypeDiscriminatorPropertyName = "type")]
[JsonDerivedType(typeof(AdamSettings), "Adam")]
[JsonDerivedType(typeof(AdamWSettings), "AdamW")]
[JsonDerivedType(typeof(SgdSettings), "SGD")]
[JsonDerivedType(typeof(RmsPropSettings), "RMSprop")]
public abstract record OptimizerSettings(double LearningRate, double WeightDecay)
{
    private const double DefaultEmaMomentum = 0.99;

    /// <summary>The <c>type</c> in a spec.</summary>
    [JsonIgnore]
    public abstract string Name { get; }

    /// <summary>The largest norm of each tensor's gradient, above 0: a longer one is scaled down to it. Null for any.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public double? Clipnorm { get; init; }

    /// <summary>The largest absolute value in a gradient, above 0: what exceeds it is set to it. Null for any.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public double? Clipvalue { get; init; }

    /// <summary>The largest norm of all gradients together, above 0: they are scaled down to it alike. Null for any.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public double? GlobalClipnorm { get; init; }

    /// <summary>Averages the weights over the steps, exponentially, and ends with the averages.</summary>
    public bool UseEma { get; init; }

    /// <summary>The share of the average that stays at each step, 0 to 1.</summary>
    [JsonIgnore]
    public double EmaMomentum { get; init; } = DefaultEmaMomentum;

    // A text that lacks it sets null.
    [JsonInclude]
    [JsonPropertyName("ema_momentum")]
    internal double? WrittenEmaMomentum
    {
        get => EmaMomentum;
        init => EmaMomentum = value ?? DefaultEmaMomentum;
    }
}

/// <summary>
/// Adam: p -= rate · √(1 - β₂ᵗ) / (1 - β₁ᵗ) · m / (√v + ε). The step size is corrected by the biases of both moments; epsilon is added to
/// the root of the uncorrected second one.
/// </summary>
/// <param name="LearningRate">The step size.</param>
/// <param name="Beta1">Decay of the mean of the gradients.</param>
/// <param name="Beta2">Decay of the mean of their squares.</param>
/// <param name="Epsilon">Added to the root of the uncorrected second moment.</param>
/// <param name="WeightDecay">The fraction, times the learning rate, by which each step shrinks the weights before their update.</param>
public sealed record AdamSettings(
    double LearningRate = 0.001,
    [property: JsonPropertyName("beta_1")] double Beta1 = 0.9,
    [property: JsonPropertyName("beta_2")] double Beta2 = 0.999,
    double Epsilon = 1e-7,
    double WeightDecay = 0)
    : OptimizerSettings(LearningRate, WeightDecay)
{
    /// <inheritdoc/>
    [JsonIgnore]
    public override string Name => "Adam";
}

/// <summary>Adam whose weights decay by default.</summary>
/// <param name="LearningRate">The step size.</param>
/// <param name="Beta1">Decay of the mean of the gradients.</param>
/// <param name="Beta2">Decay of the mean of their squares.</param>
/// <param name="Epsilon">Added to the root of the uncorrected second moment.</param>
/// <param name="WeightDecay">The fraction, times the learning rate, by which each step shrinks the weights before their update.</param>
public sealed record AdamWSettings(
    double LearningRate = 0.001,
    [property: JsonPropertyName("beta_1")] double Beta1 = 0.9,
    [property: JsonPropertyName("beta_2")] double Beta2 = 0.999,
    double Epsilon = 1e-7,
    double WeightDecay = 0.004)
    : OptimizerSettings(LearningRate, WeightDecay)
{
    /// <inheritdoc/>
    [JsonIgnore]
    public override string Name => "AdamW";
}

/// <summary>
/// Stochastic gradient descent. The momentum's buffer holds the rate, b = momentum · b - rate · g, so that a change of the rate does not
/// change the updates that are carried over.
/// </summary>
/// <param name="LearningRate">The step size.</param>
/// <param name="Momentum">The share of the last update that is carried over; 0 for none.</param>
/// <param name="Nesterov">Looks ahead along the momentum.</param>
/// <param name="WeightDecay">The fraction, times the learning rate, by which each step shrinks the weights before their update.</param>
public sealed record SgdSettings(
    double LearningRate = 0.01,
    double Momentum = 0,
    bool Nesterov = false,
    double WeightDecay = 0)
    : OptimizerSettings(LearningRate, WeightDecay)
{
    /// <inheritdoc/>
    [JsonIgnore]
    public override string Name => "SGD";
}

/// <summary>RMSprop: the gradient divided by √(v + ε), where v is the mean of the squared gradients.</summary>
/// <param name="LearningRate">The step size.</param>
/// <param name="Rho">Decay of the mean of the squared gradients (Torch calls it alpha).</param>
/// <param name="Momentum">The share of the last update that is carried over; 0 for none.</param>
/// <param name="Epsilon">Added to the mean of the squared gradients, under the root.</param>
/// <param name="WeightDecay">The fraction, times the learning rate, by which each step shrinks the weights before their update.</param>
public sealed record RmsPropSettings(
    double LearningRate = 0.001,
    double Rho = 0.9,
    double Momentum = 0,
    double Epsilon = 1e-7,
    double WeightDecay = 0)
    : OptimizerSettings(LearningRate, WeightDecay)
{
    /// <inheritdoc/>
    [JsonIgnore]
    public override string Name => "RMSprop";
}
