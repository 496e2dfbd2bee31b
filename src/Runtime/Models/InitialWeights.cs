using FashionCnn.Storage;

namespace FashionCnn.Models;

/// <summary>Weights of a file that a run started with.</summary>
/// <param name="File">The file.</param>
/// <param name="Fingerprint">SHA-256 of the file's tensors: names, types, shapes and values.</param>
/// <param name="Tensors">How many tensors of the model were taken from it.</param>
/// <param name="ModelTensors">How many the model has.</param>
/// <param name="Steps">The training steps that the moving statistics had seen: 0 where some of them are new, null where the file does not say.</param>
internal sealed record InitialWeights(string File, string Fingerprint, int Tensors, int ModelTensors, long? Steps);

/// <summary>What a model took of a file of weights.</summary>
/// <param name="Weights">The weights.</param>
/// <param name="Differences">What was not taken: tensors that the file (here) and the model (there) have differently, or that only one of them has.</param>
internal sealed record TakenWeights(InitialWeights Weights, IReadOnlyList<TensorDifference> Differences);
