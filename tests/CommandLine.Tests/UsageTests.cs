using Xunit;

namespace FashionCnn.CommandLine.Tests;

public sealed class UsageTests : IDisposable
{
    private readonly TestProgram program = new();

    public void Dispose() => program.Dispose();

    [Theory]
    [InlineData("modle3", "error: There is no command or model 'modle3'; did you mean 'model3'? Commands: train, evaluate, predict, compare, table, report, summary, weights, import, export, list, check, format, explain, doctor. Models: augmented, best, fast, fast94, inception, model1a, model1b, model2, model3, model4, resnet, separable.")]
    [InlineData("lst", "error: There is no command or model 'lst'; did you mean 'list'? ")]
    [InlineData("xyz", "error: There is no command or model 'xyz'. Commands: ")]
    [InlineData("train modle3", "error: There is no model 'modle3'; did you mean 'model3'? Models: augmented, best, fast, fast94, inception, model1a, ")]
    [InlineData("summary x", "error: There is no model 'x'. Models: ")]
    [InlineData("predict model3", "error: predict needs <images>: Image files, or folders of them.")]
    [InlineData("predict model3 shoe.png", "error: predict needs --weights <file or run>: A safetensors file, or a run folder")]
    [InlineData("predict model3 shoe.png --weights nowhere", "error: --weights nowhere: there is no file nowhere.")]
    [InlineData("predict model3 shoe.png --weights nowhere --invert maybe", "error: --invert maybe: give auto, yes or no.")]
    [InlineData("summary model3 --format xml", "error: --format xml: give table, json, mermaid or svg.")]
    [InlineData("summary model3 --format svg --output nowhere/model3.svg", "error: --output nowhere/model3.svg: there is no folder ")]
    [InlineData("table --epoch 3", "error: table has no option '--epoch'; did you mean '--epochs'? Options: --output, --runs, --no-training, --measure, --epochs, ")]
    [InlineData("report runs/a --outptu a.html", "error: report has no option '--outptu'; did you mean '--output'? Options: --output, --data, --help.")]
    [InlineData("predict model1a --weight run shoe.png", "error: predict has no option '--weight'; did you mean '--weights'? Options: --weights, ")]
    [InlineData("compare -o x a b", "error: compare has no option '-o'. Options: --output, --help.")]
    [InlineData("model1a --output --epoch 3", "error: train has no option '--epoch'; did you mean '--epochs'? Options: ")]
    [InlineData("report -- --outptu", "error: --outptu: there is no such folder or model.")]
    [InlineData("list --format", "error: list has no option '--format'. Options: --help.")]
    [InlineData("model1a --output ''", "error: --output is empty: give <folder>. ")]
    [InlineData("report ''", "error: <run> is empty: ")]
    [InlineData("summary model1a --output ''", "error: --output is empty: give <file>. ")]
    [InlineData("model1a --optimizer SGD,momentum=0.9,momentum=0.8", "error: --optimizer SGD,momentum=0.9,momentum=0.8: momentum is given twice. Give it once.")]
    [InlineData("model1a --early-stopping patience=1,patience=2", "error: --early-stopping patience=1,patience=2: patience is given twice. Give it once.")]
    [InlineData("model1a --optimizer SGD,learning_rate=0.1 --learning-rate 0.01", "error: --optimizer SGD,learning_rate=0.1: --learning-rate gives the learning rate, too. Give it once.")]
    [InlineData("fast --optimizer SGD,learning_rate=0.02", "error: --optimizer SGD,learning_rate=0.02: the schedule gives the learning rates itself. Leave learning_rate out, or train without a schedule (--schedule constant).")]
    [InlineData("model1a --schedule none", "error: --schedule none: there is no 'none'. Give constant, or one of CosineDecay, ")]
    [InlineData("model1a --optimizer SGD,", "error: --optimizer SGD,: there is no name after a comma. Values: learning_rate, ")]
    [InlineData("model1a --optimizer SGD,=0.9", "error: --optimizer SGD,=0.9: there is no name before '=0.9'. Values: learning_rate, ")]
    [InlineData("model1a --epochs 2 --epochs 3", "error: --epochs is given 2 times; give it once.")]
    [InlineData("summary model1a --format svg --format json", "error: --format is given 2 times; give it once.")]
    [InlineData("model3 --epoch 3", "error: train has no option '--epoch'; did you mean '--epochs'? Options: ")]
    [InlineData("model3 model4", "error: train: unexpected argument 'model4'.")]
    [InlineData("train", "error: train needs <model>: The model's id, as shown by list, or the path of a spec.")]
    [InlineData("model3 --epochs", "error: --epochs needs <number>: Number of passes over the training images.")]
    [InlineData("model3 --epochs 0", "error: --epochs 0: give a whole number from 1 to 100,000.")]
    [InlineData("model3 --epochs many", "error: --epochs many: give a whole number from 1 to 100,000.")]
    [InlineData("model3 --batch-size -1", "error: --batch-size -1: give a whole number from 1 to 65,536.")]
    [InlineData("model3 --learning-rate 0", "error: --learning-rate 0: give a number above 0, such as 0.001 or 1e-3.")]
    [InlineData("model3 --checkpoint-minutes 0", "error: --checkpoint-minutes 0: give a number above 0, such as 0.5 or 10.")]
    [InlineData("model3 --seed 1.5", "error: --seed 1.5: give a whole number from 0 to ")]
    [InlineData("model3 --device gpu", "error: --device gpu: give auto, cpu or cuda.")]
    [InlineData("model3 --device cuda", "error: This build carries Torch's CPU library.")]
    [InlineData("model3 --optimizer SGD,momentum=1", "error: training.optimizer (SGD): \"momentum\" must be a number of at least 0 and below 1, but is 1. Option: --optimizer.")]
    [InlineData("self-check model1a", "error: self-check needs --precision <fp32|bf16>: Numeric precision.")]
    [InlineData("model3 --optimizer SGD,nesterov=true", "error: training.optimizer")]
    [InlineData("model3 --schedule CosineDecay,alpha=2", "error: training.learning_rate_schedule (CosineDecay): \"alpha\" must be ")]
    [InlineData("model3 --early-stopping patience=3", "error: training")]
    [InlineData("model3 --data nowhere", "error: nowhere: there is no such folder. Give the folder that holds the data, or sample for the built-in sample. Option: --data.")]
    public void Wrong_usage_is_one_message_and_exit_code_2(string args, string message)
    {
        Assert.Equal(2, program.Run([.. args.Split(' ').Select(word => word == "''" ? string.Empty : word)]));

        Assert.StartsWith(message, program.Error, StringComparison.Ordinal);
        Assert.DoesNotContain("   at ", program.Error, StringComparison.Ordinal);
        Assert.Empty(Directory.GetFileSystemEntries(program.Folder));
    }

    [Fact]
    public void An_unknown_option_without_a_command_lists_each_option_once()
    {
        Assert.Equal(2, program.Run("--foo"));

        Assert.Contains(" has no option '--foo'. Options: --help, --version.\n", program.Error, StringComparison.Ordinal);
    }

    [LinuxTheory]
    [InlineData("model1a --output /proc/x", "error: --output /proc/x: cannot write to /proc (the system does not permit it). Choose another folder.")]
    [InlineData("summary model1a --output /proc/x", "error: --output /proc/x: cannot write to /proc (the system does not permit it). Choose another file.")]
    [InlineData("compare a b --output /proc/x/y", "error: --output /proc/x/y: cannot write to /proc (the system does not permit it). Choose another folder.")]
    [InlineData("compare a b --output /dev/null/x", "error: --output /dev/null/x: /dev/null is a file, not a folder. Choose another folder.")]
    [InlineData("evaluate model1a --data sample --weights /dev/zero", "error: /dev/zero: a device or a pipe, not a file. Give a safetensors file.")]
    [InlineData("weights /dev/null", "error: /dev/null: a device or a pipe, not a file. Give a safetensors file.")]
    [InlineData("predict model1a x.png --weights /dev/random", "error: /dev/random: a device or a pipe, not a file. Give a safetensors file.")]
    public void A_place_that_cannot_be_used_is_named_before_any_work(string args, string message)
    {
        Assert.Equal(2, program.Run(args.Split(' ')));

        Assert.Equal($"{message}\n", program.Error);
        Assert.Empty(Directory.GetFileSystemEntries(program.Folder));
    }

    [Fact]
    public void A_folder_that_holds_a_run_is_not_written_over()
    {
        Directory.CreateDirectory("out");
        File.WriteAllText("out/result.json", "mine");

        Assert.Equal(2, program.Run("model1a", "--data", "sample", "--train-images", "32", "--test-images", "10", "--epochs", "1", "--threads", "1", "--output", "out"));

        Assert.StartsWith("error: --output out: the folder is not empty.", program.Error, StringComparison.Ordinal);
        Assert.Equal("mine", File.ReadAllText("out/result.json"));
    }

    [Theory]
    [InlineData("--help")]
    [InlineData("")]
    public void Help_shows_examples_and_where_results_go(string args)
    {
        Assert.Equal(0, program.Run(args.Split(' ', StringSplitOptions.RemoveEmptyEntries)));

        Assert.Contains("train model3 --epochs 2 --data sample", program.Output, StringComparison.Ordinal);
        Assert.Contains("runs/<model>/<start time>-<seed>/", program.Output, StringComparison.Ordinal);
        Assert.Matches(@"\n  evaluate <model> +Evaluates trained weights on the test images\.\n", program.Output);
    }

    [Fact]
    public void The_help_of_train_says_every_default()
    {
        Assert.Equal(0, program.Run("train", "--help"));

        Assert.Equal(22, program.Output.Split("Default: ").Length - 1);
        Assert.Contains("--learning-rate <number>", program.Output, StringComparison.Ordinal);
        Assert.Contains("--device <auto|cpu|cuda>", program.Output, StringComparison.Ordinal);
    }

    [Fact]
    public void List_shows_every_model()
    {
        Assert.Equal(0, program.Run("list"));

        Assert.All(ProjectModels.All, model => Assert.Contains(model.Id, program.Output, StringComparison.Ordinal));
        Assert.Contains("6,694,346", program.Output, StringComparison.Ordinal);
    }

    [Fact]
    public void An_unexpected_failure_is_one_line_and_exit_code_1()
    {
        var broken = ProjectModels.All.Single(model => model.Id == "model1a") with { Create = () => throw new InvalidOperationException("first\nsecond") };

        Assert.Equal(1, program.Run([broken], "model1a", "--data", "sample", "--train-images", "32", "--test-images", "10", "--threads", "1"));

        Assert.Equal("error: this is a bug in the program: InvalidOperationException: first second. Please report it with the command that led to it.\n", program.Error);
    }
}
