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
        foreach (var layer in layers)
        {
            Enter(layer.Group);
            if (layer.Kind.JoinsBranches)
            {
                EmitBranches(layer, x);
                continue;
            }

            var expression = layer.Kind.Forward(layer, x);
            var output = layer.LeavesSoftmax ? $"{layer.Output}, its softmax left to predict" : layer.Output.ToString();
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
