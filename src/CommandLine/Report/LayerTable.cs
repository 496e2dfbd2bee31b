using FashionCnn.Compiler.Show;

namespace FashionCnn.CommandLine.Report;

/// <summary>The layers of a model.</summary>
internal static class LayerTable
{
    /// <summary>The table, or why there is none.</summary>
    public static Markup Of(ReportedRun run)
    {
        if (run.Model is not { } model)
        {
            return Markup.Of($"<p>{run.WithoutModel}</p>");
        }

        return Markup.Of($"""
            <p class="soft">{NumberText.Plural(model.Layers.Count, "layer")}. Shapes are height x width x channels of one image; MACs are multiply-accumulates per image.</p>
            <div class="scroll" tabindex="0" role="region" aria-label="Layers of {model.Model}">
            <table class="layers">
            <thead><tr><th scope="col">Layer</th><th scope="col">Kind</th><th scope="col">Output shape</th><th scope="col" class="n">Parameters</th><th scope="col" class="n">MACs</th></tr></thead>
            <tbody>
            <tr><th scope="row">input</th><td></td><td>{NumberText.Shape(model.InputShape)}</td><td class="n"></td><td class="n"></td></tr>
            {model.Layers.Select(layer => Row(layer, model))}
            </tbody>
            <tfoot><tr><th scope="row" colspan="3">Total, {NumberText.Count(model.TrainableParameters)} of the parameters trainable</th><td class="n">{NumberText.Count(model.Parameters)}</td><td class="n">{NumberText.Count(model.MultiplyAccumulates)}</td></tr></tfoot>
            </table>
            </div>
            {model.Notes.Select(note => Markup.Of($"<p>Note {note}</p>"))}
            """);
    }

    private static Markup Row(LayerSummary layer, ModelSummary model) => Markup.Of(
        $"<tr><th scope=\"row\">{layer.Name}</th><td>{layer.Kind} <span class=\"soft\">{layer.Settings}</span></td><td>{NumberText.Shape(layer.OutputShape)}</td>{Share(layer.Parameters, model.Parameters)}{Share(layer.MultiplyAccumulates, model.MultiplyAccumulates)}</tr>");

    private static Markup Share(long count, long total) =>
        Markup.Of($"<td class=\"n bar\" style=\"--share:{(total == 0 ? 0 : (double)count / total):0.###}\">{NumberText.Count(count)}</td>");
}
