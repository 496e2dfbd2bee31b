using System.Text.Json;

namespace FashionCnn.Compiler.Syntax;

/// <summary>Reads a spec's text into a tree in which every token knows its place.</summary>
internal static class JsonParser
{
    public const int MaxLength = 1024 * 1024;
    public const int MaxDepth = 64;

    private static readonly JsonReaderOptions Options = new()
    {
        AllowTrailingCommas = true,
        MaxDepth = MaxDepth + 2,
    };

    /// <summary>The tree, or null and one error at the place where reading stopped.</summary>
    public static JsonNode? Parse(string text, out SyntaxError? error)
    {
        error = null;
        if (text.Length > MaxLength)
        {
            error = new SyntaxError(SyntaxErrorKind.TooLarge, new TextSpan(0, 0));
            return null;
        }

        var replaced = text.IndexOf('\uFFFD');
        if (replaced >= 0)
        {
            error = new SyntaxError(SyntaxErrorKind.NotUtf8, new TextSpan(replaced, 1));
            return null;
        }

        // A byte-order mark that is still there is not part of the spec.
        var utf8 = new Utf8Text(Comments.Blanked(text.Length > 0 && text[0] == '\uFEFF' ? " " + text.Substring(1) : text));
        var reader = new Utf8JsonReader(utf8.Bytes, Options);
        var state = new State(utf8, text);
        try
        {
            state.Read(ref reader);
            var root = state.Value(ref reader);
            if (root is not null)
            {
                // Reading on finds whatever follows the value.
                state.Read(ref reader);
            }

            error = state.Error;
            return root;
        }
        catch (JsonException)
        {
            error = SyntaxFault.Find(text, state.Stop());
            return null;
        }
    }

    /// <summary>What reading needs besides the reader, which as a ref struct cannot be in a closure or a field.</summary>
    private sealed class State(Utf8Text utf8, string text)
    {
        private readonly Stack<bool> openObjects = new();
        private int consumed;
        private JsonTokenType last = JsonTokenType.None;

        /// <summary>What kept a value from being read that the reader itself can read.</summary>
        public SyntaxError? Error { get; private set; }

        /// <summary>Where reading stopped: after the last good token, inside which brackets.</summary>
        public SyntaxStop Stop() => new(utf8.ToCharacter(consumed), last, openObjects.Count == 0 ? null : openObjects.Peek());

        public void Read(ref Utf8JsonReader reader)
        {
            reader.Read();
            consumed = (int)reader.BytesConsumed;
            last = reader.TokenType;
        }

        /// <summary>The value that starts at the reader's token; null when it is nested too deeply or cannot be decoded.</summary>
        public JsonNode? Value(ref Utf8JsonReader reader)
        {
            var start = utf8.ToCharacter((int)reader.TokenStartIndex);
            switch (reader.TokenType)
            {
                case JsonTokenType.StartObject:
                    return Nested(ref reader, start, isObject: true);
                case JsonTokenType.StartArray:
                    return Nested(ref reader, start, isObject: false);
                case JsonTokenType.String:
                    var value = Text(ref reader, start);
                    return value is null ? null : new JsonString(SpanFrom(start, ref reader), value);
                case JsonTokenType.Number:
                    var span = SpanFrom(start, ref reader);
                    return new JsonNumber(span, text.Substring(span.Start, span.Length));
                case JsonTokenType.True:
                case JsonTokenType.False:
                    return new JsonBoolean(SpanFrom(start, ref reader), reader.TokenType == JsonTokenType.True);
                default:
                    return new JsonNull(SpanFrom(start, ref reader));
            }
        }

        private JsonNode? Nested(ref Utf8JsonReader reader, int start, bool isObject)
        {
            if (openObjects.Count == MaxDepth)
            {
                Error = new SyntaxError(SyntaxErrorKind.TooDeep, new TextSpan(start, 1));
                return null;
            }

            openObjects.Push(isObject);
            JsonNode? node = isObject ? Object(ref reader, start) : Array(ref reader, start);
            openObjects.Pop();
            return node;
        }

        private JsonObject? Object(ref Utf8JsonReader reader, int start)
        {
            var members = new List<JsonMember>();
            while (true)
            {
                Read(ref reader);
                if (reader.TokenType == JsonTokenType.EndObject)
                {
                    return new JsonObject(SpanFrom(start, ref reader), members.ToEquatableArray());
                }

                var nameStart = utf8.ToCharacter((int)reader.TokenStartIndex);
                var name = Text(ref reader, nameStart);
                // The span of a key ends with its quote; what the reader consumed goes on to the colon.
                var nameEnd = utf8.ToCharacter((int)reader.TokenStartIndex + reader.ValueSpan.Length + 2);
                if (name is null)
                {
                    return null;
                }

                Read(ref reader);
                if (Value(ref reader) is not { } value)
                {
                    return null;
                }

                members.Add(new JsonMember(name, TextSpan.FromBounds(nameStart, nameEnd), value));
            }
        }

        private JsonArray? Array(ref Utf8JsonReader reader, int start)
        {
            var items = new List<JsonNode>();
            while (true)
            {
                Read(ref reader);
                if (reader.TokenType == JsonTokenType.EndArray)
                {
                    return new JsonArray(SpanFrom(start, ref reader), items.ToEquatableArray());
                }

                if (Value(ref reader) is not { } item)
                {
                    return null;
                }

                items.Add(item);
            }
        }

        private string? Text(ref Utf8JsonReader reader, int start)
        {
            try
            {
                return reader.GetString();
            }
            catch (InvalidOperationException)
            {
                // An escape such as \ud800 without its other half.
                var end = utf8.ToCharacter((int)reader.TokenStartIndex + reader.ValueSpan.Length + 2);
                Error = new SyntaxError(SyntaxErrorKind.InvalidString, TextSpan.FromBounds(start, end), "contains half of a surrogate pair; write both halves, as in \"\\ud83d\\ude00\", or the character itself");
                return null;
            }
        }

        private TextSpan SpanFrom(int start, ref Utf8JsonReader reader) =>
            TextSpan.FromBounds(start, utf8.ToCharacter((int)reader.BytesConsumed));
    }
}

/// <summary>Where reading stopped.</summary>
/// <param name="Position">The end of the last good token, in characters.</param>
/// <param name="Last">The last good token.</param>
/// <param name="InObject">Inside an object, inside an array, or, when null, at the top.</param>
internal readonly record struct SyntaxStop(int Position, JsonTokenType Last, bool? InObject);
