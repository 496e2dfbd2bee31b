using System.Text;
using System.Text.RegularExpressions;
using FashionCnn.Compiler.Layers;
using FashionCnn.Compiler.Training;

namespace FashionCnn.Generator.Tests.Fuzz;

/// <summary>Makes damaged specs out of sound ones: by bytes, as a broken disk or a wrong encoding does, and by tokens, as an author does.</summary>
internal sealed partial class SpecMutator(IReadOnlyList<byte[]> sound, IReadOnlyList<byte[]> faulty)
{
    // Values at and beyond the limits, words that mean something elsewhere, brackets that open and do not close.
    private static readonly string[] Tokens =
    [
        "{", "}", "[", "]", ",", ":", "\"", "//", "/*", "*/", "\n", "null", "true", "false", "NaN", "'x'",
        "0", "1", "-1", "2", "7", "64", "1000", "1001", "65536", "65537", "2147483647", "2147483648", "-9223372036854775809", "123456789012345678901234567890",
        "0.5", "1e999", "1e-400", "-0", "1.0", "01", "0x1F", "\"\"", "\"$\"", "\"$filters\"", "\"$block\"", "\"\\u0000\"", "\"\\ud800\"", "\"größe\"", "\uFEFF", "\u2028", "\uFFFD", "𝕏",
        "{}", "[]", "[[]]", "[1, 2]", "[3, 3, 3]", "[[1, 2], [3, 4]]", "{ \"block\": \"a\" }", "{ \"repeat\": 1000, \"layers\": [", "{ \"type\": \"Add\", \"branches\": [[], [", "]] }",
        "{ \"type\": \"Flatten\" }", "{ \"type\": \"Dense\", \"units\": 10 }", "{ \"type\": \"Conv2D\", \"filters\": 8, \"kernel_size\": 3 }",
        .. new[] { "version", "name", "description", "input", "shape", "blocks", "layers", "training", "type", "repeat", "block", "parameters", "branches", "valid", "same", "optimizer" }.Select(word => $"\"{word}\""),
        .. LayerTable.Kinds.Select(kind => $"\"{kind.Type}\""),
        .. LayerTable.Kinds.SelectMany(kind => kind.Table.Keys).Concat(TrainingTable.Keys.Keys).Select(key => key.Name).Distinct().Select(name => $"\"{name}\""),
    ];

    /// <summary>The text number <paramref name="index"/>; the same at every call.</summary>
    public byte[] Mutate(int index)
    {
        var random = new Random(index);
        var bytes = Pick(random);
        for (var count = random.Next(1, 5); count > 0; count--)
        {
            bytes = random.Next(4) == 0 ? MutateBytes(bytes, random) : MutateTokens(bytes, random);
        }

        return bytes;
    }

    private byte[] Pick(Random random) => random.Next(3) == 0 ? faulty[random.Next(faulty.Count)] : sound[random.Next(sound.Count)];

    private static byte[] MutateBytes(byte[] bytes, Random random)
    {
        var at = random.Next(bytes.Length + 1);
        var rest = Math.Min(bytes.Length - at, random.Next(1, 9));
        return random.Next(5) switch
        {
            0 => [.. bytes[..at], (byte)random.Next(256), .. bytes[at..]],
            1 => [.. bytes[..at], .. bytes[(at + rest)..]],
            2 => bytes[..at],
            3 => [.. bytes[..at], .. bytes[at..(at + rest)], .. bytes[at..]],
            _ => bytes.Select((value, place) => place == at ? (byte)(value ^ (1 << random.Next(8))) : value).ToArray(),
        };
    }

    private byte[] MutateTokens(byte[] bytes, Random random)
    {
        var tokens = Token().Matches(Encoding.UTF8.GetString(bytes)).Select(match => match.Value).ToList();
        var (at, other) = (random.Next(tokens.Count + 1), random.Next(tokens.Count + 1));
        var (from, to) = (Math.Min(at, other), Math.Min(Math.Max(at, other), Math.Min(at, other) + 40));
        var word = Tokens[random.Next(Tokens.Length)];
        switch (random.Next(7))
        {
            case 0:
                tokens.Insert(at, word);
                break;
            case 1 when at < tokens.Count:
                tokens[at] = word;
                break;
            case 2 when at < tokens.Count:
                tokens.RemoveAt(at);
                break;
            case 3:
                tokens.RemoveRange(from, to - from);
                break;
            case 4:
                tokens.InsertRange(at, tokens.GetRange(from, to - from));
                break;
            case 5 when at < tokens.Count && other < tokens.Count:
                (tokens[at], tokens[other]) = (tokens[other], tokens[at]);
                break;
            default:
                // A stretch of another spec, where one of the same length stood.
                var foreign = Token().Matches(Encoding.UTF8.GetString(Pick(random))).Select(match => match.Value).ToList();
                var start = random.Next(foreign.Count + 1);
                tokens.RemoveRange(from, to - from);
                tokens.InsertRange(from, foreign.GetRange(start, Math.Min(to - from, foreign.Count - start)));
                break;
        }

        return Encoding.UTF8.GetBytes(string.Concat(tokens));
    }

    [GeneratedRegex("""\s+|"(?:[^"\\]|\\.)*"|[A-Za-z0-9_.+-]+|.""", RegexOptions.Singleline)]
    private static partial Regex Token();
}
