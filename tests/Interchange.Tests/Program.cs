using System.Diagnostics;
using FashionCnn.Compiler;
using FashionCnn.Interchange.Tests;

// Writes the table of docs/interchange.md: dotnet run -c Release --project tests/Interchange.Tests -- table
// Compares the exported models with ours, and keeps the results for the table: dotnet run -c Release --project tests/Interchange.Tests -- onnx
if (args is ["onnx", .. var names])
{
    return OnnxComparison.Run(names.Length == 0 ? Fixture.Applications : names);
}

if (args is not ["table"])
{
    Console.Error.WriteLine("Usage: table, or onnx and the names of models, all by default");
    return 2;
}

const int Rounds = 7;

var compared = OnnxResult.All;
Console.WriteLine("| model | layers | parameters | lines of the spec | compiles in ms | from ONNX Runtime |");
Console.WriteLine("|---|---:|---:|---:|---:|---:|");
foreach (var name in Fixture.Applications)
{
    var model = Fixture.Application(name);
    var summary = model.Spec.Summary();
    // The first round pays for what the runtime compiles of the compiler itself.
    var times = Enumerable.Range(0, Rounds + 1).Select(round =>
    {
        var watch = Stopwatch.StartNew();
        _ = SpecCompiler.Compile("model.json", model.Spec.Text).CSharp("Models");
        return watch.Elapsed.TotalMilliseconds;
    }).Skip(1).Order().ToList();
    var lines = model.Spec.Text.Split('\n').Length - 1;
    Console.WriteLine(FormattableString.Invariant($"| {name} | {summary.Layers.Count:N0} | {summary.Parameters:N0} | {lines} | {times[Rounds / 2]:F1} |{(compared.TryGetValue(name, out var result) ? $" {result.Cell}" : string.Empty)} |"));
}

return 0;
