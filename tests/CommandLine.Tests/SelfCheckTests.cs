using System.CommandLine;
using System.Text.Json;
using FashionCnn.Checks;
using FashionCnn.Models;
using FashionCnn.Native;
using Xunit;

namespace FashionCnn.CommandLine.Tests;

public sealed class SelfCheckTests : IDisposable
{
    private const string CacheVariable = "XDG_CACHE_HOME";

    private static readonly string[] Small = ["--data", "sample", "--train-images", "96", "--test-images", "50", "--threads", "1", "--epochs", "1", "--output", "out"];

    private readonly TestProgram program = new() { Child = FaultyModels.Program };
    private readonly string? cache = Environment.GetEnvironmentVariable(CacheVariable);

    public SelfCheckTests() => Environment.SetEnvironmentVariable(CacheVariable, Path.Combine(program.Folder, "cache"));

    public static TheoryData<string, string> Specs
    {
        get
        {
            var data = new TheoryData<string, string>();
            foreach (var model in ModelCatalog.All)
            {
                data.Add(model.Id, ComputePrecision.Fp32);
                data.Add(model.Id, ComputePrecision.Bf16);
            }

            return data;
        }
    }

    private string Checks => Path.Combine(program.Folder, "cache", "fashioncnn", "self-check");

    public void Dispose()
    {
        Environment.SetEnvironmentVariable(CacheVariable, cache);
        program.Dispose();
    }

    [Theory]
    [MemberData(nameof(Specs))]
    public void Every_layer_of_every_spec_is_computed_correctly(string id, string precision) =>
        Assert.Empty(SelfCheck.Run(ModelCatalog.All.Single(model => model.Id == id), new SelfCheckSetting(precision, Threads: 1, TrainingBatch: 6, EvaluationBatch: 5)).Faults);

    [Fact]
    public void A_run_is_checked_before_it_starts_and_keeps_the_verdict()
    {
        Assert.Equal(0, Run(["train", "sound", .. Small]));

        Assert.Equal("passed", Config("self_check"));
        Assert.Single(Directory.GetFiles(Checks));
    }

    [Fact]
    public void A_precision_that_was_asked_for_and_is_wrong_is_an_error_that_names_the_layer()
    {
        Assert.Equal(1, Run(["train", "wrong_in_bf16", "--precision", "bf16", .. Small]));

        Assert.StartsWith("error: bf16 is computed wrongly on this machine in conv2 (Conv2D): the ", program.Error, StringComparison.Ordinal);
        Assert.Contains("(2 % is allowed). Train in fp32 with --precision fp32. doctor shows", program.Error, StringComparison.Ordinal);
        Assert.False(Directory.Exists("out"));
        Assert.Equal(0, Run(["train", "wrong_in_bf16", "--precision", "fp32", .. Small]));
    }

    [Fact]
    public void A_resumed_run_keeps_its_precision_or_is_refused()
    {
        Assert.Equal(0, Run(["train", "wrong_in_bf16", "--precision", "bf16", "--no-self-check", .. Small]));
        Assert.Equal("not made", Config("self_check"));

        Assert.Equal(1, Run("train", "wrong_in_bf16", "--resume", "out", "--epochs", "2", "--data", "sample"));
        Assert.Contains("The run keeps its precision; give --precision fp32 to continue it in fp32, which changes the result.", program.Error, StringComparison.Ordinal);
        Assert.Equal("bf16", Config("precision"));

        Assert.Equal(0, Run("train", "wrong_in_bf16", "--resume", "out", "--epochs", "2", "--data", "sample", "--precision", "fp32"));
    }

    [Fact]
    public void A_precision_that_was_chosen_for_the_user_gives_way_to_fp32()
    {
        var said = new List<string>();
        using var check = Start(FaultyModels.WrongInBf16);

        var (precision, record) = check.Finish(mayChange: true, "Nothing to do.", said.Add);

        Assert.Equal("fp32", precision);
        Assert.Matches(@"^Note: bf16 is computed wrongly on this machine in conv2 \(Conv2D\): the .* is wrong by .* of its largest value \(2 % is allowed\); using fp32 instead\.$", Assert.Single(said));
        Assert.Matches(@"^bf16 is computed wrongly on this machine in conv2 .*; fp32 passed$", record);
    }

    [Fact]
    public void Where_fp32_is_wrong_too_nothing_is_left_to_choose()
    {
        using var check = Start(FaultyModels.Wrong);

        var exception = Assert.Throws<SelfCheckFailedException>(() => check.Finish(mayChange: true, "Nothing to do.", _ => { }));

        Assert.StartsWith("fp32 is computed wrongly on this machine in conv2 (Conv2D): ", exception.Message, StringComparison.Ordinal);
        Assert.Contains("ONEDNN_MAX_CPU_ISA=SSE41", exception.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_kernel_that_ends_the_process_is_a_fault_of_its_layer()
    {
        if (OperatingSystem.IsWindows())
        {
            // There are no such signals.
            return;
        }

        Assert.Equal(1, Run(["train", "deadly", .. Small]));

        Assert.StartsWith("error: fp32 is computed wrongly on this machine in conv2 (Conv2D): computing it ends the process (SIGFPE). ", program.Error, StringComparison.Ordinal);
    }

    [Fact]
    public void A_verdict_is_kept_and_another_setting_is_checked_anew()
    {
        VerdictStore.User.Write(FaultyModels.Sound, SelfCheckSetting.Training("fp32", 1, 32), new SelfCheckVerdict([new LayerFault("dense1 (Dense)", "remembered")]));

        Assert.Equal(1, Run(["train", "sound", .. Small]));
        Assert.Contains("in dense1 (Dense): remembered. ", program.Error, StringComparison.Ordinal);

        Assert.Equal(0, Run(["train", "sound", "--batch-size", "16", .. Small]));
    }

    [Fact]
    public void Evaluation_and_prediction_are_checked_too()
    {
        Assert.Equal(0, Run(["train", "wrong", "--no-self-check", .. Small]));

        Assert.Equal(1, Run("evaluate", "wrong", "--weights", "out", "--data", "sample", "--test-images", "50", "--threads", "1"));
        Assert.StartsWith("error: fp32 is computed wrongly on this machine in conv2 (Conv2D): the output is wrong by ", program.Error, StringComparison.Ordinal);
        Assert.Equal(1, Run("predict", "wrong", "picture.png", "--weights", "out", "--threads", "1"));
        Assert.StartsWith("error: fp32 is computed wrongly on this machine in conv2 (Conv2D): the output is wrong by ", program.Error, StringComparison.Ordinal);
        Assert.Equal(0, Run("evaluate", "wrong", "--weights", "out", "--data", "sample", "--test-images", "50", "--threads", "1", "--no-self-check"));
    }

    [Fact]
    public void A_check_that_cannot_be_made_is_said_and_stops_nothing()
    {
        using var other = new TestProgram { Child = new ChildProgram(Path.Combine(program.Folder, "missing"), []) };

        Assert.Equal(0, other.Run(FaultyModels.All, ["train", "sound", .. Small]));

        Assert.Contains("Warning: the self-check in fp32 could not be run: the program cannot start itself again: ", other.Output, StringComparison.Ordinal);
    }

    [Fact]
    public void The_process_of_a_check_is_no_rank_of_a_parallel_job()
    {
        string[] names = ["OMPI_COMM_WORLD_RANK", "PMI_RANK", "PMIX_RANK", "SLURM_PROCID", "MPI_LOCALRANKID"];
        foreach (var name in names)
        {
            Environment.SetEnvironmentVariable(name, "1");
        }

        try
        {
            var (exitCode, output, _) = Processes.Finish(new ChildProgram("dotnet", [typeof(FaultyModels).Assembly.Location, FaultyModels.ShowEnvironment]).Start());

            Assert.Equal(0, exitCode);
            Assert.Contains("MALLOC_PERTURB_", output.Split('\n'));
            Assert.DoesNotContain(output.Split('\n'), names.Contains);
        }
        finally
        {
            foreach (var name in names)
            {
                Environment.SetEnvironmentVariable(name, null);
            }
        }
    }

    private static SelfCheckStep Start(ModelDescriptor model)
    {
        var options = new Command("train") { SelfCheckStep.Skip }.Parse([]);
        return SelfCheckStep.Start(FaultyModels.Program, options, model, SelfCheckSetting.Training("bf16", 1, 8), "cpu");
    }

    private int Run(params string[] args) => program.Run(FaultyModels.All, args);

    private string? Config(string key)
    {
        using var config = JsonDocument.Parse(program.Read("out/config.json"));
        return config.RootElement.GetProperty(key).GetString();
    }
}
