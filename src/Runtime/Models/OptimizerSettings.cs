using System.Text.Json.Serialization;

namespace FashionCnn.Models;

/// <summary>An optimizer and its settings. The update rules are Torch's, the default values Keras's.</summary>
/// <param name="LearningRate">The step size, above 0.</param>
[JsonPolymorphic(TypeDiscriminatorPropertyName = "type")]
[JsonDerivedType(typeof(AdamSettings), "Adam")]
[JsonDerivedType(typeof(AdamWSettings), "AdamW")]
[JsonDerivedType(typeof(SgdSettings), "SGD")]
[JsonDerivedType(typeof(RmsPropSettings), "RMSprop")]
public abstract record OptimizerSettings(double LearningRate)
{
    /// <summary>The <c>type</c> in a spec.</summary>
    [JsonIgnore]
    public abstract string Name { get; }
}

/// <summary>Adam.</summary>
/// <param name="LearningRate">The step size.</param>
/// <param name="Beta1">Decay of the mean of the gradients.</param>
/// <param name="Beta2">Decay of the mean of their squares.</param>
/// <param name="Epsilon">Added to the root of the corrected second moment, as Torch places it.</param>
public sealed record AdamSettings(
    double LearningRate = 0.001,
    [property: JsonPropertyName("beta_1")] double Beta1 = 0.9,
    [property: JsonPropertyName("beta_2")] double Beta2 = 0.999,
    double Epsilon = 1e-7)
    : OptimizerSettings(LearningRate)
{
    /// <inheritdoc/>
    [JsonIgnore]
    public override string Name => "Adam";
}

/// <summary>Adam with decoupled weight decay.</summary>
/// <param name="LearningRate">The step size.</param>
/// <param name="Beta1">Decay of the mean of the gradients.</param>
/// <param name="Beta2">Decay of the mean of their squares.</param>
/// <param name="Epsilon">Added to the root of the corrected second moment, as Torch places it.</param>
/// <param name="WeightDecay">The fraction, times the learning rate, by which each step shrinks the weights.</param>
public sealed record AdamWSettings(
    double LearningRate = 0.001,
    [property: JsonPropertyName("beta_1")] double Beta1 = 0.9,
    [property: JsonPropertyName("beta_2")] double Beta2 = 0.999,
    double Epsilon = 1e-7,
    double WeightDecay = 0.004)
    : OptimizerSettings(LearningRate)
{
    /// <inheritdoc/>
    [JsonIgnore]
    public override string Name => "AdamW";
}

/// <summary>Stochastic gradient descent.</summary>
/// <param name="LearningRate">The step size.</param>
/// <param name="Momentum">The share of the last update that is carried on; 0 for none.</param>
/// <param name="Nesterov">Looks ahead along the momentum.</param>
/// <param name="WeightDecay">Added to the gradient, times the weight.</param>
public sealed record SgdSettings(
    double LearningRate = 0.01,
    double Momentum = 0,
    bool Nesterov = false,
    double WeightDecay = 0)
    : OptimizerSettings(LearningRate)
{
    /// <inheritdoc/>
    [JsonIgnore]
    public override string Name => "SGD";
}

/// <summary>RMSprop.</summary>
/// <param name="LearningRate">The step size.</param>
/// <param name="Rho">Decay of the mean of the squared gradients (Torch calls it alpha).</param>
/// <param name="Momentum">The share of the last update that is carried on; 0 for none.</param>
/// <param name="Epsilon">Added to the root of the second moment, as Torch places it.</param>
public sealed record RmsPropSettings(
    double LearningRate = 0.001,
    double Rho = 0.9,
    double Momentum = 0,
    double Epsilon = 1e-7)
    : OptimizerSettings(LearningRate)
{
    /// <inheritdoc/>
    [JsonIgnore]
    public override string Name => "RMSprop";
}
