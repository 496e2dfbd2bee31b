using System.Globalization;
using System.Text;
using System.Text.Json;
using System.Text.Json.Serialization;

namespace FashionCnn.LanguageServer;

/// <summary>
/// Reads strings with half a surrogate pair, too: an editor sends one when a change splits a pair, and a server that drops the change has another text
/// than the editor from then on.
/// </summary>
internal sealed class TextConverter : JsonConverter<string>
{
    /// <inheritdoc/>
    public override string? Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options)
    {
        if (reader.TokenType != JsonTokenType.String)
        {
            throw new JsonException();
        }

        try
        {
            return reader.GetString();
        }
        catch (InvalidOperationException)
        {
            var bytes = new byte[reader.HasValueSequence ? checked((int)reader.ValueSequence.Length) : reader.ValueSpan.Length];
            if (reader.HasValueSequence)
            {
                System.Buffers.BuffersExtensions.CopyTo(reader.ValueSequence, bytes);
            }
            else
            {
                reader.ValueSpan.CopyTo(bytes);
            }

            return Unescaped(Encoding.UTF8.GetString(bytes));
        }
    }

    /// <inheritdoc/>
    public override void Write(Utf8JsonWriter writer, string value, JsonSerializerOptions options) => writer.WriteStringValue(value);

    // The reader has found that the escapes are JSON's.
    private static string Unescaped(string text)
    {
        var result = new StringBuilder(text.Length);
        for (var i = 0; i < text.Length; i++)
        {
            if (text[i] != '\\')
            {
                result.Append(text[i]);
                continue;
            }

            i++;
            if (text[i] == 'u')
            {
                result.Append((char)int.Parse(text.AsSpan(i + 1, 4), NumberStyles.HexNumber, CultureInfo.InvariantCulture));
                i += 4;
            }
            else
            {
                result.Append(text[i] switch { 'b' => '\b', 'f' => '\f', 'n' => '\n', 'r' => '\r', 't' => '\t', var same => same });
            }
        }

        return result.ToString();
    }
}
