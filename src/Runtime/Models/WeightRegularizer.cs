namespace FashionCnn.Models;

/// <summary>What a tensor of weights adds to the loss that is trained: <c>L1 · Σ|w| + L2 · Σw²</c>, as Keras's regularizers.</summary>
/// <param name="Weight">The tensor's name in the state dict: <c>conv1.weight</c>.</param>
/// <param name="L1">The factor of the sum of the absolute values, at least 0.</param>
/// <param name="L2">The factor of the sum of the squares, at least 0.</param>
public sealed record WeightRegularizer(string Weight, double L1, double L2);
