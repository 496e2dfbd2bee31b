using System.Text;
using Xunit;

namespace FashionCnn.CommandLine.Tests;

public sealed class FormatTests : IDisposable
{
    private const string Written = "{\"version\":1, // one\n\"layers\":[{\"type\":\"Flatten\"},]}";

    private const string LaidOut = "{\n  \"version\": 1, // one\n  \"layers\": [\n    { \"type\": \"Flatten\" }\n  ]\n}\n";

    private readonly TestProgram program = new();

    public FormatTests() => Directory.CreateDirectory(Path.Combine(program.Folder, "specs"));

    public void Dispose() => program.Dispose();

    [Fact]
    public void It_lays_out_what_is_not_and_leaves_the_rest_alone()
    {
        Write("specs/a.json", Written);
        Write("specs/b.json", LaidOut);
        var before = File.GetLastWriteTimeUtc(PathOf("specs/b.json"));

        Assert.Equal(0, program.Run("format"));

        Assert.Equal("Formatted specs/a.json.\n2 specs: 1 changed, 1 in the layout\n", program.Output);
        Assert.Equal(LaidOut, program.Read("specs/a.json"));
        Assert.Equal(before, File.GetLastWriteTimeUtc(PathOf("specs/b.json")));

        Assert.Equal(0, program.Run("format"));
        Assert.Equal("2 specs: 0 changed, 2 in the layout\n", program.Output);
    }

    [Fact]
    public void To_check_it_writes_nothing_and_the_exit_code_tells()
    {
        Write("specs/a.json", Written);

        Assert.Equal(1, program.Run("format", "--check", "specs/a.json"));
        Assert.Equal("specs/a.json would change.\n1 spec: 1 would change, 0 in the layout\n", program.Output);
        Assert.Equal(Written, program.Read("specs/a.json"));

        Write("specs/a.json", LaidOut);
        Assert.Equal(0, program.Run("format", "--check", "specs/a.json"));
    }

    [Fact]
    public void What_is_not_JSON_stays_byte_for_byte_and_others_are_laid_out()
    {
        byte[] broken = [.. "{ \"version\": 1, \"layers\": [ }"u8, 0xFF];
        File.WriteAllBytes(PathOf("specs/a.json"), broken);
        Write("specs/b.json", Written);

        Assert.Equal(2, program.Run("format"));

        Assert.Equal(broken, File.ReadAllBytes(PathOf("specs/a.json")));
        Assert.Equal(LaidOut, program.Read("specs/b.json"));
        Assert.StartsWith("specs/a.json(1,30): error FCNN0005: ", program.Error, StringComparison.Ordinal);
        Assert.EndsWith("2 specs: 1 changed, 0 in the layout, 1 not JSON and left alone\n", program.Output, StringComparison.Ordinal);
    }

    [Fact]
    public void Byte_order_mark_and_line_endings_stay()
    {
        File.WriteAllText(PathOf("specs/a.json"), Written.Replace("\n", "\r\n", StringComparison.Ordinal), new UTF8Encoding(encoderShouldEmitUTF8Identifier: true));

        Assert.Equal(0, program.Run("format"));

        Assert.Equal([0xEF, 0xBB, 0xBF, .. Encoding.UTF8.GetBytes(LaidOut.Replace("\n", "\r\n", StringComparison.Ordinal))], File.ReadAllBytes(PathOf("specs/a.json")));
    }

    [Theory]
    [InlineData(550_000, true)]
    [InlineData(1 << 20, false)]
    [InlineData(3 << 20, false)]
    public void A_large_file_is_laid_out_whole_or_left_alone(int characters, bool isSpec)
    {
        // Of two bytes each, so that there are more bytes than the characters that a spec may have.
        var comment = $"// {new string('é', characters)}\n";
        Write("specs/a.json", comment + Written);

        Assert.Equal(isSpec ? 0 : 2, program.Run("format"));

        Assert.Equal(comment + (isSpec ? LaidOut : Written), program.Read("specs/a.json"));
        Assert.Equal(isSpec ? string.Empty : "specs/a.json(1,1): error FCNN0004: ", program.Error[..Math.Min(program.Error.Length, 35)]);
    }

    private string PathOf(string file) => Path.Combine(program.Folder, file);

    private void Write(string file, string text) => File.WriteAllText(PathOf(file), text);
}
