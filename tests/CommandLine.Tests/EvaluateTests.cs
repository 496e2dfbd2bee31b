using System.Text.Json;
using Xunit;

namespace FashionCnn.CommandLine.Tests;

public sealed class EvaluateTests : IDisposable
{
    private static readonly string[] Small = ["--data", "sample", "--train-images", "640", "--test-images", "200", "--threads", "1"];

    private readonly TestProgram program = new();

    public void Dispose() => program.Dispose();

    [Fact]
    public void A_run_is_evaluated_to_the_numbers_it_ended_with()
    {
        Assert.Equal(0, program.Run(["model1a", "--epochs", "2", "--learning-rate", "0.001", "--output", "run", .. Small]));
        using var result = JsonDocument.Parse(program.Read("run/result.json"));

        Assert.Equal(0, program.Run("evaluate", "model1a", "--weights", "run", "--data", "sample", "--test-images", "200", "--threads", "1", "--format", "json"));

        using var json = JsonDocument.Parse(program.Output);
        var root = json.RootElement;
        Assert.Equal(200, root.GetProperty("images").GetInt32());
        Assert.Equal(result.RootElement.GetProperty("test_accuracy").GetDouble(), root.GetProperty("accuracy").GetDouble(), 1e-12);
        Assert.Equal(result.RootElement.GetProperty("test_loss").GetDouble(), root.GetProperty("loss").GetDouble(), 1e-5);
        Assert.Equal(200, root.GetProperty("confusion").EnumerateArray().Sum(row => row.EnumerateArray().Sum(count => count.GetInt32())));
        Assert.InRange(root.GetProperty("accuracy").GetDouble(), root.GetProperty("accuracy_interval").GetProperty("low").GetDouble(), root.GetProperty("accuracy_interval").GetProperty("high").GetDouble());

        Assert.Equal(0, program.Run("evaluate", "model1a", "--weights", "run/weights.safetensors", "--data", "sample", "--test-images", "200", "--threads", "1"));
        Assert.Matches(@"model1a on Fashion-MNIST sample \(built in\), 200 test images, computed in (fp32|bf16)\nloss \d\.\d{4}, accuracy 0\.\d{4} \(95 % interval 0\.\d{4} to 0\.\d{4}\)\n", program.Output);
        Assert.Matches(@"Ankle boot +\d+ +[\d.-]+ +[\d.-]+ +[\d.-]+", program.Output);
        Assert.Contains("Confusion matrix: rows are the true classes, columns the predicted ones.", program.Output, StringComparison.Ordinal);
    }

    [Fact]
    public void Weights_that_do_not_fit_are_one_message()
    {
        Assert.Equal(0, program.Run(["model1a", "--epochs", "1", "--output", "run", .. Small]));
        File.WriteAllText("text", "no weights");

        Refused("evaluate model1b --weights run", "error: run/weights.safetensors does not fit model1b: its conv1.weight is 16x1x3x3, the model's 64x1x3x3 (the file is of model1a).");
        Refused("evaluate model1a --weights run/checkpoint.safetensors", "error: run/checkpoint.safetensors does not fit model1a: it has no conv1.weight");
        Refused("evaluate model1a --weights text", "error: text: not a safetensors file");
        Refused("evaluate model1a --weights nowhere", "error: --weights nowhere: there is no file nowhere. Give a safetensors file, or the folder of a finished run, such as those in runs/model1a.");
        Refused("evaluate model1a", "error: evaluate needs --weights <file or run>: ");
    }

    private void Refused(string args, string message)
    {
        Assert.Equal(2, program.Run([.. args.Split(' '), "--data", "sample", "--threads", "1"]));
        Assert.StartsWith(message, program.Error, StringComparison.Ordinal);
    }
}
