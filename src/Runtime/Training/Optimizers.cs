using FashionCnn.Models;
using TorchSharp;
using TorchSharp.Modules;
using static TorchSharp.torch;

namespace FashionCnn.Training;

/// <summary>Makes optimizers from settings: Torch's, or for weights on the processor ones that do the same in one pass.</summary>
internal static class Optimizers
{
    public static OptimizerHelper Create(OptimizerSettings settings, IReadOnlyList<Parameter> parameters) => settings switch
    {
        AdamSettings adam when AreOnProcessor(parameters) => new OnePassAdam(parameters, adam),
        AdamSettings adam => optim.Adam(parameters, adam.LearningRate, adam.Beta1, adam.Beta2, adam.Epsilon),
        AdamWSettings adam when AreOnProcessor(parameters) => new OnePassAdamW(parameters, adam),
        AdamWSettings adam => optim.AdamW(parameters, adam.LearningRate, adam.Beta1, adam.Beta2, adam.Epsilon, adam.WeightDecay),
        SgdSettings sgd => optim.SGD(parameters, sgd.LearningRate, sgd.Momentum, weight_decay: sgd.WeightDecay, nesterov: sgd.Nesterov),
        RmsPropSettings rms => optim.RMSProp(parameters, rms.LearningRate, rms.Rho, rms.Epsilon, momentum: rms.Momentum),
        _ => throw new ArgumentOutOfRangeException(nameof(settings), settings, "There is no such optimizer."),
    };

    private static bool AreOnProcessor(IEnumerable<Parameter> parameters) =>
        parameters.All(parameter => parameter.device_type == DeviceType.CPU && parameter.dtype == float32 && parameter.is_contiguous());
}
