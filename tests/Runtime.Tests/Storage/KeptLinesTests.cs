using FashionCnn.Storage;
using Xunit;

namespace FashionCnn.Runtime.Tests.Storage;

public sealed class KeptLinesTests : IDisposable
{
    private readonly TemporaryFolder folder = new();

    public void Dispose() => folder.Dispose();

    [Theory]
    [InlineData("one line")]
    [InlineData("two\nlines")]
    [InlineData("ended\r\n")]
    public void What_is_kept_under_any_key_is_found(string key)
    {
        var kept = new KeptLines(folder.File("kept"));
        Assert.Null(kept.Read(key));

        kept.Write(key, ["a", "b"]);

        Assert.Equal(["a", "b"], new KeptLines(folder.File("kept")).Read(key)!);
        Assert.Null(kept.Read(key + "!"));
    }
}
