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
    [InlineData("""{"a":{"dtype":"F32","shape":[2],"data_offsets":[0,12]}}""", "the offsets of a do not match its shape and type, or are outside the file")]
    [InlineData("""{"a":{"dtype":"F32","shape":[4],"data_offsets":[0,16]}}""", "the offsets of a do not match")]
    [InlineData("""{"a":{"dtype":"F32","shape":[2],"data_offsets":[-4,4]}}""", "the offsets of a do not match")]
    [InlineData("""{"a":{"dtype":"BF16","shape":[6],"data_offsets":[0,12]}}""", "a is of type BF16")]
    [InlineData("""{"a":{"dtype":"F32","shape":[2]}}""", "a has no type, shape or offsets")]
    [InlineData("""{"a":{"dtype":"F32","shape":[2],"data_offsets":[0,8]}}""", "its tensors take 8 bytes, but 12 follow the header")]
    [InlineData("""{"a":{"dtype":"F32","shape":[1],"data_offsets":[0,4]},"a":{"dtype":"F32","shape":[3],"data_offsets":[0,12]}}""", "in its header, a appears twice.")]
    [InlineData("""{"a":{"dtype":"F32","dtype":"I64","shape":[3],"data_offsets":[0,12]}}""", "in its header, a.dtype appears twice.")]
    [InlineData("""{"__metadata__":{},"__metadata__":{},"a":{"dtype":"F32","shape":[3],"data_offsets":[0,12]}}""", "in its header, __metadata__ appears twice.")]
    [InlineData("""{"__metadata__":{"epoch":3},"a":{"dtype":"F32","shape":[3],"data_offsets":[0,12]}}""", "in its __metadata__, epoch is not a string.")]
    [InlineData("""{"__metadata__":{"epoch":null},"a":{"dtype":"F32","shape":[3],"data_offsets":[0,12]}}""", "in its __metadata__, epoch is not a string.")]
    [InlineData("""{"__metadata__":["epoch"],"a":{"dtype":"F32","shape":[3],"data_offsets":[0,12]}}""", "its __metadata__ is not an object of strings.")]
    [InlineData("""{"__metadata__":{"epoch":"\ud800"},"a":{"dtype":"F32","shape":[3],"data_offsets":[0,12]}}""", "in its header, a string is not valid Unicode.")]
    [InlineData("""{"a":{"dtype":"F32","shape":[2],"data_offsets":[0,8]},"b":{"dtype":"F32","shape":[2],"data_offsets":[4,12]}}""", "its tensors overlap or leave a gap at byte 4 of the data.")]
    [InlineData("""{"a":{"dtype":"F32","shape":[2],"data_offsets":[0,8]},"b":{"dtype":"F32","shape":[2],"data_offsets":[0,8]}}""", "its tensors overlap or leave a gap at byte 0 of the data.")]
    [InlineData("""{"a":{"dtype":"F32","shape":[1],"data_offsets":[0,4]},"b":{"dtype":"F32","shape":[1],"data_offsets":[8,12]}}""", "its tensors overlap or leave a gap at byte 4 of the data.")]
    [InlineData("""{"a":{"dtype":"F32","shape":[3],"data_offsets":[12,0]}}""", "the offsets of a do not match")]
    [InlineData("""{"a":{"dtype":"F32","shape":[3],"data_offsets":[0,12,12]}}""", "the offsets of a do not match")]
    [InlineData("""{"a":{"dtype":"F32","shape":[3],"data_offsets":[0,1e30]}}""", "the offsets of a do not match")]
    [InlineData("""{"a":{"dtype":"F32","shape":[1.5],"data_offsets":[0,12]}}""", "the offsets of a do not match")]
    [InlineData("""{"a":{"dtype":"F32","shape":["3"],"data_offsets":[0,12]}}""", "the offsets of a do not match")]
    [InlineData("""{"a":{"dtype":"F32","shape":{},"data_offsets":[0,12]}}""", "the offsets of a do not match")]
    [InlineData("""{"a":{"dtype":"F32","shape":[null],"data_offsets":[0,12]}}""", "in its header, a.shape[0] cannot be null.")]
    [InlineData("""{"a":{"dtype":32,"shape":[3],"data_offsets":[0,12]}}""", "a has no type, shape or offsets.")]
    [InlineData("""{"a":[3]}""", "a has no type, shape or offsets.")]
    [InlineData("""{"a":""", "its header is not valid JSON.")]
    [InlineData("[]", "its header is not a JSON object.")]
    public void A_damaged_file_is_named(string header, string message) => CheckDamaged(header, message);

    // What takes time that grows with the square of the header's length would take days.
    [Fact]
    public void A_header_of_a_million_numbers_is_read_in_one_go()
    {
        var ones = string.Concat(Enumerable.Repeat("1,", 1_000_000));
        CheckDamaged($"{{\"a\":{{\"dtype\":\"F32\",\"shape\":[{ones}[]],\"data_offsets\":[0,12]}}}}", "the offsets of a do not match");
        CheckDamaged($"{{\"{new string('a', 1_000_000)}\":{{\"dtype\":\"F32\",\"shape\":[{ones}null],\"data_offsets\":[0,12]}}}}", "a.shape[1000000] cannot be null.");
    }

    private void CheckDamaged(string header, string message)
    {
        Write(header, [1, 2, 3]);

        var exception = Assert.Throws<InputException>(() => SafetensorsFile.Open(folder.File("w")));

        Assert.StartsWith(folder.File("w"), exception.Message, StringComparison.Ordinal);
        Assert.Contains(message, exception.Message, StringComparison.Ordinal);
        Assert.DoesNotMatch("System|Exception|element of type|LineNumber|Parameter '|same key", exception.Message);
    }

    [Theory]
    [InlineData(long.MinValue, "its first 8 bytes announce a header of 9,223,372,036,854,775,808 bytes; 100 follow.")]
    [InlineData(-1, "its first 8 bytes announce a header of 18,446,744,073,709,551,615 bytes; 100 follow.")]
    [InlineData(101, "its first 8 bytes announce a header of 101 bytes; 100 follow.")]
    [InlineData(0, "its first 8 bytes announce a header of 0 bytes; 100 follow.")]
    public void A_header_of_an_impossible_length_is_said(long length, string message)
    {
        var bytes = new byte[108];
        BinaryPrimitives.WriteInt64LittleEndian(bytes, length);
        File.WriteAllBytes(folder.File("w"), bytes);

        Assert.EndsWith(message, Assert.Throws<InputException>(() => SafetensorsFile.Open(folder.File("w"))).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_header_that_is_not_UTF_8_is_said()
    {
        Write("""{"a":{"dtype":"F32","shape":[3],"data_offsets":[0,12]}}""", [1, 2, 3]);
        var bytes = File.ReadAllBytes(folder.File("w"));
        bytes[10] = 0xff;
        File.WriteAllBytes(folder.File("w"), bytes);

        Assert.EndsWith("its header is not valid JSON.", Assert.Throws<InputException>(() => SafetensorsFile.Open(folder.File("w"))).Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(float.NaN, "value 3 of dense1.bias is NaN")]
    [InlineData(float.PositiveInfinity, "value 3 of dense1.bias is infinite")]
    [InlineData(float.NegativeInfinity, "value 3 of dense1.bias is infinite")]
    public void Weights_that_are_not_finite_are_refused_and_the_model_stays_as_it_was(float value, string message)
    {
        using var scope = NewDisposeScope();
        using var model = TestModels.Small.Create();
        using (no_grad())
        {
            ((SmallNet)model).Dense1.bias![2] = value;
        }

        ModelWeights.Save(model, folder.File("w"));
        using var other = TestModels.Small.Create();
        var before = other.state_dict()["conv1.weight"].clone();

        Assert.Equal(
            $"{folder.File("w")}: {message}, so nothing can be computed with it. Give other weights, or train again with a smaller learning rate.",
            Assert.Throws<InputException>(() => ModelWeights.Load(other, folder.File("w"))).Message);
        Assert.Equal(before.data<float>().ToArray(), other.state_dict()["conv1.weight"].data<float>().ToArray());
    }

    [Fact]
    public void Moving_statistics_that_are_not_finite_are_refused_too()
    {
        using var scope = NewDisposeScope();
        using var model = TestModels.Small.Create();
        using (no_grad())
        {
            model.state_dict()["batch_norm1.running_var"][0] = float.NaN;
        }

        ModelWeights.Save(model, folder.File("w"));

        Assert.Contains("value 1 of batch_norm1.running_var is NaN", Assert.Throws<InputException>(() => ModelWeights.Load(model, folder.File("w"))).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void The_steps_come_back_with_the_weights_and_need_not_be_there()
    {
        using var model = TestModels.Small.Create();
        ModelWeights.Save(model, folder.File("w"), steps: 39);
        ModelWeights.Save(model, folder.File("v"));

        Assert.Equal(39, ModelWeights.Load(model, folder.File("w")));
        Assert.Null(ModelWeights.Load(model, folder.File("v")));
    }

    // Momentum 0.9: after 40 steps less than e^-4 of the start is left.
    [Theory]
    [InlineData(0, 1)]
    [InlineData(1, 0.9)]
    [InlineData(39, 0.0164)]
    public void Moving_statistics_of_few_steps_are_unsettled(long steps, double share)
    {
        using var model = TestModels.Small.Create();

        var unsettled = MovingStatistics.Unsettled(model, steps)!;

        Assert.Equal(share, unsettled.StartingShare, 0.0001);
        Assert.Equal(40, unsettled.StepsNeeded);
    }

    [Fact]
    public void Moving_statistics_of_many_steps_or_of_nobody_knows_how_many_are_not()
    {
        using var model = TestModels.Small.Create();

        Assert.Null(MovingStatistics.Unsettled(model, 40));
        Assert.Null(MovingStatistics.Unsettled(model, null));
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

    [Theory]
    [InlineData(4, 4, true)]
    [InlineData(1, 64, false)]
    [InlineData(8, 1, false)]
    public void Weights_from_before_Flatten_had_Kerass_order_are_refused_where_that_matters(int size, int channels, bool isRefused)
    {
        var shape = new LayerShape(size, size, channels);
        ModelDescriptor? flattening = null;
        flattening = TestModels.Small with
        {
            Layers =
            [
                new LayerInfo("pool", "MaxPooling2D", LayerFamily.Pooling, string.Empty, [LayerInfo.Image], shape, 0, 0, 0),
                new LayerInfo("flatten1", "Flatten", LayerFamily.Other, string.Empty, ["pool"], new LayerShape(64), 0, 0, 0),
            ],
            Create = () => new SmallNet(flattening!),
        };
        using var model = flattening.Create();
        ModelWeights.Save(model, folder.File("now"));
        _ = ModelWeights.Load(model, folder.File("now"));
        using var scope = NewDisposeScope();
        Write("before", new Dictionary<string, string> { ["model"] = "small", ["architecture_fingerprint"] = "a" });
        Write("foreign", []);

        // What another program has written says nothing of an order, and has Keras's.
        _ = ModelWeights.Load(model, folder.File("foreign"));
        if (isRefused)
        {
            Assert.Equal(
                $"{folder.File("before")} was written by an earlier version of the program, which flattened images channel by channel; this one flattens them pixel by pixel, as Keras does. Train small again.",
                Assert.Throws<InputException>(() => ModelWeights.Load(model, folder.File("before"))).Message);
        }
        else
        {
            _ = ModelWeights.Load(model, folder.File("before"));
        }

        void Write(string name, Dictionary<string, string> metadata)
        {
            using var stream = File.Create(folder.File(name));
            Safetensors.Write(stream, model.state_dict(), metadata);
        }
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
