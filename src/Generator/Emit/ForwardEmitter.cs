using FashionCnn.Generator.Shapes;

namespace FashionCnn.Generator.Emit;

/// <summary>Writes the network: one line per layer with the shape that it produces, the first column wide enough for most.</summary>
internal static class ForwardEmitter
{
    private const int CommentColumn = 64;

    public static void Emit(NetworkPlan network, CodeWriter writer)
    {
        writer.Line(Commented(string.Empty, network.Input));
        foreach (var layer in network.Layers)
        {
            writer.Line(Commented($"x = {layer.Kind.Forward(layer, "x")};", layer.Output));
        }

        writer.Line("return x;");
    }

    private static string Commented(string statement, Shape shape) => $"{statement.PadRight(CommentColumn)} // {shape}";
}
