using System.Diagnostics;
using Xunit;

namespace FashionCnn.CommandLine.Tests.Distribution;

/// <summary>The run of one process that the others are compared with, and a cache with the network's class.</summary>
public sealed class OneProcess : IDisposable
{
    // The last batch of an epoch has two images: of four ranks, two have none of it.
    internal static readonly string[] Budget = ["train", "net.json", "--data", "sample", "--train-images", "642", "--test-images", "50", "--threads", "1", "--precision", "fp32", "--no-self-check"];

    // Augmentation, dropout, and batch normalization of images and of vectors.
    private const string Spec = """
        {
          "version": 1,
          "input": { "shape": [28, 28, 1] },
          "layers": [
            { "type": "RandomFlip", "mode": "horizontal" },
            { "type": "RandomTranslation", "height_factor": 0.1, "width_factor": 0.1 },
            { "type": "Conv2D", "filters": 8, "kernel_size": 3, "strides": 2, "activation": "relu" },
            { "type": "BatchNormalization", "momentum": 0.9 },
            { "type": "AveragePooling2D" },
            { "type": "Flatten" },
            { "type": "Dropout", "rate": 0.3 },
            { "type": "Dense", "units": 16, "use_bias": false },
            { "type": "BatchNormalization", "momentum": 0.9 },
            { "type": "Activation", "activation": "tanh" },
            { "type": "Dense", "units": 10, "activation": "softmax" }
          ],
          "training": { "optimizer": { "type": "SGD", "learning_rate": 0.01, "momentum": 0.9 }, "batch_size": 32, "epochs": 2 }
        }
        """;

    public OneProcess()
    {
        File.WriteAllText(Path.Combine(Folder, "net.json"), Spec);
        var start = new ProcessStartInfo("dotnet", [Processes.Program, .. Budget, "--output", "one"]) { WorkingDirectory = Folder, RedirectStandardOutput = true, RedirectStandardError = true };
        start.Environment["XDG_CACHE_HOME"] = Folder;
        var (exitCode, _, error) = Processes.Finish(Process.Start(start)!);
        Assert.True(exitCode == 0, error);
    }

    public string Folder { get; } = Directory.CreateTempSubdirectory("fashioncnn-").FullName;

    public string Run => Path.Combine(Folder, "one");

    public void Dispose() => Directory.Delete(Folder, recursive: true);
}
