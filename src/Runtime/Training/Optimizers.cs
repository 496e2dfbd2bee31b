using FashionCnn.Models;
using TorchSharp.Modules;
using static TorchSharp.torch;

namespace FashionCnn.Training;

/// <summary>Makes Torch's optimizers from settings.</summary>
internal static class Optimizers
{
    public static OptimizerHelper Create(OptimizerSettings settings, IReadOnlyList<Parameter> parameters) => settings switch
    {
        AdamSettings adam => optim.Adam(parameters, adam.LearningRate, adam.Beta1, adam.Beta2, adam.Epsilon),
        AdamWSettings adam => optim.AdamW(parameters, adam.LearningRate, adam.Beta1, adam.Beta2, adam.Epsilon, adam.WeightDecay),
        SgdSettings sgd => optim.SGD(parameters, sgd.LearningRate, sgd.Momentum, weight_decay: sgd.WeightDecay, nesterov: sgd.Nesterov),
        RmsPropSettings rms => optim.RMSProp(parameters, rms.LearningRate, rms.Rho, rms.Epsilon, momentum: rms.Momentum),
        _ => throw new ArgumentOutOfRangeException(nameof(settings), settings, "There is no such optimizer."),
    };
}
