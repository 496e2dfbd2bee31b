using System.Globalization;
using System.Text;
using FashionCnn.Compiler;
using FashionCnn.Compiler.Diagnostics;
using FashionCnn.Compiler.Emit;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.Text;
using Xunit;

namespace FashionCnn.Generator.Tests.Fuzz;

/// <summary>
/// Whatever the text, the compiler ends, does not throw, and either gives a model or says where what is wrong. FASHIONCNN_FUZZ sets the
/// number of damaged specs.
/// </summary>
public sealed class FuzzTests
{
    private const int InSuite = 20_000;

    private static readonly IReadOnlyList<byte[]> Sound = [.. Repository.SpecPaths.Concat(Fixtures("valid")).Select(File.ReadAllBytes)];

    private static readonly IReadOnlyList<byte[]> Faulty = [.. Fixtures("invalid").Select(File.ReadAllBytes).Where(bytes => bytes.Length < 20_000)];

    [Fact]
    public void Damaged_specs_give_a_model_or_located_errors()
    {
        var count = Environment.GetEnvironmentVariable("FASHIONCNN_FUZZ") is { Length: > 0 } text ? int.Parse(text, CultureInfo.InvariantCulture) : InSuite;
        var mutator = new SpecMutator(Sound, Faulty);
        var accepted = 0;

        Parallel.For(0, count, index =>
        {
            if (Check(mutator.Mutate(index), $"damaged spec {index}"))
            {
                _ = Interlocked.Increment(ref accepted);
            }
        });

        // Damage that never hurts, or always at the first bracket, would test little.
        Assert.InRange(accepted, count / 100, count / 2);
    }

    public static TheoryData<string> Bombs => [.. BombTexts.Keys];

    private static Dictionary<string, string> BombTexts { get; } = new()
    {
        ["brackets"] = new string('[', 1_000_000),
        ["objects"] = string.Concat(Enumerable.Repeat("{\"layers\":", 100_000)),
        ["repeat of repeat"] = Spec(string.Concat(Enumerable.Repeat("{\"repeat\":1000,\"layers\":[", 20)) + "{\"type\":\"Flatten\"}" + string.Concat(Enumerable.Repeat("]}", 20))),
        ["repeat of nothing"] = Spec(string.Concat(Enumerable.Repeat("{\"repeat\":1000,\"layers\":[", 20)) + string.Concat(Enumerable.Repeat("]}", 20))),
        ["blocks that double"] = Spec("{\"block\":\"b40\"}", string.Join(',', Enumerable.Range(1, 40).Select(i => $"\"b{i}\":{{\"layers\":[{{\"block\":\"b{i - 1}\"}},{{\"block\":\"b{i - 1}\"}}]}}").Prepend("\"b0\":{\"layers\":[{\"type\":\"Flatten\"}]}"))),
        ["a chain of blocks"] = Spec("{\"block\":\"b20000\"}", string.Join(',', Enumerable.Range(1, 20_000).Select(i => $"\"b{i}\":{{\"layers\":[{{\"block\":\"b{i - 1}\"}}]}}").Prepend("\"b0\":{\"layers\":[{\"type\":\"Flatten\"}]}"))),
        ["a chain of merges in blocks"] = Spec("{\"block\":\"b9000\"}", string.Join(',', Enumerable.Range(1, 9_000).Select(i => $"\"b{i}\":{{\"layers\":[{{\"type\":\"Add\",\"branches\":[[{{\"block\":\"b{i - 1}\"}}],[]]}}]}}").Prepend("\"b0\":{\"layers\":[{\"type\":\"ReLU\"}]}"))),
        ["a long name of a block, used often"] = Spec("{\"repeat\":1000,\"layers\":[{\"repeat\":9,\"layers\":[{\"block\":\"" + new string('n', 400_000) + "\"}]}]}", $"\"{new string('n', 400_000)}\":{{\"layers\":[{{\"type\":\"ReLU\"}}]}}"),
        ["blocks in a circle"] = Spec("{\"block\":\"a\"}", "\"a\":{\"layers\":[{\"block\":\"b\"}]},\"b\":{\"layers\":[{\"block\":\"a\"}]}"),
        ["branches that double"] = Spec(string.Concat(Enumerable.Repeat("{\"type\":\"Add\",\"branches\":[[],[", 12)) + string.Concat(Enumerable.Repeat("]]}", 12))),
        ["blocks of merges that double"] = Spec("{\"block\":\"b30\"}", string.Join(',', Enumerable.Range(1, 30).Select(i => $"\"b{i}\":{{\"layers\":[{{\"type\":\"Add\",\"branches\":[[{{\"block\":\"b{i - 1}\"}}],[{{\"block\":\"b{i - 1}\"}}]]}}]}}").Prepend("\"b0\":{\"layers\":[{\"type\":\"Activation\",\"activation\":\"relu\"}]}"))),
        ["a huge integer"] = Spec($"{{\"type\":\"Dense\",\"units\":{new string('9', 500_000)}}}"),
        ["a long fraction"] = Spec($"{{\"type\":\"Dropout\",\"rate\":0.{new string('1', 500_000)}}}"),
        ["parameters beyond 64 bits"] = Spec(string.Join(',', Enumerable.Repeat("{\"type\":\"Dense\",\"units\":65536}", 3)), input: "[65536,65536,65536]"),
        ["10 MB of white space"] = new string(' ', 10_000_000),
        ["10 MB of text"] = $"\"{new string('x', 10_000_000)}\"",
        ["10,000 errors"] = Spec(string.Join(',', Enumerable.Repeat("{\"type\":\"Conv2d\",\"filter\":1}", 10_000))),
        ["a long unknown word"] = Spec($"{{\"type\":\"{new string('C', 500_000)}\"}}"),
        ["unused blocks"] = Spec("{\"type\":\"Flatten\"}", string.Join(',', Enumerable.Range(0, 20_000).Select(i => $"\"b{i}\":{{\"layers\":[{{\"type\":\"Flatten\"}}]}}"))),
        ["unknown blocks"] = Spec(string.Join(',', Enumerable.Repeat("{\"block\":\"x\"}", 30_000)), string.Join(',', Enumerable.Range(0, 20_000).Select(i => $"\"b{i}\":{{\"layers\":[]}}"))),
        ["parameters without arguments"] = Spec(string.Join(',', Enumerable.Repeat("{\"block\":\"b\"}", 30_000)), $"\"b\":{{\"parameters\":[{string.Join(',', Enumerable.Range(0, 30_000).Select(i => $"\"p{i}\""))}],\"layers\":[]}}"),
        ["arguments without parameters"] = Spec($"{{\"repeat\":1000,\"layers\":[{{\"block\":\"b\",{string.Join(',', Enumerable.Range(0, 50_000).Select(i => $"\"k{i}\":1"))}}}]}}", "\"b\":{\"layers\":[{\"type\":\"Flatten\"}]}"),
        ["unknown keys, repeated"] = Spec($"{{\"repeat\":1000,\"layers\":[{{\"repeat\":1000,\"layers\":[{{\"type\":\"Flatten\",{string.Join(',', Enumerable.Range(0, 400).Select(i => $"\"k{i}\":1"))}}}]}}]}}"),
        ["a long argument, repeated"] = Spec($"{{\"repeat\":1000,\"layers\":[{{\"repeat\":10,\"layers\":[{{\"block\":\"b\",\"x\":[{string.Join(',', Enumerable.Repeat("1", 400_000))}]}}]}}]}}", "\"b\":{\"parameters\":[\"x\"],\"layers\":[{\"type\":\"Conv2D\",\"filters\":8,\"kernel_size\":\"$x\"}]}"),
        ["a word of letters like Latin ones"] = new string('\u0430', 500_000),
        ["an entry of no kind with many keys, repeated"] = Spec($"{{\"repeat\":1000,\"layers\":[{{\"repeat\":100,\"layers\":[{{{string.Join(',', Enumerable.Range(0, 50_000).Select(i => $"\"k{i}\":1"))}}}]}}]}}"),
        ["unknown references, repeated"] = Spec(string.Join(',', Enumerable.Range(0, 8_000).Select(i => $"{{\"type\":\"ReLU\",\"name\":\"n{i}\"}}").Append($"{{\"repeat\":1000,\"layers\":[{{\"type\":\"Add\",\"from\":[{string.Join(',', Enumerable.Repeat("\"zz\"", 90))}]}}]}}"))),
        ["an unknown block among many, repeated"] = Spec("{\"repeat\":1000,\"layers\":[{\"repeat\":90,\"layers\":[{\"block\":\"x\"}]}]}", string.Join(',', Enumerable.Range(0, 20_000).Select(i => $"\"b{i}\":{{\"layers\":[]}}"))),
        ["a long way to many faults"] = Spec(
            "{\"repeat\":1000,\"layers\":[" + string.Join(',', "ZCZCZ".Select(kind => kind == 'Z' ? "{\"type\":\"ZeroPadding2D\"}" : "{\"type\":\"Cropping2D\",\"cropping\":1}")) + "]},"
            + "{\"repeat\":1000,\"layers\":[" + string.Join(',', Enumerable.Repeat("{\"type\":\"GroupNormalization\",\"groups\":7}", 4)) + "]}", input: "[28,28,9]"),
        ["long lists of numbers, repeated"] = Spec($"{{\"repeat\":1000,\"layers\":[{string.Join(',', Enumerable.Repeat($"{{\"type\":\"Normalization\",\"mean\":[{string.Join(',', Enumerable.Repeat("0", 20_000))}],\"variance\":[{string.Join(',', Enumerable.Repeat("1", 20_000))}]}}", 9))}]}}", input: "[1,1,20000]"),
        ["a long list of numbers, named"] = Spec(
            $"{{\"block\":\"b\",\"m\":[{string.Join(',', Enumerable.Repeat("1", 80_000))}]}}",
            $"\"b\":{{\"parameters\":[\"m\"],\"layers\":[{{\"repeat\":1000,\"layers\":[{string.Join(',', Enumerable.Repeat("{\"type\":\"Normalization\",\"mean\":\"$m\",\"variance\":\"$m\"}", 9))}]}}]}}"),
        ["unknown names among many"] = Spec(
            string.Join(',', Enumerable.Range(0, 8_000).Select(i => $"{{\"type\":\"ReLU\",\"name\":\"r{i}\"}}")) + $",{{\"type\":\"Add\",\"from\":[{string.Join(',', Enumerable.Repeat("\"zz\"", 80_000))}]}}"),
        ["100,000 unknown keys"] = Spec($"{{\"type\":\"Flatten\",{string.Join(',', Enumerable.Range(0, 50_000).Select(i => $"\"k{i}\":1"))}}}"),
    };

    [Theory]
    [MemberData(nameof(Bombs))]
    public void Bombs_are_refused_with_located_errors(string name) => Assert.False(Check(Encoding.UTF8.GetBytes(BombTexts[name]), name));

    [Fact]
    public void After_many_errors_one_says_that_there_are_more()
    {
        var errors = SpecCompiler.Compile("many.json", BombTexts["10,000 errors"]).Diagnostics;

        Assert.Equal(501, errors.Count);
        Assert.All(errors.Take(500), error => Assert.NotEqual("FCNN1030", error.Rule.Id));
        Assert.Equal("FCNN1030: the file has more than 500 errors; the rest are not shown", $"{errors[500].Rule.Id}: {errors[500].Message}");
    }

    /// <summary>Whether the text is a model; asserts that its code is C#, or that the errors have places in the text.</summary>
    private static bool Check(byte[] bytes, string name)
    {
        var text = SourceText.From(bytes, bytes.Length, Encoding.UTF8);
        try
        {
            var spec = SpecCompiler.Compile("fuzz.json", text.ToString());
            foreach (var diagnostic in spec.Diagnostics)
            {
                Assert.NotEqual(Descriptors.Internal, diagnostic.Rule);
                var location = RoslynDiagnostic.Of(diagnostic).Location;
                Assert.InRange(location.SourceSpan.End, location.SourceSpan.Start, text.Length);
                // The lines are those that the C# compiler itself would print.
                Assert.Equal(text.Lines.GetLinePositionSpan(location.SourceSpan), location.GetLineSpan().Span);
                Assert.NotEmpty(diagnostic.Message);
                Assert.Equal(diagnostic.Message, RoslynDiagnostic.Of(diagnostic).GetMessage(CultureInfo.InvariantCulture));
            }

            var hasErrors = spec.Diagnostics.Any(diagnostic => diagnostic.Rule.Severity == Severity.Error);
            Assert.Equal(hasErrors, spec.Plan?.Network is null);
            if (spec.Plan is { } plan)
            {
                Assert.DoesNotContain(CSharpSyntaxTree.ParseText(ModelEmitter.Emit(plan, spec.Text, "Consumer")).GetDiagnostics(), diagnostic => diagnostic.Severity == DiagnosticSeverity.Error);
            }

            return !hasErrors;
        }
        catch (Exception exception)
        {
            throw new InvalidOperationException($"{name}:\n{text.ToString()[..Math.Min(text.Length, 4_000)]}", exception);
        }
    }

    private static IEnumerable<string> Fixtures(string folder) =>
        Directory.GetFiles(Path.Combine(Repository.Fixtures, folder), "*.json", SearchOption.AllDirectories).Order(StringComparer.Ordinal);

    private static string Spec(string layers, string blocks = "", string input = "[28,28,1]") =>
        $"{{\"version\":1,\"input\":{{\"shape\":{input}}},\"blocks\":{{{blocks}}},\"layers\":[{layers}]}}";
}
