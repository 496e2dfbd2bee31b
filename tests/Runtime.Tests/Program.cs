using FashionCnn.Runtime.Tests.Checks;

namespace FashionCnn.Runtime.Tests;

/// <summary>The test project as a program, for work that a test hands to a process of its own.</summary>
internal static class Program
{
    private const string Usage = """
        Usage: dotnet run --project tests/Runtime.Tests -- scan SEED COUNT

        Computes COUNT random layers in poisoned memory, compares them with double precision, and says how many were wrong.
        """;

    public static int Main(string[] args)
    {
        switch (args)
        {
            case ["scan", var seed, var count] when int.TryParse(seed, out var first) && int.TryParse(count, out var layers):
                var outcome = LayerScan.Run(first, layers);
                Console.WriteLine(outcome.Summary);
                return outcome.Faults.Count == 0 ? 0 : 1;
            case [LayerScan.ChildCommand, var seed, var skip, var count]:
                LayerScan.RunChild(LayerScan.Number(seed), LayerScan.Number(skip), LayerScan.Number(count));
                return 0;
            default:
                Console.Error.WriteLine(Usage);
                return 2;
        }
    }
}
