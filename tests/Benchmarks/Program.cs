using FashionCnn.Benchmarks;
using FashionCnn.Benchmarks.Training;

const string Usage = """
    Usage: FashionCnn.Benchmarks COMMAND

    Commands:
      generator   the source generator against one that emits prepared texts
                  FILE...                                             of these specs alone (default: copies of the project's)
      editor      from one edit of a spec of 1,000 layers to its diagnostics and hints, over the protocol of editors
                  --rounds 300                                        (default: 300)
      training    training and evaluation against hand-written TorchSharp, PyTorch and the machine's limit
                  --sections step,pytorch,evaluation,process,growth,waiting,self-check   what to measure (default: all)
                  --models model1a,model1b,model2,model3,model4       of which models (default: these; also mobilenet, mobilenet_v2, efficientnet_b0)
                  --batch-sizes 32,128                                (default: these; growth has its own)
                  --threads 2                                         (default: one per core)
                  --rounds 7                                          at least 7 for the medians to count (default: 7)
      ranks       training in two MPI processes of one thread against one process of two, and what the exchange of gradients takes
                  --models model1a,model3                             (default: these)
                  --batch 32                                          the global batch (default: 32)
                  --rounds 7                                          (default: 7)
                  --launcher "mpirun --oversubscribe"                 (default: mpirun, as root with --allow-run-as-root)
      make-pictures FOLDER COUNT   writes JPEG files of 128x128, by class
      pictures FOLDER THREADS      trains an epoch on such files without holding them, and says what the decoder took (Linux)
    """;

switch (args)
{
    case ["generator", .. var files]:
        GeneratorBenchmark.Run(files, Console.Out);
        return 0;
    case ["editor"]:
        EditorBenchmark.Run(300, Console.Out);
        return 0;
    case ["editor", "--rounds", var rounds]:
        EditorBenchmark.Run(Number(rounds), Console.Out);
        return 0;
    case ["training", .. var rest]:
        if (TrainingOptions.Parse(rest, out var error) is { } options)
        {
            TrainingBenchmark.Run(options, Console.Out);
            return 0;
        }

        Console.Error.WriteLine(error);
        Console.Error.WriteLine(Usage);
        return 2;
    case ["ranks", .. var rest]:
        return RankBenchmark.Run(rest, Console.Out);
    case ["rank-worker", var model, var batch, var reduce, var steps]:
        RankWorker.Run(model, Number(batch), reduce, Number(steps));
        return 0;
    case ["worker", var work, var variant, var model, var batch, var threads, var steps]:
        Worker.Run(work, variant, model, Number(batch), Number(threads), Number(steps));
        return 0;
    case ["self-check", var work, var model, var threads]:
        SelfCheckTime.Measure(work, model, Number(threads), Console.Out);
        return 0;
    case ["make-pictures", var folder, var count]:
        PictureBenchmark.Make(folder, Number(count));
        return 0;
    case ["pictures", var folder, var threads]:
        PictureBenchmark.Train(folder, Number(threads), Console.Out);
        return 0;
    case ["--help" or "-h"]:
        Console.WriteLine(Usage);
        return 0;
    default:
        Console.Error.WriteLine(args.Length == 0 ? "A command is missing." : $"Unknown command: {string.Join(' ', args)}");
        Console.Error.WriteLine(Usage);
        return 2;
}

static int Number(string text) => int.Parse(text, System.Globalization.CultureInfo.InvariantCulture);
