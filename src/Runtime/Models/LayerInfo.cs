namespace FashionCnn.Models;

/// <summary>One layer of a model as the compiler worked it out, for tables and for comparing architectures.</summary>
/// <param name="Name">The layer's name and the prefix of its keys in the state dict, such as <c>conv1</c>.</param>
/// <param name="Kind">The layer's type in the spec, such as <c>Conv2D</c>.</param>
/// <param name="Settings">The settings that shape it, such as <c>3x3 same relu</c>; empty when there are none.</param>
/// <param name="OutputShape">Its output for one image: <c>28x28x64</c> for an image, <c>1024</c> for a vector.</param>
/// <param name="Parameters">All its parameters, those not trained included.</param>
/// <param name="NonTrainableParameters">Those that training does not change by gradient: moving means and variances.</param>
/// <param name="MultiplyAccumulates">Multiply-accumulates per image of convolutions and dense layers; bias not counted.</param>
public sealed record LayerInfo(
    string Name,
    string Kind,
    string Settings,
    string OutputShape,
    long Parameters,
    long NonTrainableParameters,
    long MultiplyAccumulates);
