using FashionCnn.Compiler.Code;
using FashionCnn.Compiler.Infer;
using FashionCnn.Compiler.Layers;
using FashionCnn.Compiler.Syntax;

namespace FashionCnn.Compiler.Emit;

/// <summary>
/// Writes the network: one line per layer with the shape that it produces, the first column wide enough for most. Where a block or a
/// round of a repetition begins there is its name, and where it ends an empty line.
/// </summary>
/// <remarks>
/// A list of layers has a variable, which holds the output of the last layer written. A value that is read once the variable holds
/// another gets a variable of its own. What an operation may overwrite, and which layers become one operation, depends on who else reads a
/// value, wherever it stands in the text.
/// </remarks>
internal sealed class ForwardEmitter
{
    private const int CommentColumn = 64;

    private readonly CodeWriter writer;
    private readonly IReadOnlyDictionary<string, IReadOnlyList<PlannedLayer>> readers;

    /// <summary>The values that have variables of their own.</summary>
    private readonly IReadOnlyCollection<string> kept;

    /// <summary>The values that were read when no variable of a list held them any more.</summary>
    private readonly HashSet<string> missed = [];

    /// <summary>The variables of the lists that are being written, from the outside in, and the value that each holds.</summary>
    private readonly List<(string Variable, string Value)> held = [];

    /// <summary>The layers whose activation is left to the one that reads them: a maximum, which is computed before it, or a normalization, which applies it on the way.</summary>
    private readonly Dictionary<string, PlannedLayer> late = [];

    /// <summary>The normalizations that are written already, with the convolutions that they normalize.</summary>
    private readonly HashSet<string> joined = [];

    private readonly HashSet<LayerGroup> named = [];
    private LayerGroup? group;

    private ForwardEmitter(IReadOnlyDictionary<string, IReadOnlyList<PlannedLayer>> readers, IReadOnlyCollection<string> kept, CodeWriter writer)
    {
        this.readers = readers;
        this.kept = kept;
        this.writer = writer;
    }

    public static void Emit(NetworkPlan network, IReadOnlyList<ListedLayer> layers, CodeWriter writer)
    {
        var readers = LayerListing.Readers(layers);
        // Which values are needed later is known once it has been written.
        var draft = new ForwardEmitter(readers, [], new CodeWriter());
        if (layers.Any(listed => !listed.Layer.From.IsEmpty))
        {
            draft.Emit(network);
        }

        new ForwardEmitter(readers, draft.missed, writer).Emit(network);
    }

    private void Emit(NetworkPlan network)
    {
        held.Add(("x", PlannedLayer.ImageName));
        Line(string.Empty, network.Input.ToString());
        Keep("x", PlannedLayer.ImageName, network.Input.ToString());
        EmitLayers(network.Layers, "x");
        writer.Line("return x;");
    }

    private void EmitLayers(EquatableArray<PlannedLayer> layers, string x)
    {
        var above = ValueIn(x);
        var names = new HashSet<string>(layers.Select(layer => layer.Name));
        foreach (var layer in layers)
        {
            Enter(layer.Group);
            if (layer.Kind.JoinsBranches)
            {
                EmitMerge(layer, above, x);
            }
            else if (!joined.Contains(layer.Name))
            {
                EmitLayer(layer, layer.From.IsEmpty ? above : layer.From[0], x, names);
            }

            above = layer.Name;
        }

        // A normalization that was written earlier may be the last layer.
        if (VariableOf(above, x) is var variable && variable != x)
        {
            writer.Line($"{x} = {variable};");
        }
    }

    private void EmitLayer(PlannedLayer layer, string source, string x, HashSet<string> list)
    {
        var input = VariableOf(source, x);
        var reader = OnlyReader(layer);
        var before = late.TryGetValue(source, out var producer) ? producer : null;
        var isLate = reader is not null && TakesActivation(reader, layer);
        if (isLate)
        {
            late.Add(layer.Name, layer);
        }

        var expression = isLate ? layer.Kind.Forward(layer with { Settings = layer.Settings.With(layer.Kind.Table, layer.Kind.ActivationKey!, "linear") }, input)
            : before is null ? layer.Kind.Forward(layer, input)
            : layer.Kind.ForwardAfterRelu(layer, input) ?? Activations.OverwriteWith(Activation(before), layer.Kind.Forward(layer, input));
        // In evaluation a normalization is part of the convolution before it. The list of a branch begins with what its first layer reads,
        // which must be there still if that is a normalization.
        if (layer.Kind.TakesNormalization && Activation(layer) == "linear" && reader is { Kind.NormalizesChannels: true } norm && norm.Group == layer.Group && list.Contains(norm.Name))
        {
            joined.Add(norm.Name);
            Set(x, $"{expression[..^1]}, norm: {norm.Member})", norm, $"{norm.Output}, normalized by {norm.Name}");
            return;
        }

        var output = layer.LeavesSoftmax ? $"{layer.Output}, its softmax left to predict"
            : before is not null ? $"{layer.Output}, with the {Activation(before)} of {before.Name}{(layer.Kind.TakesMaximum ? ", which commutes with the maximum" : string.Empty)}"
            : layer.Output.ToString();
        Set(x, expression, layer, expression != input || layer.LeavesSoftmax ? output : $"{output}, unchanged by {layer.Name}");
    }

    /// <summary>The activation of a layer can be left to the only one that reads it. A normalization overwrites its input then.</summary>
    private static bool TakesActivation(PlannedLayer reader, PlannedLayer layer) =>
        (reader.Kind.TakesMaximum && Activations.NeverFall.Contains(Activation(layer)))
        || (reader.Kind.NormalizesChannels && layer.Kind.TakesNormalization && Activation(layer) == Activations.Relu);

    private static string Activation(PlannedLayer layer) => layer.Kind.ActivationKey is { } key ? layer.Get(key) : "linear";

    private PlannedLayer? OnlyReader(PlannedLayer layer) =>
        readers.TryGetValue(layer.Name, out var all) && all.Count == 1 && !all[0].Kind.JoinsBranches ? all[0] : null;

    // Each branch with layers has its own variable, so that the input is kept for the next one.
    private void EmitMerge(PlannedLayer layer, string above, string x)
    {
        if (layer.Branches.IsEmpty)
        {
            Set(x, layer.Kind.Forward([.. layer.From.Select(value => VariableOf(value, x))]), layer, layer.Output.ToString());
            return;
        }

        var fork = layer.From.IsEmpty ? above : layer.From[0];
        var names = new List<string>();
        foreach (var branch in layer.Branches)
        {
            if (branch.IsEmpty)
            {
                names.Add(VariableOf(fork, x));
                continue;
            }

            var first = branch[0];
            var source = first.From.Count == 1 ? first.From[0] : fork;
            var name = $"{layer.Name}_branch{names.Count}";
            names.Add(name);
            Line($"var {name} = {VariableOf(source, x)};", (first.From.Count == 1 ? first : layer).Input.ToString());
            held.Add((name, source));
            EmitLayers(branch, name);
            held.RemoveAt(held.Count - 1);
            Enter(layer.Group);
        }

        Set(x, layer.Kind.Forward(names), layer, layer.Output.ToString());
    }

    /// <summary>Writes that a variable takes a layer's output.</summary>
    private void Set(string variable, string expression, PlannedLayer layer, string comment)
    {
        Line(expression == variable ? string.Empty : $"{variable} = {expression};", comment);
        held[held.FindLastIndex(pair => pair.Variable == variable)] = (variable, layer.Name);
        Keep(variable, layer.Name, layer.Output.ToString());
    }

    private void Keep(string variable, string value, string shape)
    {
        if (kept.Contains(value))
        {
            Line($"var {OwnVariable(value)} = {variable};", shape);
        }
    }

    private string ValueIn(string variable) => held.FindLast(pair => pair.Variable == variable).Value;

    /// <summary>A variable that holds a value, <paramref name="preferred"/> if it is one.</summary>
    private string VariableOf(string value, string preferred)
    {
        if (ValueIn(preferred) == value)
        {
            return preferred;
        }

        if (!kept.Contains(value))
        {
            if (held.FindLast(pair => pair.Value == value).Variable is { } variable)
            {
                return variable;
            }

            missed.Add(value);
        }

        return OwnVariable(value);
    }

    // No operation of the base class, which a variable of the same name would hide, ends in this.
    private static string OwnVariable(string value) => value == PlannedLayer.ImageName ? "image" : $"{value}_output";

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
