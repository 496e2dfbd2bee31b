using Spectre.Console.Rendering;

namespace FashionCnn.CommandLine;

/// <summary>Keeps control characters in what is shown on a console from reaching the terminal, see <see cref="PlainWriter"/>. The console's own pass.</summary>
internal sealed class PlainText : IRenderHook
{
    /// <inheritdoc/>
    public IEnumerable<IRenderable> Process(RenderOptions options, IEnumerable<IRenderable> renderables) => renderables.Select(renderable => new Shown(renderable));

    private sealed class Shown(IRenderable content) : IRenderable
    {
        public Measurement Measure(RenderOptions options, int maxWidth) => content.Measure(options, maxWidth);

        public IEnumerable<Segment> Render(RenderOptions options, int maxWidth) => content.Render(options, maxWidth)
            .Select(segment => segment.IsControlCode || segment.IsLineBreak || PlainWriter.Plain(segment.Text) is var text && text == segment.Text
                ? segment
                : new Segment(PlainWriter.Plain(segment.Text), segment.Style));
    }
}
