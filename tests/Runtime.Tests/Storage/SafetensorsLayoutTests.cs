using System.Buffers.Binary;
using System.Text;
using FashionCnn.Storage;
using Xunit;

namespace FashionCnn.Runtime.Tests.Storage;

/// <summary>Headers whose sums come out right although the tensors' places or sizes cannot be.</summary>
public sealed class SafetensorsLayoutTests : IDisposable
{
    private readonly TemporaryFolder folder = new();

    public void Dispose() => folder.Dispose();

    [Theory]
    [InlineData("""{"a":{"dtype":"F32","shape":[2],"data_offsets":[0,8]},"b":{"dtype":"F32","shape":[2],"data_offsets":[4,12]},"c":{"dtype":"F32","shape":[],"data_offsets":[0,4]}}""", 20, "overlap or leave a gap")]
    [InlineData("""{"a":{"dtype":"F32","shape":[2],"data_offsets":[0,8]},"b":{"dtype":"F32","shape":[2],"data_offsets":[0,8]}}""", 16, "overlap or leave a gap")]
    [InlineData("""{"a":{"dtype":"F32","shape":[4611686018427387904],"data_offsets":[0,0]}}""", 0, "the offsets of a do not match")]
    [InlineData("""{"a":{"dtype":"F32","shape":[9223372036854775807,4],"data_offsets":[0,4]}}""", 4, "the offsets of a do not match")]
    [InlineData("""{"a":{"dtype":"F32","shape":[-1,-2],"data_offsets":[0,8]}}""", 8, "the offsets of a do not match")]
    public void Places_that_cannot_be_are_refused(string header, int bytes, string message)
    {
        Write(header, bytes);

        var exception = Assert.Throws<InputException>(() => SafetensorsFile.Open(folder.File("w")));

        Assert.StartsWith(folder.File("w"), exception.Message, StringComparison.Ordinal);
        Assert.Contains(message, exception.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_tensor_without_values_is_read()
    {
        Write("""{"b":{"dtype":"F32","shape":[1],"data_offsets":[0,4]},"a":{"dtype":"F32","shape":[0,3],"data_offsets":[0,0]}}""", 4);

        using var file = SafetensorsFile.Open(folder.File("w"));
        using var tensor = file.Read("a");
        Assert.Equal([0, 3], tensor.shape);
    }

    private void Write(string header, int bytes)
    {
        var text = Encoding.UTF8.GetBytes(header);
        var length = new byte[8];
        BinaryPrimitives.WriteInt64LittleEndian(length, text.Length);
        File.WriteAllBytes(folder.File("w"), [.. length, .. text, .. new byte[bytes]]);
    }
}
