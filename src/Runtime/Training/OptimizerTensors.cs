using FashionCnn.Storage;
using TorchSharp.Modules;
using static TorchSharp.torch;

namespace FashionCnn.Training;

/// <summary>
/// What an optimizer carries from step to step, as tensors named after the parameters: <c>conv1.weight/m</c> and <c>/v</c> for the
/// means of gradients and of their squares, <c>/momentum</c>, and <c>/step</c> for the steps done.
/// </summary>
/// <param name="optimizer">The optimizer.</param>
/// <param name="parameters">Its parameters and their names, in its order.</param>
internal sealed class OptimizerTensors(OptimizerHelper optimizer, IReadOnlyList<(string Name, Parameter Value)> parameters)
{
    private readonly List<OptimizerState> states = optimizer.state_dict().State;

    /// <summary>The tensors, those of the optimizer itself; the counts of steps belong to the caller's scope.</summary>
    public IEnumerable<KeyValuePair<string, Tensor>> All()
    {
        foreach (var ((name, _), state) in parameters.Zip(states))
        {
            foreach (var slot in Slots(state))
            {
                if (slot.Get() is { } tensor)
                {
                    yield return KeyValuePair.Create($"{name}/{slot.Name}", tensor);
                }
            }

            if (Step(state) is { } step)
            {
                yield return KeyValuePair.Create($"{name}/step", tensor(step, int64));
            }
        }
    }

    /// <summary>The names under which a file may hold tensors of it, and their shapes; those that it does not have itself may be missing.</summary>
    public IEnumerable<(string Name, Tensor Like, bool Required)> Expected()
    {
        foreach (var ((name, parameter), state) in parameters.Zip(states))
        {
            foreach (var slot in Slots(state))
            {
                yield return ($"{name}/{slot.Name}", parameter, slot.Get() is not null);
            }
        }
    }

    /// <summary>The names of the counts of steps.</summary>
    public IEnumerable<string> Steps() => parameters.Zip(states).Where(pair => Step(pair.Second) is not null).Select(pair => $"{pair.First.Name}/step");

    /// <summary>Takes the tensors of a file that has been found to fit.</summary>
    /// <param name="file">The file.</param>
    /// <param name="prefix">What the names begin with there.</param>
    public void Restore(SafetensorsFile file, string prefix)
    {
        using var scope = NewDisposeScope();
        using var guard = no_grad();
        foreach (var ((name, parameter), state) in parameters.Zip(states))
        {
            foreach (var slot in Slots(state))
            {
                var stored = $"{prefix}{name}/{slot.Name}";
                if (file.Tensors.ContainsKey(stored))
                {
                    if (slot.Get() is null)
                    {
                        slot.Set(zeros_like(parameter).DetachFromDisposeScope());
                    }

                    file.ReadInto(stored, slot.Get()!);
                }
            }

            if (Step(state) is not null)
            {
                SetStep(state, file.Read($"{prefix}{name}/step").item<long>());
            }
        }
    }

    private static Slot[] Slots(OptimizerState state) => state switch
    {
        Adam.State adam => [new("m", () => adam.exp_avg, value => adam.exp_avg = value), new("v", () => adam.exp_avg_sq, value => adam.exp_avg_sq = value)],
        AdamW.State adam => [new("m", () => adam.exp_avg, value => adam.exp_avg = value), new("v", () => adam.exp_avg_sq, value => adam.exp_avg_sq = value)],
        SGD.State sgd => [new("momentum", () => sgd.momentum_buffer, value => sgd.momentum_buffer = value)],
        RMSProp.State rms => [new("v", () => rms.square_avg, value => rms.square_avg = value), new("momentum", () => rms.momentum_buffer, value => rms.momentum_buffer = value)],
        _ => throw new ArgumentOutOfRangeException(nameof(state), state, "There is no such optimizer."),
    };

    private static long? Step(OptimizerState state) => state switch
    {
        Adam.State adam => adam.step,
        AdamW.State adam => adam.step,
        RMSProp.State rms => rms.step,
        _ => null,
    };

    private static void SetStep(OptimizerState state, long step)
    {
        switch (state)
        {
            case Adam.State adam:
                adam.step = step;
                break;
            case AdamW.State adam:
                adam.step = step;
                break;
            case RMSProp.State rms:
                rms.step = step;
                break;
        }
    }

    private sealed record Slot(string Name, Func<Tensor?> Get, Action<Tensor> Set);
}
