using FashionCnn.Benchmarks;

const string Usage = """
    Usage: FashionCnn.Benchmarks COMMAND

    Commands:
      generator   the source generator against one that emits prepared texts
    """;

switch (args)
{
    case ["generator"]:
        GeneratorBenchmark.Run(Console.Out);
        return 0;
    case ["--help" or "-h"]:
        Console.WriteLine(Usage);
        return 0;
    default:
        Console.Error.WriteLine(args.Length == 0 ? "A command is missing." : $"Unknown command: {string.Join(' ', args)}");
        Console.Error.WriteLine(Usage);
        return 2;
}
