extern alias Library;

using System.Globalization;
using FashionCnn.Interchange;
using FashionCnn.Models;
using FashionCnn.Tests;
using Library::FashionCnn.Compiler;
using Xunit;
using static TorchSharp.torch;

namespace FashionCnn.Generator.Tests.PyTorch;

/// <summary>The sources for PyTorch.</summary>
public sealed class PyTorchTests : IDisposable
{
    private const double Tolerance = 1e-5;

    // Each source in a folder: what it makes of images, and a step of training.
    private const string Script = """
        import importlib.util, os, sys, torch
        torch.set_num_threads(1)
        for name in sorted(os.listdir(sys.argv[1])):
            folder = os.path.join(sys.argv[1], name)
            spec = importlib.util.spec_from_file_location(name, os.path.join(folder, name + ".py"))
            module = importlib.util.module_from_spec(spec)
            spec.loader.exec_module(module)
            model = module.load()
            shape = [int(size) for size in open(folder + "/shape").read().split()]
            images = torch.frombuffer(bytearray(open(folder + "/images", "rb").read()), dtype=torch.float32).view(shape)
            expected = torch.frombuffer(bytearray(open(folder + "/logits", "rb").read()), dtype=torch.float32).view(shape[0], -1)
            with torch.no_grad():
                given = model(images)
            assert given.shape == expected.shape, (name, given.shape, expected.shape)
            model.train()
            model(images).sum().backward()
            trained = sum(parameter.numel() for parameter in model.parameters() if parameter.grad is not None)
            print(name, float((given - expected).abs().max() / expected.abs().max()), trained)
        """;

    private readonly DirectoryInfo folder = Directory.CreateTempSubdirectory("fashioncnn-");

    public void Dispose() => folder.Delete(recursive: true);

    [PythonFact("torch", "python3-torch")]
    public void Every_spec_and_fixture_gives_in_PyTorch_what_it_gives_here()
    {
        foreach (var id in CompiledModels.Ids)
        {
            Write(CompiledModels.All[id], id);
        }

        // Names that Python, or a module of PyTorch, has already.
        var hostile = CompiledModels.Load([SpecFile.Of(Names, "none.json")])["none"];
        Write(hostile, "none");

        var (exitCode, said) = PythonFactAttribute.Run("torch", "-c", Script, folder.FullName);

        Assert.True(exitCode == 0, said);
        var rows = said.Split('\n', StringSplitOptions.RemoveEmptyEntries).Where(line => !line.Contains("Warning", StringComparison.Ordinal) && !line.StartsWith(' ')).Select(line => line.Split(' ')).ToList();
        Assert.Equal(CompiledModels.Ids.Append("none").Order(StringComparer.Ordinal), rows.Select(row => row[0]));
        Assert.All(rows, row => Assert.True(double.Parse(row[1], CultureInfo.InvariantCulture) <= Tolerance, string.Join(' ', row)));
        Assert.All(rows, row =>
        {
            var model = row[0] == "none" ? hostile : CompiledModels.All[row[0]];
            Assert.Equal(model.TrainableParameters, long.Parse(row[2], CultureInfo.InvariantCulture));
        });
    }

    [Fact]
    public void The_source_of_a_model_reads_like_one_written_by_hand() => Snapshot.Match(Source("resnet", ["T-shirt/top", "\"quoted\"", "größer", "\U0001F45F"]), Repository.Snapshots, "PyTorchTests.The_source_of_a_model_id=resnet", "py");

    // By each of these names, the class would take the place of something that the source needs.
    [PythonFact("torch", "python3-torch")]
    public void A_class_may_have_any_name()
    {
        string[] names = ["F", "nn", "torch", "json", "os", "load", "CLASSES", "super", "open", "model", "header", "data", "tensors", "name", "path", "sorted", "True"];
        var specs = names.Select(name => (Id: $"named_{name}", Text: Names.Replace("\"version\": 1,", $"\"version\": 1, \"name\": \"{name}\",", StringComparison.Ordinal))).ToList();
        var models = CompiledModels.Load(specs.Select(spec => SpecFile.Of(spec.Text, $"{spec.Id}.json")));
        foreach (var (id, _) in specs)
        {
            Write(models[id], id);
        }

        var (exitCode, said) = PythonFactAttribute.Run("torch", "-c", Script, folder.FullName);

        Assert.True(exitCode == 0, said);
        Assert.Equal(names.Length, said.Split('\n').Count(line => line.StartsWith("named_", StringComparison.Ordinal)));
    }

    [Fact]
    public void Training_only_layers_are_named() =>
        Assert.Contains("Left out, because they act in training only: random_flip1 (RandomFlip)", Source("augmented", null), StringComparison.Ordinal);

    [Fact]
    public void Stochastic_depth_is_among_them() =>
        Assert.Contains("Left out, because they act in training only: stochastic_depth1 (StochasticDepth)", Source("scales_and_depth", null), StringComparison.Ordinal);

    private const string Names = """
        {
          "version": 1,
          "input": { "shape": [6, 6, 2] },
          "layers": [
            { "type": "Conv2D", "name": "train", "filters": 3, "kernel_size": 3 },
            { "type": "BatchNormalization", "name": "lambda" },
            { "type": "Conv2D", "name": "x", "filters": 3, "kernel_size": 1 },
            { "type": "Add", "name": "self", "from": ["lambda", "x", "train"] },
            { "type": "Flatten", "name": "images" },
            { "type": "Dense", "name": "type", "units": 3 }
          ]
        }
        """;

    private static string Source(string id, IReadOnlyList<string>? classNames)
    {
        using var stream = new MemoryStream();
        PyTorchExport.Write(stream, SpecCompiler.Compile($"{id}.json", CompiledModels.All[id].Spec), $"{id}.safetensors", classNames);
        return System.Text.Encoding.UTF8.GetString(stream.ToArray());
    }

    private void Write(ModelDescriptor descriptor, string id)
    {
        using var scope = NewDisposeScope();
        manual_seed(1);
        using var model = RandomWeights.Create(descriptor);
        using var guard = no_grad();
        long[] shape = [3, model.Model.Input.Channels, model.Model.Input.Height, model.Model.Input.Width];
        var images = rand(shape) * tensor([0.2f, 0.6f, 1f]).view(3, 1, 1, 1);
        var place = folder.CreateSubdirectory(id).FullName;
        ModelWeights.Save(model, Path.Combine(place, $"{id}.safetensors"));
        File.WriteAllText(Path.Combine(place, "shape"), string.Join(' ', shape));
        File.WriteAllBytes(Path.Combine(place, "images"), [.. images.bytes]);
        File.WriteAllBytes(Path.Combine(place, "logits"), [.. model.forward(images).contiguous().bytes]);
        using var stream = File.Create(Path.Combine(place, $"{id}.py"));
        PyTorchExport.Write(stream, SpecCompiler.Compile($"{id}.json", descriptor.Spec), $"{id}.safetensors", ["a class"]);
    }
}
