using System.Buffers.Binary;
using System.Text;
using FashionCnn.Models;
using FashionCnn.Storage;
using Xunit;
using static TorchSharp.torch;

namespace FashionCnn.Runtime.Tests.Storage;

public sealed class SafetensorsTests : IDisposable
{
    private readonly TemporaryFolder folder = new();

    public void Dispose() => folder.Dispose();

    // The layout by hand, from the format's description.
    [Fact]
    public void A_file_written_by_another_program_is_read()
    {
        Write("""{"__metadata__":{"model":"m"},"b":{"dtype":"F32","shape":[2],"data_offsets":[4,12]},"a":{"dtype":"F32","shape":[],"data_offsets":[0,4]}}""", [1, 2, 3]);

        using var file = SafetensorsFile.Open(folder.File("w"));
        using var scope = NewDisposeScope();

        Assert.Equal("m", file.Metadata["model"]);
        Assert.Equal([2], file.Tensors["b"].Shape);
        Assert.Equal([2, 3], file.Read("b").data<float>().ToArray());
        Assert.Equal([1], file.Read("a").data<float>().ToArray());
    }

    [Theory]
    [InlineData("""{"a":{"dtype":"F32","shape":[2],"data_offsets":[0,12]}}""", "a does not lie within the file with the size of its shape")]
    [InlineData("""{"a":{"dtype":"F32","shape":[4],"data_offsets":[0,16]}}""", "a does not lie within the file")]
    [InlineData("""{"a":{"dtype":"F32","shape":[2],"data_offsets":[-4,4]}}""", "a does not lie within the file")]
    [InlineData("""{"a":{"dtype":"BF16","shape":[2],"data_offsets":[0,4]}}""", "a is of type BF16")]
    [InlineData("""{"a":{"dtype":"F32","shape":[2]}}""", "a lacks its type, shape or place")]
    [InlineData("""{"a":{"dtype":"F32","shape":[2],"data_offsets":[0,8]}}""", "its tensors take 8 bytes, but 12 follow the header")]
    [InlineData("""{"a":""", "not a safetensors file")]
    [InlineData("[]", "not a safetensors file")]
    public void A_damaged_file_is_named(string header, string message)
    {
        Write(header, [1, 2, 3]);

        var exception = Assert.Throws<InputException>(() => SafetensorsFile.Open(folder.File("w")));

        Assert.StartsWith(folder.File("w"), exception.Message, StringComparison.Ordinal);
        Assert.Contains(message, exception.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_truncated_file_is_named_wherever_it_ends()
    {
        using var model = TestModels.Small.Create();
        ModelWeights.Save(model, folder.File("w"));
        var whole = File.ReadAllBytes(folder.File("w"));
        for (var length = 0; length < whole.Length; length += 41)
        {
            File.WriteAllBytes(folder.File("w"), whole[..length]);
            Assert.Throws<InputException>(() => SafetensorsFile.Open(folder.File("w")));
        }
    }

    [Fact]
    public void Weights_and_statistics_come_back_as_they_were()
    {
        using var scope = NewDisposeScope();
        manual_seed(1);
        using var model = TestModels.Small.Create();
        model.train();
        model.forward(rand(5, 1, 8, 8)).Dispose();
        ModelWeights.Save(model, folder.File("w"));
        using var other = TestModels.Small.Create();

        ModelWeights.Load(other, folder.File("w"));

        var images = rand(3, 1, 8, 8);
        Assert.Equal(model.predict(images).data<float>().ToArray(), other.predict(images).data<float>().ToArray());
        using var stored = SafetensorsFile.Open(folder.File("w"));
        Assert.Equal(
            ["batch_norm1.bias", "batch_norm1.running_mean", "batch_norm1.running_var", "batch_norm1.weight", "conv1.bias", "conv1.weight", "dense1.bias", "dense1.weight"],
            stored.Tensors.Keys.Order(StringComparer.Ordinal));
        Assert.Equal(("small", "a"), (stored.Metadata["model"], stored.Metadata["architecture_fingerprint"]));
    }

    [Fact]
    public void Weights_of_another_network_are_refused_with_the_first_difference()
    {
        using var model = TestModels.Small.Create();
        ModelWeights.Save(model, folder.File("w"));
        ModelDescriptor? wider = null;
        wider = TestModels.Descriptor("wider", TestModels.Input, 4, () => new SmallNet(wider!));
        using var other = wider.Create();

        Assert.Equal(
            $"{folder.File("w")} does not fit wider: its dense1.weight is 3x64, the model's 4x64 (the file is of small). Give weights that were trained with this spec.",
            Assert.Throws<InputException>(() => ModelWeights.Load(other, folder.File("w"))).Message);
    }

    [Fact]
    public void A_write_that_fails_leaves_the_old_file_and_nothing_else()
    {
        File.WriteAllText(folder.File("w"), "old");

        Assert.Throws<InvalidOperationException>(() => AtomicFile.Write(folder.File("w"), stream =>
        {
            stream.WriteByte(1);
            throw new InvalidOperationException("the disk is full");
        }));

        Assert.Equal("old", File.ReadAllText(folder.File("w")));
        Assert.Single(Directory.GetFiles(folder.Path));
    }

    private static byte[] Floats(params float[] values) => [.. values.SelectMany(BitConverter.GetBytes)];

    private void Write(string header, float[] values)
    {
        var text = Encoding.UTF8.GetBytes(header);
        var length = new byte[8];
        BinaryPrimitives.WriteInt64LittleEndian(length, text.Length);
        File.WriteAllBytes(folder.File("w"), [.. length, .. text, .. Floats(values)]);
    }
}
