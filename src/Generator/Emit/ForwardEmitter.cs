using FashionCnn.Generator.Layers;
using FashionCnn.Generator.Shapes;

namespace FashionCnn.Generator.Emit;

/// <summary>Writes the network: one line per layer with the shape that it produces, the first column wide enough for most.</summary>
internal static class ForwardEmitter
{
    private const int CommentColumn = 64;

    public static void Emit(NetworkPlan network, CodeWriter writer)
    {
        writer.Line(Commented(string.Empty, $"{network.Input}"));
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
            writer.Line(expression == x
                ? Commented(string.Empty, layer.LeavesSoftmax ? $"{layer.Output}, its softmax left to predict" : $"{layer.Output}, unchanged by {layer.Name}")
                : Commented($"{x} = {expression};", $"{layer.Output}"));
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
            writer.Line(Commented($"var {name} = {x};", $"{layer.Input}"));
            EmitLayers(branch, name, writer);
        }

        writer.Line(Commented($"{x} = {merge.Forward(names)};", $"{layer.Output}"));
    }

    private static string Commented(string statement, string shape) => $"{statement.PadRight(CommentColumn)} // {shape}";
}
