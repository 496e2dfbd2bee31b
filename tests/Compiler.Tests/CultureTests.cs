using System.Globalization;
using Xunit;

namespace FashionCnn.Compiler.Tests;

/// <summary>What a spec becomes, and what is said of it, is the same wherever it is compiled.</summary>
public sealed class CultureTests : IDisposable
{
    private static readonly string[] Folders = ["valid", "invalid"];

    private readonly CultureInfo before = CultureInfo.CurrentCulture;

    public static TheoryData<string> Specs =>
        [.. Folders.SelectMany(folder => Directory.GetFiles(Path.Combine(Repository.Fixtures, folder), "*.json")).Select(path => Path.GetRelativePath(Repository.Fixtures, path)).Order(StringComparer.Ordinal)];

    // As in Swedish, where a minus sign is no hyphen, and with everything else that a culture can change about a number.
    private static CultureInfo Foreign { get; } = new("")
    {
        NumberFormat = { NegativeSign = "\u2212", NumberDecimalSeparator = ",", NumberGroupSeparator = ".", PositiveSign = "plus" },
    };

    public void Dispose() => CultureInfo.CurrentCulture = before;

    [Theory]
    [MemberData(nameof(Specs))]
    public void A_spec_is_compiled_alike_in_every_culture(string name)
    {
        var path = Path.Combine(Repository.Fixtures, name);
        var text = File.ReadAllText(path);
        var expected = Compiled();

        CultureInfo.CurrentCulture = Foreign;

        Assert.Equal(expected, Compiled());

        string Compiled()
        {
            var spec = SpecCompiler.Compile(path, text);
            return $"{string.Join('\n', spec.Diagnostics)}\n{(spec.Plan is { } plan ? SpecCompiler.Emit(plan, text, path, "Consumer").Source : string.Empty)}";
        }
    }
}
