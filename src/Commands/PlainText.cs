using Spectre.Console;
using Spectre.Console.Rendering;

namespace FashionCnn.Commands;

/// <summary>
/// The console's own pass over everything that it shows. It keeps control characters from reaching the terminal, see <see cref="PlainWriter"/>,
/// and breaks sentences between words only: paths, names and numbers stay whole, so that they can be copied.
/// </summary>
internal sealed class PlainText : IRenderHook
{
    /// <inheritdoc/>
    public IEnumerable<IRenderable> Process(RenderOptions options, IEnumerable<IRenderable> renderables) => renderables.Select(renderable => new Shown(renderable));

    private sealed class Shown(IRenderable content) : IRenderable
    {
        public Measurement Measure(RenderOptions options, int maxWidth) => content.Measure(options, maxWidth);

        public IEnumerable<Segment> Render(RenderOptions options, int maxWidth) => content is Text
            ? Broken(content.Render(options, CommandRunner.Unbroken).Select(Plain), maxWidth)
            : content.Render(options, maxWidth).Select(Plain);

        // The console gives each word as a segment of its own.
        private static IEnumerable<Segment> Broken(IEnumerable<Segment> segments, int width)
        {
            var line = new List<Segment>();
            foreach (var segment in segments)
            {
                if (!segment.IsLineBreak)
                {
                    line.Add(segment);
                    continue;
                }

                foreach (var part in Lines(line, width))
                {
                    yield return part;
                }

                line.Clear();
                yield return segment;
            }

            foreach (var part in Lines(line, width))
            {
                yield return part;
            }
        }

        private static IEnumerable<Segment> Lines(List<Segment> line, int width) => line.Count == 0
            ? []
            : LineBreaks.BetweenWords(string.Concat(line.Select(segment => segment.Text)), width)
                .SelectMany((text, i) => i == 0 ? new[] { new Segment(text, line[0].Style) } : [Segment.LineBreak, new Segment(text, line[0].Style)]);

        private static Segment Plain(Segment segment) =>
            segment.IsControlCode || segment.IsLineBreak || PlainWriter.Plain(segment.Text) is var text && text == segment.Text ? segment : new Segment(PlainWriter.Plain(segment.Text), segment.Style);
    }
}
