using FashionCnn.Compiler.Diagnostics;
using FashionCnn.Compiler.Layers;
using FashionCnn.Compiler.Syntax;

namespace FashionCnn.Compiler.Bind;

/// <summary>Finds the layers whose output nothing reads, which only references make possible: the last one's output is the model's.</summary>
internal static class OutputCheck
{
    public static void Report(EquatableArray<LayerSpec> layers, DiagnosticBag bag)
    {
        var read = new HashSet<int>();
        read.Add(Read(layers, Source.Image, read));
        Report(layers, read, bag);
    }

    /// <summary>Collects what layers read of which the first reads <paramref name="input"/>; gives the output of the last one.</summary>
    private static int Read(EquatableArray<LayerSpec> layers, int input, HashSet<int> read)
    {
        var last = input;
        foreach (var layer in layers)
        {
            var source = layer.From.Count == 1 ? layer.From[0].Id : last;
            if (layer.Branches.IsEmpty)
            {
                read.UnionWith(layer.From.Count > 1 ? layer.From.Select(from => from.Id) : [source]);
            }

            foreach (var branch in layer.Branches)
            {
                read.Add(Read(branch, source, read));
            }

            last = layer.Id;
        }

        return last;
    }

    private static void Report(EquatableArray<LayerSpec> layers, HashSet<int> read, DiagnosticBag bag)
    {
        foreach (var layer in layers)
        {
            foreach (var branch in layer.Branches)
            {
                Report(branch, read, bag);
            }

            if (!read.Contains(layer.Id))
            {
                bag.Report(Descriptors.OutputNotRead, layer.TypeSpan, layer.Where);
            }
        }
    }
}
