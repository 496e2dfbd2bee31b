using FashionCnn.Runner;
using Spectre.Console;

return CommandLine.Run(args, ModelCatalog.All, AnsiConsole.Console, Console.Error);
