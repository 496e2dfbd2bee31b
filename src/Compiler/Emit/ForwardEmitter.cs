using FashionCnn.Generator.Layers;
using FashionCnn.Generator.Shapes;

namespace FashionCnn.Generator.Emit;

/// <summary>Writes the network: one line per layer with the shape that it produces, the first column wide enough for most.</summary>
internal static class ForwardEmitter
{
    private const int CommentColumn = 64;

    public static void Emit(NetworkPlan network, CodeWriter writer)
    {
        Line(string.Empty, network.Input.ToString(), writer);
        EmitLayers(network.Layers, "x", writer);
        writer.Line("return x;");
    }

    private static void EmitLayers(EquatableArray<PlannedLayer> layers, string x, CodeWriter writer)
    {
        foreach (var layer in layers)
        {
            if (layer.Kind is Merge merge)
            {
                EmitMerge(layer, merge, x, writer);
                continue;
            }

            var expression = layer.Kind.Forward(layer, x);
            var output = layer.Output.ToString();
            if (expression == x)
            {
                Line(string.Empty, layer.LeavesSoftmax ? output + ", its softmax left to predict" : $"{output}, unchanged by {layer.Name}", writer);
            }
            else
            {
                Line($"{x} = {expression};", output, writer);
            }
        }
    }

    // Each branch has a variable of its own, so that the input stays for the next one.
    private static void EmitMerge(PlannedLayer layer, Merge merge, string x, CodeWriter writer)
    {
        var names = new List<string>();
        foreach (var branch in layer.Branches)
        {
            var name = $"{layer.Name}_branch{names.Count}";
            names.Add(name);
            Line($"var {name} = {x};", layer.Input.ToString(), writer);
            EmitLayers(branch, name, writer);
        }

        Line($"{x} = {merge.Forward(names)};", layer.Output.ToString(), writer);
    }

    private static void Line(string statement, string shape, CodeWriter writer) => writer.Line($"{statement.PadRight(CommentColumn)} // {shape}");
}
