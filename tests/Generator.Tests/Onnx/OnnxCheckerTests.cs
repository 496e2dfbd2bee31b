using FashionCnn.Interchange;
using Xunit;
using static TorchSharp.torch;

namespace FashionCnn.Generator.Tests.Onnx;

/// <summary>The files pass the checker of ONNX, with the shapes of all their values.</summary>
public sealed class OnnxCheckerTests : IDisposable
{
    private const string Checker = "onnx.checker";

    // What comes out has the shape that the file says, found by way of all nodes.
    private const string Script = """
        import glob, sys, onnx
        paths = sorted(glob.glob(sys.argv[1] + "/*.onnx"))
        for path in paths:
            model = onnx.load(path)
            onnx.checker.check_model(model, full_check=True)
            assert (model.ir_version, model.opset_import[0].version) == (8, 17), path
            found = onnx.shape_inference.infer_shapes(model, strict_mode=True)
            shapes = {value.name: [size.dim_value or size.dim_param for size in value.type.tensor_type.shape.dim] for value in found.graph.value_info}
            assert shapes or len(model.graph.node) == 1, path
            assert all(all(shapes[name][1:]) for node in model.graph.node for name in node.output if name in shapes), path
        print(len(paths))
        """;

    private readonly DirectoryInfo folder = Directory.CreateTempSubdirectory("fashioncnn-");

    public void Dispose() => folder.Delete(recursive: true);

    [PythonFact(Checker, "python3-onnx")]
    public void All_files_are_valid()
    {
        foreach (var id in CompiledModels.Ids)
        {
            using var scope = NewDisposeScope();
            using var model = CompiledModels.All[id].Create();
            File.WriteAllBytes(Path.Combine(folder.FullName, $"{id}.onnx"), OnnxFile.Export(model, new OnnxOptions()));
        }

        Assert.Equal((0, $"{CompiledModels.Ids.Count()}\n"), PythonFactAttribute.Run(Checker, "-c", Script, folder.FullName));
    }

    [PythonFact(Checker, "python3-onnx")]
    public void A_damaged_file_is_not()
    {
        File.WriteAllBytes(Path.Combine(folder.FullName, "damaged.onnx"), [0x08, 8, 0x3a, 0]);

        Assert.NotEqual(0, PythonFactAttribute.Run(Checker, "-c", Script, folder.FullName).ExitCode);
    }
}
