using System.Globalization;
using System.Net;
using System.Runtime.CompilerServices;
using System.Text;

namespace FashionCnn.CommandLine.Report;

/// <summary>
/// Text that is HTML already. The only ways to it are a template, which escapes every value in it that is not markup itself, and the
/// report's own resources: nothing that a spec or a run's file says can become a tag.
/// </summary>
internal sealed class Markup
{
    /// <summary>No text.</summary>
    public static readonly Markup None = new(string.Empty);

    private readonly string text;

    private Markup(string text) => this.text = text;

    /// <summary>Fills a template; numbers are written as everywhere, not as in one country.</summary>
    public static Markup Of(Template template) => new(template.ToString());

    /// <summary>A text of this assembly, such as its style sheet, unchanged.</summary>
    public static Markup Resource(string name)
    {
        using var reader = new StreamReader(typeof(Markup).Assembly.GetManifestResourceStream($"FashionCnn.CommandLine.Report.{name}")!, Encoding.UTF8);
        return new Markup(reader.ReadToEnd());
    }

    /// <inheritdoc/>
    public override string ToString() => text;

    /// <summary>Receives an interpolated string.</summary>
    [InterpolatedStringHandler]
    internal readonly struct Template
    {
        private readonly StringBuilder text;

        public Template(int literalLength, int formattedCount) => text = new StringBuilder(literalLength + (16 * formattedCount));

        public void AppendLiteral(string literal) => text.Append(literal);

        public void AppendFormatted(Markup? markup) => text.Append(markup?.text);

        public void AppendFormatted(IEnumerable<Markup> parts) => text.AppendJoin('\n', parts);

        public void AppendFormatted(string? value) => text.Append(WebUtility.HtmlEncode(value));

        public void AppendFormatted(IFormattable? value, string? format = null) => AppendFormatted(value?.ToString(format, CultureInfo.InvariantCulture));

        public override string ToString() => text.ToString();
    }
}
