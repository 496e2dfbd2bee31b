using System.IO.Compression;
using System.Text.Json;
using FashionCnn.Models;
using Xunit;

namespace FashionCnn.CommandLine.Tests;

public sealed class WeightsTests : IDisposable
{
    private readonly TestProgram program = new();

    public void Dispose() => program.Dispose();

    [Fact]
    public void A_model_lists_what_its_file_lists()
    {
        Save("model3", "w.safetensors");

        Assert.Equal(0, program.Run("weights", "model3"));
        Assert.Matches(@"\n  conv1\.weight +64x1x3x3 +F32 *\n", program.Output);
        Assert.Matches(@"\n  batch_norm1\.running_mean +64 +F32 *\n", program.Output);
        var table = Table(program.Output);
        Assert.Equal(28, table.Count());
        Assert.Contains("model3: ", program.Output, StringComparison.Ordinal);

        Assert.Equal(0, program.Run("weights", "w.safetensors"));
        Assert.Equal(table, Table(program.Output));
        Assert.Contains("\nmodel: model3\n", program.Output, StringComparison.Ordinal);

        Assert.Equal(0, program.Run("weights", "w.safetensors", "model3"));
        Assert.Matches(@"^w\.safetensors fits model3: all \d+ tensors match\.\n$", program.Output);
    }

    [Fact]
    public void Differences_from_a_model_are_named_and_are_exit_code_1()
    {
        Directory.CreateDirectory("run");
        Save("model3", "run/weights.safetensors");

        Assert.Equal(1, program.Run("weights", "run", "model1b"));

        Assert.Contains("batch_norm1.weight: 64 F32, which model1b does not have\n", program.Output, StringComparison.Ordinal);
        Assert.Matches(@"\nrun/weights\.safetensors does not fit model1b: \d+ of its tensors differ\.\n$", program.Output);

        Assert.Equal(1, program.Run("weights", "model1b", "model3", "--format", "json"));
        using var report = JsonDocument.Parse(program.Output);
        var differences = report.RootElement.GetProperty("differences").EnumerateArray().ToList();
        Assert.Contains(differences, difference => difference.GetProperty("there").ValueKind != JsonValueKind.Null && difference.GetProperty("here").ValueKind == JsonValueKind.Null);
        Assert.Equal(("model1b", "model3"), (report.RootElement.GetProperty("source").GetString(), report.RootElement.GetProperty("model").GetString()));
    }

    [Fact]
    public void The_same_tensors_of_another_network_do_not_fit()
    {
        Save("model1a", "w.safetensors");
        File.WriteAllText("other.json", ProjectModels.All.Single(model => model.Id == "model1a").Spec.Replace("\"relu\"", "\"tanh\"", StringComparison.Ordinal));

        Assert.Equal(1, program.Run("weights", "w.safetensors", "other.json"));

        Assert.Equal("w.safetensors does not fit other: names and shapes match, but the weights are those of a different network.\n", program.Output);
    }

    [Fact]
    public void Files_of_other_formats_are_named()
    {
        Refused("w.h5", [0x89, .. "HDF"u8, 0x0d, 0x0a, 0x1a, 0x0a, 0, 0, 0, 0], "an HDF5 file (.h5), as Keras writes it");
        Refused("w.keras", Zip("metadata.json", "config.json", "model.weights.h5"), "a Keras model (.keras)");
        Refused("w.pt", Zip("archive/data.pkl", "archive/version"), "a PyTorch file (.pt, .pth)");
        Refused("w.npz", Zip("a.npy"), "a NumPy archive (.npz)");
        Refused("w.zip", Zip("a.txt"), "a ZIP archive");
        Refused("w.zip", [.. Zip("a.txt").Take(40)], "a ZIP archive, cut off or damaged");
        Refused("w.pkl", [0x80, 0x02, .. "}q\0.        "u8], "a pickle file, as older versions of PyTorch write it");
        Refused("w.safetensors", "<!DOCTYPE html><html>"u8, "a web page");
        Refused("w.json.safetensors", "{\n  \"version\": 1\n}"u8, "a JSON file");
        Refused("w.safetensors", "version https://git-lfs.github.com/spec/v1"u8, "a Git LFS pointer, which stands for a file that was not downloaded");
    }

    [Theory]
    [InlineData("F16", 2, 4)]
    [InlineData("BF16", 2, 4)]
    [InlineData("F64", 8, 16)]
    [InlineData("BOOL", 1, 2)]
    [InlineData("I8", 1, 2)]
    [InlineData("U32", 4, 8)]
    [InlineData("F8_E4M3", 1, 2)]
    [InlineData("F4", 0, 1)]
    public void Every_type_of_safetensors_is_listed_and_what_cannot_be_loaded_is_said(string type, int valueBytes, int bytes)
    {
        WriteOne("w.safetensors", type, bytes);

        Assert.Equal(0, program.Run("weights", "w.safetensors"));
        Assert.Matches($@"\n  conv1\.weight +2 +{type} *\n", program.Output);
        Assert.Contains("w.safetensors: 1 tensor, 2 values", program.Output, StringComparison.Ordinal);

        Assert.Equal(1, program.Run("weights", "w.safetensors", "model1a"));
        Assert.Contains($"conv1.weight: 2 {type}; model1a needs 16x1x3x3 F32\n", program.Output, StringComparison.Ordinal);

        Assert.Equal(2, program.Run("evaluate", "model1a", "--data", "sample", "--weights", "w.safetensors"));
        Assert.Equal($"error: w.safetensors: conv1.weight is of type {type}, which cannot be read. Convert the file to 32-bit floats (F32).\n", program.Error);

        WriteOne("w.safetensors", type, bytes + Math.Max(valueBytes, 1));
        Assert.Equal(2, program.Run("weights", "w.safetensors"));
        Assert.Contains("the offsets of conv1.weight do not match its shape and type", program.Error, StringComparison.Ordinal);
    }

    [Fact]
    public void A_type_that_safetensors_does_not_have_is_damage()
    {
        WriteOne("w.safetensors", "F33", 4);

        Assert.Equal(2, program.Run("weights", "w.safetensors"));

        Assert.Equal("error: w.safetensors: not a safetensors file, or a damaged one: conv1.weight is of the unknown type 'F33'.\n", program.Error);
    }

    // 0x8b1f bytes of header begin as a gzip file does.
    [Fact]
    public void A_header_whose_length_looks_like_another_format_is_read()
    {
        var header = """{"a":{"dtype":"F32","shape":[],"data_offsets":[0,4]}}""".PadRight(0x8b1f);
        File.WriteAllBytes("w.safetensors", [0x1f, 0x8b, 0, 0, 0, 0, 0, 0, .. System.Text.Encoding.ASCII.GetBytes(header), 0, 0, 0, 0]);

        Assert.Equal(0, program.Run("weights", "w.safetensors"));

        Assert.Contains("w.safetensors: 1 tensor, 1 value\n", program.Output, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("weights", "error: weights needs <source>: A safetensors file, a run folder, a model's id, or the path of a spec.")]
    [InlineData("weights model9", "error: model9: there is no such file or model; did you mean 'model")]
    [InlineData("weights model1a model9", "error: There is no model 'model9'; did you mean 'model")]
    [InlineData("weights .", "error: .: there is no weights.safetensors in this folder.")]
    [InlineData("weights model1a --formt json", "error: weights has no option '--formt'; did you mean '--format'?")]
    public void What_cannot_be_listed_is_one_message(string args, string message)
    {
        Assert.Equal(2, program.Run(args.Split(' ')));

        Assert.StartsWith(message, program.Error, StringComparison.Ordinal);
    }

    private static IEnumerable<string> Table(string output) => output.Split('\n').Where(line => line.TrimEnd().EndsWith(" F32", StringComparison.Ordinal));

    private static byte[] Zip(params string[] names)
    {
        using var stream = new MemoryStream();
        using (var archive = new ZipArchive(stream, ZipArchiveMode.Create))
        {
            foreach (var name in names)
            {
                using var entry = archive.CreateEntry(name).Open();
                entry.Write("text"u8);
            }
        }

        return stream.ToArray();
    }

    private static void Save(string id, string path)
    {
        using var model = ProjectModels.All.Single(model => model.Id == id).Create();
        ModelWeights.Save(model, path);
    }

    private static void WriteOne(string path, string type, int bytes)
    {
        var header = System.Text.Encoding.ASCII.GetBytes($$$"""{"conv1.weight":{"dtype":"{{{type}}}","shape":[2],"data_offsets":[0,{{{bytes}}}]}}""");
        File.WriteAllBytes(path, [.. BitConverter.GetBytes((long)header.Length), .. header, .. new byte[bytes]]);
    }

    private void Refused(string name, ReadOnlySpan<byte> content, string format)
    {
        File.WriteAllBytes(name, content);

        Assert.Equal(2, program.Run("evaluate", "model1a", "--data", "sample", "--weights", name));
        Assert.Equal($"error: {name}: this is {format}, not a safetensors file. Convert it to safetensors, with the model's own names and shapes.\n", program.Error);
        Assert.Equal(2, program.Run("weights", name));
    }
}
