using FashionCnn.Compiler;
using FashionCnn.Compiler.Diagnostics;
using FashionCnn.Compiler.Show;
using Spectre.Console;
using static FashionCnn.Commands.NumberText;

namespace FashionCnn.Commands;

/// <summary>Shows a spec's layers anew whenever its file changes, until a signal ends it.</summary>
internal static class SummaryWatch
{
    private const int MostLayers = 10;

    // As soon as one looks from the editor to the terminal.
    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(200);

    // An editor may empty a file before it writes it.
    private static readonly TimeSpan Settling = TimeSpan.FromMilliseconds(50);

    /// <summary>Watches a file.</summary>
    /// <param name="path">The spec.</param>
    /// <param name="console">Takes the tables and the errors.</param>
    /// <returns>The exit code of the signal.</returns>
    /// <exception cref="InputException">The file cannot be read.</exception>
    public static int Run(string path, IAnsiConsole console) => Interruption.Around(console, says: null, interruption =>
    {
        var text = SpecFile.Read(path).Text;
        var good = Draw(path, text, null, console);
        while (true)
        {
            Wait(Pause, interruption.Token);
            var next = Settled(path, text, interruption.Token);
            if (next != text)
            {
                text = next;
                good = Draw(path, text, good, console);
            }
        }
    });

    private static void Wait(TimeSpan time, CancellationToken cancellation)
    {
        _ = cancellation.WaitHandle.WaitOne(time);
        cancellation.ThrowIfCancellationRequested();
    }

    private static string Settled(string path, string before, CancellationToken cancellation)
    {
        var text = Read(path, before);
        while (text != before)
        {
            before = text;
            Wait(Settling, cancellation);
            text = Read(path, before);
        }

        return text;
    }

    // An editor that replaces the file may just have removed it.
    private static string Read(string path, string before)
    {
        try
        {
            return SpecFile.Read(path).Text;
        }
        catch (InputException)
        {
            return before;
        }
    }

    /// <summary>Draws a state; gives the last one without errors.</summary>
    private static ModelSummary? Draw(string path, string text, ModelSummary? good, IAnsiConsole console)
    {
        if (console.Profile.Out.IsTerminal)
        {
            console.Clear(home: true);
        }
        else if (good is not null)
        {
            console.WriteLine();
        }

        var spec = SpecCompiler.Compile(path, text);
        foreach (var found in spec.Diagnostics.Where(found => found.Rule.Severity is Severity.Error or Severity.Warning))
        {
            console.WriteLine(found.ToString());
        }

        if (!spec.IsModel)
        {
            console.WriteLine(good is null ? "No table, because of the errors." : $"Before: {Count(good.Parameters)} parameters, {Count(good.MultiplyAccumulates)} MACs per image.");
            return good;
        }

        var summary = spec.Summary();
        SummaryCommand.WriteTable(summary, console);
        if (good is not null)
        {
            foreach (var line in Changes(good, summary))
            {
                console.WriteLine(line);
            }
        }

        return summary;
    }

    /// <summary>What is different from an earlier state: totals, then the output shapes of layers.</summary>
    internal static IEnumerable<string> Changes(ModelSummary before, ModelSummary after)
    {
        var old = before.Layers.ToDictionary(layer => layer.Name);
        var now = after.Layers.Select(layer => layer.Name).ToHashSet();
        List<string> layers =
        [
            .. after.Layers.Where(layer => !old.ContainsKey(layer.Name)).Select(layer => $"{layer.Name} is new, {Shape(layer.OutputShape)}"),
            .. before.Layers.Where(layer => !now.Contains(layer.Name)).Select(layer => $"{layer.Name} is gone"),
            .. after.Layers.Where(layer => old.TryGetValue(layer.Name, out var other) && !other.OutputShape.SequenceEqual(layer.OutputShape)).Select(layer => $"{layer.Name} {Shape(old[layer.Name].OutputShape)} -> {Shape(layer.OutputShape)}"),
        ];
        yield return $"Change: {Difference(before.Parameters, after.Parameters)} parameters, {Difference(before.MultiplyAccumulates, after.MultiplyAccumulates)} MACs per image";
        foreach (var layer in layers.Take(MostLayers))
        {
            yield return $"  {layer}";
        }

        if (layers.Count > MostLayers)
        {
            yield return $"  and {Plural(layers.Count - MostLayers, "more layer")}";
        }
    }

    private static string Difference(long before, long after) => after == before ? "same" : after > before ? $"+{Count(after - before)}" : $"-{Count(before - after)}";
}
