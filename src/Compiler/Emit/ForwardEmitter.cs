using FashionCnn.Compiler.Code;
using FashionCnn.Compiler.Infer;
using FashionCnn.Compiler.Layers;
using FashionCnn.Compiler.Syntax;

namespace FashionCnn.Compiler.Emit;

/// <summary>
/// Writes the network: one line per layer with the shape that it produces, the first column wide enough for most. Where a block or a
/// round of a repetition begins there is its name, and where it ends an empty line.
/// </summary>
internal sealed class ForwardEmitter
{
    private const int CommentColumn = 64;

    private readonly CodeWriter writer;
    private readonly HashSet<LayerGroup> named = [];
    private LayerGroup? group;

    private ForwardEmitter(CodeWriter writer) => this.writer = writer;

    public static void Emit(NetworkPlan network, CodeWriter writer)
    {
        var emitter = new ForwardEmitter(writer);
        emitter.Line(string.Empty, network.Input.ToString());
        emitter.EmitLayers(network.Layers, "x");
        writer.Line("return x;");
    }

    private void EmitLayers(EquatableArray<PlannedLayer> layers, string x)
    {
        // Its activation is left to the next layer: a maximum, which is computed before it, or a normalization, which applies it on the way.
        PlannedLayer? late = null;
        for (var i = 0; i < layers.Count; i++)
        {
            var layer = layers[i];
            Enter(layer.Group);
            if (layer.Kind.JoinsBranches)
            {
                EmitBranches(layer, x);
                continue;
            }

            var (before, isLate) = (late, i + 1 < layers.Count && TakesActivation(layers[i + 1], layer));
            late = isLate ? layer : null;
            var expression = isLate ? layer.Kind.Forward(layer with { Settings = layer.Settings.With(layer.Kind.Table, layer.Kind.ActivationKey!, "linear") }, x)
                : before is null ? layer.Kind.Forward(layer, x)
                : layer.Kind.ForwardAfterRelu(layer, x) ?? Activations.OverwriteWith(Activation(before), layer.Kind.Forward(layer, x));
            // In evaluation a normalization is part of the convolution before it.
            var norm = i + 1 < layers.Count && layer.Kind.TakesNormalization && Activation(layer) == "linear" && layers[i + 1] is { Kind.NormalizesChannels: true } next && next.Group == layer.Group ? next : null;
            if (norm is not null)
            {
                Line($"{x} = {expression[..^1]}, norm: {norm.Member});", $"{norm.Output}, normalized by {norm.Name}");
                i++;
                continue;
            }

            var output = layer.LeavesSoftmax ? $"{layer.Output}, its softmax left to predict"
                : before is not null ? $"{layer.Output}, with the {Activation(before)} of {before.Name}{(layer.Kind.TakesMaximum ? ", which commutes with the maximum" : string.Empty)}"
                : layer.Output.ToString();
            if (expression == x)
            {
                Line(string.Empty, layer.LeavesSoftmax ? output : $"{output}, unchanged by {layer.Name}");
            }
            else
            {
                Line($"{x} = {expression};", output);
            }
        }
    }

    /// <summary>The activation of a layer can be left to the next one. A normalization overwrites its input then, which must be read by nothing else.</summary>
    private static bool TakesActivation(PlannedLayer next, PlannedLayer layer) =>
        (next.Kind.TakesMaximum && Activations.NeverFall.Contains(Activation(layer)))
        || (next.Kind.NormalizesChannels && layer.Kind.TakesNormalization && Activation(layer) == Activations.Relu);

    private static string Activation(PlannedLayer layer) => layer.Kind.ActivationKey is { } key ? layer.Get(key) : "linear";

    // Each branch with layers has its own variable, so that the input is kept for the next one.
    private void EmitBranches(PlannedLayer layer, string x)
    {
        var names = new List<string>();
        foreach (var branch in layer.Branches)
        {
            if (branch.IsEmpty)
            {
                names.Add(x);
                continue;
            }

            var name = $"{layer.Name}_branch{names.Count}";
            names.Add(name);
            Line($"var {name} = {x};", layer.Input.ToString());
            EmitLayers(branch, name);
            Enter(layer.Group);
        }

        Line($"{x} = {layer.Kind.Forward(names)};", layer.Output.ToString());
    }

    private void Enter(LayerGroup? next)
    {
        if (next == group)
        {
            return;
        }

        group = next;
        writer.Line();
        if (next is not null && named.Add(next))
        {
            writer.Line($"// {CSharp.LineComment(next.Title)}");
        }
    }

    private void Line(string statement, string shape) => writer.Line($"{statement.PadRight(CommentColumn)} // {shape}");
}
