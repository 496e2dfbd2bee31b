using System.Text.Json;
using System.Text.RegularExpressions;

namespace FashionCnn.Compiler.Syntax;

/// <summary>
/// Makes a tree of any text, also of one that is being written: strings without an end, missing commas, colons, values and brackets.
/// It reports nothing: what is wrong with the text is what <see cref="JsonParser"/> says.
/// </summary>
internal sealed class RecoveringParser
{
    private static readonly Regex Number = new(@"^-?\d+(\.\d+)?([eE][+-]?\d+)?$", RegexOptions.CultureInvariant);

    private readonly string text;

    // Of the brackets around the place, whether each is an object's.
    private readonly Stack<bool> open = new();
    private int place;

    // The end of the line on which a string has no end.
    private int openUntil;

    private RecoveringParser(string text) => this.text = text;

    /// <summary>The tree; an empty object for a text that is too long.</summary>
    public static JsonNode Parse(string text) =>
        text.Length > JsonParser.MaxLength ? new JsonObject(new TextSpan(0, 0), []) : new RecoveringParser(text).Root();

    private JsonNode Root()
    {
        SkipTrivia();
        while (place < text.Length && text[place] is not ('{' or '['))
        {
            place++;
            SkipTrivia();
        }

        return place < text.Length ? Value() : new JsonObject(new TextSpan(text.Length, 0), []);
    }

    private JsonNode Value()
    {
        switch (place < text.Length ? text[place] : '\0')
        {
            case '{' or '[' when open.Count >= JsonParser.MaxDepth:
                return new UnknownNode(new TextSpan(place++, 1));
            case '{':
                return Nested(isObject: true);
            case '[':
                return Nested(isObject: false);
            case '"':
                var start = place;
                var value = String(isKey: false);
                return new JsonString(TextSpan.FromBounds(start, place), value);
            default:
                return Word();
        }
    }

    private JsonNode Nested(bool isObject)
    {
        open.Push(isObject);
        var start = place++;
        JsonNode node = isObject ? Object(start) : Array(start);
        open.Pop();
        return node;
    }

    private JsonObject Object(int start)
    {
        var members = new List<JsonMember>();
        while (true)
        {
            SkipTrivia(',', ':');
            if (place == text.Length || text[place] == '}' || EndsObject())
            {
                place += place < text.Length && text[place] == '}' ? 1 : 0;
                return new JsonObject(TextSpan.FromBounds(start, place), members.ToEquatableArray());
            }

            if (text[place] is '{' or '[' or ']')
            {
                // Nothing that a member can begin with, and nothing that ends a bracket further out.
                place++;
                continue;
            }

            var nameStart = place;
            var name = text[place] == '"' ? String(isKey: true) : Bare();
            members.Add(new JsonMember(name, TextSpan.FromBounds(nameStart, place), MemberValue()));
        }
    }

    // A bracket of an array around it, or an entry that begins where a key is expected: the closing brace was forgotten.
    private bool EndsObject() => (text[place] == ']' && open.Contains(false)) || (text[place] == '{' && open.Count > 1 && !open.Skip(1).First());

    private JsonNode MemberValue()
    {
        SkipTrivia();
        if (place < text.Length && text[place] == ':')
        {
            var colon = place++;
            SkipTrivia();
            return IsNextMember() || IsNextEntry(colon) ? Missing() : Value();
        }

        return place < text.Length && text[place] is '"' or '{' or '[' && !IsNextMember() && !EndsObject() ? Value() : Missing();
    }

    // In a list, an object on a line of its own is rather the next entry than the value of the last key.
    private bool IsNextEntry(int colon) =>
        place < text.Length && text[place] == '{' && open.Count > 1 && !open.Skip(1).First() && text.IndexOf('\n', colon, place - colon) >= 0;

    private JsonArray Array(int start)
    {
        var items = new List<JsonNode>();
        while (true)
        {
            SkipTrivia(',', ':');
            if (place == text.Length || text[place] == ']' || (text[place] == '}' && open.Contains(true)) || (open.Count > 1 && open.Skip(1).First() && IsNextMember()))
            {
                place += place < text.Length && text[place] == ']' ? 1 : 0;
                return new JsonArray(TextSpan.FromBounds(start, place), items.ToEquatableArray());
            }

            if (text[place] == '}')
            {
                place++;
                continue;
            }

            items.Add(Value());
        }
    }

    private UnknownNode Missing() => new(new TextSpan(place, 0));

    private JsonNode Word()
    {
        var start = place;
        var word = Bare();
        var span = TextSpan.FromBounds(start, place);
        return word switch
        {
            "true" or "false" => new JsonBoolean(span, word == "true"),
            "null" => new JsonNull(span),
            _ => Number.IsMatch(word) ? new JsonNumber(span, word) : new UnknownNode(span),
        };
    }

    private string Bare()
    {
        var start = place;
        while (place < text.Length && text[place] is not (',' or ':' or '{' or '}' or '[' or ']' or '"') && !char.IsWhiteSpace(text[place]))
        {
            place++;
        }

        return text.Substring(start, place - start);
    }

    /// <summary>The string at the place is followed by a colon: it is the key of a member.</summary>
    private bool IsNextMember()
    {
        if (place == text.Length || text[place] != '"' || Closing(place) is not { } end)
        {
            return false;
        }

        var (here, next) = (place, 0);
        place = end + 1;
        SkipTrivia();
        (place, next) = (here, place);
        return next < text.Length && text[next] == ':';
    }

    private string String(bool isKey)
    {
        var start = place;
        var closing = Closing(start);
        if (closing is { } end && IsFollowedWell(end + 1, isKey))
        {
            place = end + 1;
            return Unescaped(text.Substring(start + 1, end - start - 1));
        }

        // A quote so far away ends another string: as where there is none, it is not looked for again.
        openUntil = Math.Max(openUntil, closing ?? 0);
        // Its end was forgotten: it ends where something comes that is rarely part of a word.
        place = start + 1;
        while (place < text.Length && text[place] is not (',' or ':' or '{' or '}' or '[' or ']' or '"' or '\n' or '\r'))
        {
            place++;
        }

        var value = text.Substring(start + 1, place - start - 1).TrimEnd();
        place = start + 1 + value.Length;
        return value;
    }

    /// <summary>The quote that ends the string that begins at a place; null for none on its line.</summary>
    private int? Closing(int start)
    {
        // Where a string has no end, it is looked for once: behind it on the line, a backslash counts for nothing.
        var escapes = start >= openUntil;
        var i = start + 1;
        for (; i < text.Length && text[i] is not ('\n' or '\r'); i++)
        {
            if (text[i] == '"')
            {
                return i;
            }

            i += escapes && text[i] == '\\' ? 1 : 0;
        }

        openUntil = Math.Max(openUntil, i);
        return null;
    }

    private bool IsFollowedWell(int next, bool isKey)
    {
        while (next < text.Length && text[next] is ' ' or '\t')
        {
            next++;
        }

        return next >= text.Length || text[next] is ',' or '}' or ']' or '\n' or '\r' or '/' or '"' || (isKey ? text[next] == ':' : text[next] == '{');
    }

    private static string Unescaped(string value)
    {
        if (value.IndexOf('\\') < 0)
        {
            return value;
        }

        try
        {
            using var document = JsonDocument.Parse($"\"{value}\"");
            return document.RootElement.GetString()!;
        }
        catch (Exception exception) when (exception is JsonException or InvalidOperationException)
        {
            return value;
        }
    }

    private void SkipTrivia(params char[] others)
    {
        while (place < text.Length)
        {
            if (char.IsWhiteSpace(text[place]) || text[place] == '\uFEFF' || System.Array.IndexOf(others, text[place]) >= 0)
            {
                place++;
            }
            else if (text[place] == '/' && place + 1 < text.Length && text[place + 1] is '/' or '*')
            {
                var end = text[place + 1] == '/' ? text.IndexOfAny(['\n', '\r'], place) : text.IndexOf("*/", place + 2, StringComparison.Ordinal) + 2;
                place = end < place + 2 ? text.Length : end;
            }
            else
            {
                return;
            }
        }
    }
}
