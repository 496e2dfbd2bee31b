using BitMiracle.LibJpeg.Classic;

namespace FashionCnn.Data;

/// <summary>
/// Looks for damage in the data of a JPEG file. Skia draws what it can and says nothing; this decoder keeps to the format's reference
/// implementation and says what it had to pass over.
/// </summary>
internal static class JpegDamage
{
    /// <summary>Decodes a file that Skia has decoded.</summary>
    /// <param name="content">The file.</param>
    /// <param name="isCertain">The picture is damaged. Otherwise there is only more than belongs there, as some cameras write it, or a coding that this decoder does not know.</param>
    /// <returns>What is wrong, as a clause, or what is to be known of an image that is used; null when nothing is.</returns>
    public static string? Find(byte[] content, out bool isCertain)
    {
        var listener = new Listener();
        try
        {
            using var stream = new MemoryStream(content);
            var decoder = new jpeg_decompress_struct(listener);
            decoder.jpeg_stdio_src(stream);
            _ = decoder.jpeg_read_header(require_image: true);
            // As it is in the file: only the data is of interest, not the colors.
            decoder.Out_color_space = decoder.Jpeg_color_space;
            _ = decoder.jpeg_start_decompress();
            var row = new[] { new byte[decoder.Output_width * decoder.Output_components] };
            while (decoder.Output_scanline < decoder.Output_height)
            {
                _ = decoder.jpeg_read_scanlines(row, 1);
            }

            _ = decoder.jpeg_finish_decompress();
        }
        catch (Exception exception) when (exception is not OutOfMemoryException)
        {
            // The library has no exception of its own.
            isCertain = !listener.IsUnknownCoding;
            return isCertain ? "its data does not follow the format" : "not checked for damage, because its coding is rare";
        }

        isCertain = listener.IsDamaged;
        return isCertain ? "its data does not follow the format" : listener.HasMore ? "perhaps damaged: its data has extra bytes" : null;
    }

    private sealed class Listener : jpeg_error_mgr
    {
        public bool IsDamaged { get; private set; }

        public bool HasMore { get; private set; }

        public bool IsUnknownCoding { get; private set; }

        public override void error_exit()
        {
            // Such as arithmetic coding, which Skia decodes. Here, too, only the text tells.
            var text = format_message();
            IsUnknownCoding = text.StartsWith("Not implemented", StringComparison.Ordinal) || text.StartsWith("Unsupported JPEG", StringComparison.Ordinal);
            base.error_exit();
        }

        public override void emit_message(int msg_level)
        {
            // -1 is a warning, others are a trace. The text is the only thing that tells warnings apart.
            if (msg_level >= 0)
            {
                return;
            }

            var text = format_message();
            if (text.Contains("extraneous", StringComparison.Ordinal))
            {
                HasMore = true;
            }
            else if (text.StartsWith("Corrupt JPEG data", StringComparison.Ordinal))
            {
                IsDamaged = true;
            }
        }

        public override void output_message()
        {
        }
    }
}
