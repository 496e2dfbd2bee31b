using System.Text;
using System.Xml;
using FashionCnn.Compiler.Infer;
using FashionCnn.Compiler.Layers;
using FashionCnn.Compiler.Shapes;
using FashionCnn.Compiler.Syntax;
using static System.FormattableString;

namespace FashionCnn.Compiler.Show;

/// <summary>A model as a picture: a self-contained SVG that follows the reader's light or dark mode.</summary>
internal sealed class SvgDiagram
{
    // A fixed-width font, whose letters are 0.6 of its size wide, so that the room for a text is known without the font.
    private const double Letter = 7.2;
    private const double Margin = 24;
    private const double LeastWidth = 460;
    private const double LineHeight = 18;
    private const double PillHeight = 26;
    private const double FirstColumn = 14;
    private const double ColumnSpace = 14;
    private const double FanOut = 20;
    private const double FanIn = 18;

    private const string Style = """
          text { font: 12px ui-monospace, "DejaVu Sans Mono", Menlo, Consolas, monospace; fill: #1f2328 }
          .title { font-size: 16px; font-weight: bold } .name { font-weight: bold } .quiet, .shape { fill: #59636e } .shape { font-size: 11px }
          .page { fill: #ffffff } .card { fill: #f6f8fa; stroke: #c4ccd4 } .line { fill: none; stroke: #7d8590; stroke-width: 1.5 } .head { fill: #7d8590 }
          .convolution { fill: #2f6fdd } .dense { fill: #8250df } .pooling { fill: #d9730d } .normalization { fill: #0f8a8a } .activation { fill: #2f9e44 }
          .dropout { fill: #8c959f } .merge { fill: #d4a72c } .other { fill: #57606a }
          @media (prefers-color-scheme: dark) {
            text { fill: #e6edf3 } .quiet, .shape { fill: #9da7b3 } .page { fill: #0d1117 } .card { fill: #161b22; stroke: #3d444d }
          }

        """;

    private const double LaneSpace = 9;

    private readonly StringBuilder svg = new();
    private readonly References references = new();

    private SvgDiagram()
    {
    }

    /// <summary>
    /// Layers run from top to bottom, neighbors with one output shape on one card, which bears each layer's parameters; branches
    /// are side by side. A tooltip on each layer has all its numbers.
    /// </summary>
    public static string Of(ModelPlan model, NetworkPlan network) => new SvgDiagram().Draw(model, network);

    private string Draw(ModelPlan model, NetworkPlan network)
    {
        var layers = Column.Of(network.Layers, CardWidth, new HashSet<string>(LayerListing.Of(network).SelectMany(listed => listed.Layer.From)));
        var width = Math.Max(LeastWidth, layers.Left + layers.Right + (2 * Margin));
        var header = Header(model, network, (int)((width - (2 * Margin)) / Letter));
        // What is left of the minimum width is split between both sides of the layers.
        var x = layers.Left + ((width - layers.Left - layers.Right) / 2);
        var y = Margin + (LineHeight * (header.Count + 1));
        var top = y;
        y += PillHeight;
        references.Begin(PlannedLayer.ImageName, x, y);
        y = DrawColumn(layers, x, layers.Blocks[0] is Card ? Arrow(x, y, network.Input) : y, network.Input, PlannedLayer.ImageName);
        y = Arrow(x, y, network.Layers[network.Layers.Count - 1].Output);
        var height = y + PillHeight + Margin;
        DrawPill(x, top, $"input {network.Input}");
        DrawPill(x, y, $"{network.Classes} classes");
        var body = svg.ToString();

        svg.Clear();
        // Below the cards, which hide what passes behind them.
        var lanes = DrawReferences(x + layers.Right + LaneSpace);
        width = Math.Max(width, x + layers.Right + (lanes * LaneSpace) + Margin);
        body = svg + body;
        svg.Clear();
        Line($"""<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {width:0.#} {height:0.#}" width="{width:0.#}" height="{height:0.#}" role="img">""");
        Line($"  <title>{Escaped(model.Id)}: {network.Input} to {network.Classes} classes</title>");
        Line($"  <style>\n{Style}  </style>");
        Line($"""  <rect class="page" width="100%" height="100%"/>""");
        for (var i = 0; i < header.Count; i++)
        {
            DrawText(i == 0 ? "title" : "quiet", Margin, Margin + (LineHeight * (i + 0.5)), header[i]);
        }

        svg.Append(body).Append("</svg>\n");
        return svg.ToString();
    }

    private static List<string> Header(ModelPlan model, NetworkPlan network, int letters) =>
    [
        model.Id,
        .. Wrapped(model.Description, letters),
        $"{Text.Count(network.Counts.Parameters)} parameters, {Text.Count(network.Counts.MultiplyAccumulates)} MACs per image",
        "on the cards: layer, kind, parameters",
    ];

    private static IEnumerable<string> Wrapped(string text, int letters)
    {
        var line = string.Empty;
        foreach (var word in text.Split(default(char[]), StringSplitOptions.RemoveEmptyEntries))
        {
            if (line.Length > 0 && line.Length + 1 + word.Length > letters)
            {
                yield return line;
                line = string.Empty;
            }

            line += line.Length == 0 ? word : $" {word}";
        }

        if (line.Length > 0)
        {
            yield return line;
        }
    }

    private static double CardWidth(PlannedLayer layer) =>
        (2 * FirstColumn) + (Letter * (layer.Name.Length + layer.KindAndLabel.Length + Count(layer).Length)) + (ColumnSpace * (layer.Counts.Parameters == 0 ? 1 : 2));

    private static string Count(PlannedLayer layer) => layer.Counts.Parameters == 0 ? string.Empty : Text.Count(layer.Counts.Parameters);

    /// <summary>Draws blocks from a place downwards; gives where they end.</summary>
    /// <param name="column">The blocks.</param>
    /// <param name="x">The line that runs through them.</param>
    /// <param name="y">The upper end.</param>
    /// <param name="shape">The shape of what comes in.</param>
    /// <param name="above">The layer whose output it is.</param>
    private double DrawColumn(Column column, double x, double y, Shape shape, string above)
    {
        for (var i = 0; i < column.Blocks.Count; i++)
        {
            var block = column.Blocks[i];
            var hasArrow = i > 0 && Column.HasArrow(column.Blocks[i - 1], block);
            if (block is Card card)
            {
                var first = card.Layers[0];
                if (hasArrow)
                {
                    y = Reads(first, above) ? Arrow(x, y, shape) : y + Column.Arrow;
                }

                // A merge with branches has its lines from the fork.
                if (first.Branches.IsEmpty)
                {
                    Enter(first, above, x, y);
                }

                DrawCard(card, x, y);
                (shape, above) = (card.Shape, card.Layers[^1].Name);
                references.Begin(above, x, y + block.Height);
            }
            else if (block is Fork fork)
            {
                DrawFork(fork, x, y, above);
            }

            y += block.Height;
        }

        return y;
    }

    /// <summary>A layer reads the value that comes from above.</summary>
    private static bool Reads(PlannedLayer layer, string above) => layer.From.IsEmpty || layer.From.Contains(above);

    /// <summary>Notes the lines that a layer's names ask for, into the top of its card.</summary>
    private void Enter(PlannedLayer layer, string above, double x, double top)
    {
        var others = layer.From.Where(name => name != above).ToList();
        foreach (var name in others)
        {
            references.End(name, x, top);
        }

        if (others.Count > 0)
        {
            Head(x, top);
        }

        if (layer.From is [_] && others.Count == 1)
        {
            DrawText("shape", x + 7, top - 12, layer.Input.ToString());
        }
    }

    /// <summary>Draws the lines of values that are read by name, each value in a lane beside the layers; gives the number of lanes.</summary>
    private int DrawReferences(double left)
    {
        var (lines, lanes) = references.Lay();
        foreach (var (x, y, lane, toX, toY) in lines)
        {
            Path($"M{x:0.#} {y:0.#}V{y + 5:0.#}H{left + (lane * LaneSpace):0.#}V{toY - 9:0.#}H{toX:0.#}V{toY:0.#}");
        }

        return lanes;
    }

    private void DrawCard(Card card, double x, double y)
    {
        var left = x - card.Left;
        Line($"""  <rect class="card" x="{left:0.#}" y="{y:0.#}" width="{card.Width:0.#}" height="{card.Height:0.#}" rx="5"/>""");
        foreach (var layer in card.Layers)
        {
            Line($"""  <g><title>{Escaped(Tooltip(layer))}</title>""");
            Line($"""  <rect class="{layer.Kind.Family.ToString().ToLowerInvariant()}" x="{left + 4:0.#}" y="{y + 4:0.#}" width="4" height="{Card.RowHeight - 8:0.#}" rx="2"/>""");
            Line($"""  <text x="{left + FirstColumn:0.#}" y="{y + 16:0.#}"><tspan class="name">{Escaped(layer.Name)}</tspan><tspan dx="{ColumnSpace:0.#}">{Escaped(layer.KindAndLabel)}</tspan></text>""");
            if (layer.Counts.Parameters > 0)
            {
                Line($"""  <text class="quiet" x="{left + card.Width - FirstColumn:0.#}" y="{y + 16:0.#}" text-anchor="end">{Count(layer)}</text>""");
            }

            Line($"""  </g>""");
            y += Card.RowHeight;
        }
    }

    private void DrawFork(Fork fork, double x, double y, string above)
    {
        var bottom = y + fork.Height - Fork.In;
        var join = bottom + FanIn;
        var (shape, source) = (fork.Merge.Input, fork.Merge.From.IsEmpty ? above : fork.Merge.From[0]);
        if (Reads(fork.Merge, above))
        {
            Path($"M{x:0.#} {y:0.#}V{y + FanOut:0.#}");
        }
        else
        {
            references.End(source, x, y + FanOut);
        }

        DrawText("shape", x + 7, y + 13, shape.ToString());
        foreach (var (offset, branch) in fork.Branches)
        {
            var line = x + offset;
            var start = y + Fork.Out;
            if (branch.Blocks.Count == 0)
            {
                Path($"M{x:0.#} {y + FanOut:0.#}H{line:0.#}V{join:0.#}H{x:0.#}");
                continue;
            }

            if (Reads(branch.First, source))
            {
                Path($"M{x:0.#} {y + FanOut:0.#}H{line:0.#}V{start:0.#}");
                if (branch.Blocks[0] is Card)
                {
                    Head(line, start);
                }
            }

            var end = DrawColumn(branch, line, start, shape, source);
            Path($"M{line:0.#} {end:0.#}V{join:0.#}H{x:0.#}");
            DrawText("shape", line + 7, end + 13, ((Card)branch.Blocks[^1]).Shape.ToString());
        }

        Path($"M{x:0.#} {join:0.#}V{y + fork.Height:0.#}");
        Head(x, y + fork.Height);
    }

    private void DrawPill(double x, double y, string text)
    {
        var width = (Letter * text.Length) + PillHeight;
        Line($"""  <rect class="card" x="{x - (width / 2):0.#}" y="{y:0.#}" width="{width:0.#}" height="{PillHeight:0.#}" rx="{PillHeight / 2:0.#}"/>""");
        Line($"""  <text x="{x:0.#}" y="{y + 17:0.#}" text-anchor="middle">{Escaped(text)}</text>""");
    }

    /// <summary>A downward arrow, labeled with the shape of what passes it. Returns where it ends.</summary>
    private double Arrow(double x, double y, Shape shape)
    {
        var end = y + Column.Arrow;
        Path($"M{x:0.#} {y:0.#}V{end:0.#}");
        Head(x, end);
        DrawText("shape", x + 7, y + 17, shape.ToString());
        return end;
    }

    private void Path(FormattableString path) => Line($"""  <path class="line" d="{Invariant(path)}"/>""");

    private void Head(double x, double y) => Line($"""  <path class="head" d="M{x:0.#} {y:0.#}l-4 -8h8z"/>""");

    private void DrawText(string style, double x, double y, string text) => Line($"""  <text class="{style}" x="{x:0.#}" y="{y:0.#}">{Escaped(text)}</text>""");

    private static string Tooltip(PlannedLayer layer) =>
        $"{layer.Name}: {layer.KindAndLabel}, output {layer.Output}, {Text.Count(layer.Counts.Parameters)} parameters, {Text.Count(layer.Counts.MultiplyAccumulates)} MACs per image";

    // A description may hold characters that XML cannot.
    private static string Escaped(string text) =>
        new StringBuilder(string.Concat(text.Where(XmlConvert.IsXmlChar))).Replace("&", "&amp;").Replace("<", "&lt;").Replace(">", "&gt;").ToString();

    private void Line(FormattableString line) => svg.Append(Invariant(line)).Append('\n');
}
