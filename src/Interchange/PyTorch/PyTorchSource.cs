using FashionCnn.Compiler.Code;
using FashionCnn.Compiler.Infer;
using FashionCnn.Compiler.Layers;
using FashionCnn.Compiler.Shapes;

namespace FashionCnn.Interchange.PyTorch;

/// <summary>A network as Python: what its layer kinds state of PyTorch, one after the other.</summary>
/// <remarks>
/// The variable <c>x</c> holds what the next layer reads. A value that others read has a variable of its own, by the name of its layer.
/// </remarks>
internal sealed class PyTorchSource
{
    private const int CommentColumn = 64;

    private const string Without = """
        def without(module, *names):
            for name in names:
                setattr(module, name, None)
            return module


        """;

    private readonly ModelPlan plan;
    private readonly NetworkPlan network;
    private readonly IReadOnlyList<ListedLayer> layers;
    private readonly List<ListedLayer> steps = [];
    private readonly List<PlannedLayer> leftOut = [];
    private readonly string output;

    private PyTorchSource(ModelPlan plan)
    {
        this.plan = plan;
        network = plan.Network!;
        layers = LayerListing.Of(network);
        // A layer that does nothing stands for what it reads.
        var stands = new Dictionary<string, string> { [PlannedLayer.ImageName] = PlannedLayer.ImageName };
        foreach (var (layer, inputs) in layers)
        {
            var isIdle = !layer.Kind.JoinsBranches && layer.Kind.PyTorch(layer, "x") == "x";
            stands[layer.Name] = isIdle ? stands[inputs[0]] : layer.Name;
            if (!isIdle)
            {
                steps.Add(new ListedLayer(layer, [.. inputs.Select(input => stands[input])]));
            }
            else if (layer.Kind.ActsInTrainingOnly || layer.Kind.Family == LayerFamily.Dropout)
            {
                leftOut.Add(layer);
            }
        }

        output = stands[layers[^1].Layer.Name];
    }

    private string ClassName => Python.ClassName(plan.ClassName);

    /// <summary>The source.</summary>
    /// <param name="plan">The model.</param>
    /// <param name="weights">The name of the weights file beside it, which is read unless another one is named.</param>
    /// <param name="classNames">The names of the classes, in their order; null for none.</param>
    public static string Of(ModelPlan plan, string weights, IReadOnlyList<string>? classNames)
    {
        var source = new PyTorchSource(plan);
        var definition = source.Definition();
        var head = source.Head(hasOrder: definition.Contains("OrderedDict(", StringComparison.Ordinal));
        var classes = classNames is null ? string.Empty : $"CLASSES = [{string.Join(", ", classNames.Select(Python.String))}]\n\n\n";
        var without = definition.Contains("without(", StringComparison.Ordinal) ? Without : string.Empty;
        return (head + classes + without + definition + source.Load(weights)).ReplaceLineEndings("\n");
    }

    private string Head(bool hasOrder)
    {
        var writer = new CodeWriter();
        writer.Line("\"\"\"");
        writer.Line($"{ClassName}, written by FashionCnn for PyTorch 1.13 and later.");
        writer.Line();
        writer.Line("    model = load()");
        writer.Line("    probabilities = torch.softmax(model(images), 1)");
        writer.Line();
        writer.Line($"Images are N x {ShapeOf(network.Input)}, 32-bit floats, pixels from 0 to 1. The model gives logits, N x {network.Classes}.");
        if (leftOut.Count > 0)
        {
            writer.Line($"Left out, because they act in training only: {string.Join(", ", leftOut.Select(layer => $"{layer.Name} ({layer.Kind.Type})"))}.");
        }

        writer.Line("\"\"\"");
        writer.Line("import json");
        writer.Line("import os");
        writer.Line("import struct");
        if (hasOrder)
        {
            writer.Line("from collections import OrderedDict");
        }

        writer.Line();
        writer.Line("import torch");
        writer.Line("from torch import nn");
        writer.Line("from torch.nn import functional as F");
        writer.Line();
        writer.Line();
        return writer.ToString();
    }

    private string Definition()
    {
        var writer = new CodeWriter();
        writer.Line($"class {ClassName}(nn.Module):");
        writer.Indented(() =>
        {
            writer.Line("def __init__(self):");
            writer.Indented(() => WriteModules(writer));
            writer.Line();
            WriteForward(writer);
        });
        writer.Line();
        writer.Line();
        return writer.ToString();
    }

    /// <summary>The function that makes the model with its weights.</summary>
    private string Load(string weights) => $$""""
        def load(path=os.path.join(os.path.dirname(__file__), {{Python.String(weights)}})):
            """The model with the weights of a safetensors file, in evaluation mode."""
            with open(path, "rb") as file:
                header = json.loads(file.read(struct.unpack("<Q", file.read(8))[0]))
                data = bytearray(file.read())
            model = {{ClassName}}()
            # An underscore at the end of a name is not in the file; what PyTorch counts, neither.
            tensors = {name.replace("_.", "."): tensor for name, tensor in model.state_dict().items() if not name.endswith(".num_batches_tracked")}
            different = set(tensors) - set(header)
            different |= {name for name in tensors if name in header and (header[name]["dtype"], header[name]["shape"]) != ("F32", list(tensors[name].shape))}
            if different:
                raise ValueError(f"{path} lacks weights of {{ClassName}}, or has them in other sizes: {', '.join(sorted(different))}")
            for name, tensor in tensors.items():
                values = torch.frombuffer(data, dtype=torch.float32, count=tensor.numel(), offset=header[name]["data_offsets"][0])
                tensor.copy_(values.view(tensor.shape))
            return model.eval()

        """";

    private void WriteModules(CodeWriter writer)
    {
        writer.Line("super().__init__()");
        foreach (var (layer, _) in layers)
        {
            if (layer.Kind.PyTorchModule(layer) is { } module)
            {
                writer.Line($"{Python.Member(layer.Name)} = {module}{(layer.IsFrozen ? ".requires_grad_(False)" : string.Empty)}");
            }
        }
    }

    private void WriteForward(CodeWriter writer)
    {
        var kept = Kept();
        writer.Line($"def forward(self, {Variable(PlannedLayer.ImageName)}):");
        writer.Indented(() =>
        {
            var named = new HashSet<LayerGroup>();
            foreach (var (layer, inputs) in steps)
            {
                if (layer.Group is { } group && named.Add(group))
                {
                    writer.Line($"# {CSharp.LineComment(group.Title)}");
                }

                var read = inputs.Select(Variable).ToList();
                var statement = $"{Variable(layer.Name)} = {(layer.Kind.JoinsBranches ? layer.Kind.PyTorch(read) : layer.Kind.PyTorch(layer, read[0]))}";
                writer.Line($"{statement.PadRight(CommentColumn)}  # {ShapeOf(layer.Output)}");
            }

            writer.Line($"return {Variable(output)}");
        });

        string Variable(string value) => !kept.Contains(value) ? "x" : value == PlannedLayer.ImageName ? "images" : $"{value}_output";
    }

    /// <summary>The values that not only the next layer reads.</summary>
    private HashSet<string> Kept()
    {
        var kept = new HashSet<string>();
        var held = PlannedLayer.ImageName;
        foreach (var (layer, inputs) in steps)
        {
            kept.UnionWith(inputs.Where(input => input != held));
            held = layer.Name;
        }

        if (output != held)
        {
            _ = kept.Add(output);
        }

        return kept;
    }

    private static string ShapeOf(Shape shape) => shape.IsImage ? $"{shape.Channels} x {shape.Height} x {shape.Width}" : $"{shape.Channels}";
}
