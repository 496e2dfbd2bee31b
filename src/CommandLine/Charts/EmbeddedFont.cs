using ScottPlot;
using SkiaSharp;

namespace FashionCnn.CommandLine.Charts;

/// <summary>
/// The font of all charts, DejaVu Sans, from this assembly: on a machine without any font the text of a chart would be missing
/// without a word.
/// </summary>
internal sealed class EmbeddedFont : IFontResolver
{
    public const string Name = "DejaVu Sans";

    private const string Resource = "FashionCnn.CommandLine.Charts.Fonts.DejaVuSans.ttf";

    private static readonly Lazy<EmbeddedFont> Registered = new(() =>
    {
        var font = new EmbeddedFont();
        // Before the system's: a chart looks the same everywhere.
        Fonts.FontResolvers.Insert(0, font);
        return font;
    });

    private EmbeddedFont()
    {
    }

    /// <summary>Registers the font once per process.</summary>
    public static void Register() => _ = Registered.Value;

    /// <inheritdoc/>
    public SKTypeface? CreateTypeface(string fontName, bool bold, bool italic)
    {
        if (fontName != Name)
        {
            return null;
        }

        using var resource = typeof(EmbeddedFont).Assembly.GetManifestResourceStream(Resource);
        return SKTypeface.FromStream(resource);
    }

    /// <inheritdoc/>
    public SKTypeface? CreateTypeface(string fontName, FontWeight weight, FontSlant slant, FontSpacing spacing) =>
        CreateTypeface(fontName, bold: false, italic: false);
}
