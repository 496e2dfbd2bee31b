using System.CommandLine;
using System.Diagnostics;
using System.Text.Json;
using FashionCnn.Checks;
using FashionCnn.Models;
using FashionCnn.Native;
using FashionCnn.Training;
using Xunit;

namespace FashionCnn.CommandLine.Tests;

public sealed class SelfCheckTests : IDisposable
{
    private const string CacheVariable = "XDG_CACHE_HOME";

    private static readonly string[] Small = ["--data", "sample", "--train-images", "96", "--test-images", "50", "--threads", "1", "--epochs", "1", "--output", "out"];

    /// <summary>The same in fp32, whatever the processor would choose.</summary>
    private static readonly string[] SmallInFp32 = [.. Small, "--precision", "fp32"];

    private readonly TestProgram program = new() { Child = FaultyModels.Program };
    private readonly string? cache = Environment.GetEnvironmentVariable(CacheVariable);

    public SelfCheckTests() => Environment.SetEnvironmentVariable(CacheVariable, Path.Combine(program.Folder, "cache"));

    public static TheoryData<string, string> Specs
    {
        get
        {
            var data = new TheoryData<string, string>();
            foreach (var model in ProjectModels.All)
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
        Assert.Empty(SelfCheck.Run(ProjectModels.All.Single(model => model.Id == id), new SelfCheckSetting(precision, Threads: 1, TrainingBatch: 6, EvaluationBatch: 5)).Faults);

    [Theory]
    [InlineData(139, false, false, "SIGSEGV")]
    [InlineData(135, false, false, "SIGBUS")]
    [InlineData(138, false, true, "SIGBUS")]
    [InlineData(135, false, true, null)]
    [InlineData(137, false, false, null)]
    [InlineData(unchecked((int)0xC0000005), true, false, "access violation")]
    [InlineData(unchecked((int)0xC000001D), true, false, "illegal instruction")]
    [InlineData(139, true, false, null)]
    [InlineData(1, false, false, null)]
    public void What_a_kernel_did_to_end_a_process_is_told_from_an_end_of_another_kind(int exitCode, bool isWindows, bool isMacOS, string? expected) =>
        Assert.Equal(expected, SelfCheckProcess.DeathOf(exitCode, isWindows, isMacOS));

    [Theory]
    [InlineData(1, 256)]
    [InlineData(4, 64)]
    [InlineData(3, 86)]
    public void A_rank_is_checked_with_batches_as_large_as_it_computes(int ranks, int expected)
    {
        var settings = new RunSettings(new TrainingSettings { BatchSize = 256 }, Seed: 1, Threads: 1, Device: "cpu") { Ranks = ranks };

        Assert.Equal(expected, TrainOptions.CheckOf(settings).TrainingBatch);
    }

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
        Assert.Contains("(2 % is allowed). Use --precision fp32, which passes the check. doctor shows", program.Error, StringComparison.Ordinal);
        Assert.False(Directory.Exists("out"));
        Assert.Equal(0, Run(["train", "wrong_in_bf16", "--precision", "fp32", .. Small]));
    }

    [Fact]
    public void A_resumed_run_keeps_its_precision_or_is_refused()
    {
        Assert.Equal(0, Run(["train", "wrong_in_bf16", "--precision", "bf16", "--no-self-check", .. Small]));
        Assert.Equal("not made", Config("self_check"));

        Assert.Equal(1, Run("train", "wrong_in_bf16", "--resume", "out", "--epochs", "2", "--data", "sample"));
        Assert.Contains("The run keeps its precision and layout; --precision fp32 passes the check and continues it, which changes the result.", program.Error, StringComparison.Ordinal);
        Assert.Equal("bf16", Config("precision"));

        Assert.Equal(0, Run("train", "wrong_in_bf16", "--resume", "out", "--epochs", "2", "--data", "sample", "--precision", "fp32"));
    }

    [Fact]
    public void A_precision_that_was_chosen_for_the_user_gives_way_to_fp32()
    {
        var said = new List<string>();
        using var check = Start(FaultyModels.WrongInBf16);

        var (chosen, record) = check.Finish(new SelfCheckFreedom(Precision: true, Layout: true), said.Add);

        Assert.Equal(("fp32", MemoryLayout.ChannelsLast), (chosen.Precision, chosen.Layout));
        Assert.Matches(@"^Note: bf16 is computed wrongly on this machine in conv2 \(Conv2D\): the .* is wrong by .* of its largest value \(2 % is allowed\); using fp32 with channels_last instead\.$", Assert.Single(said));
        Assert.Matches(@"^bf16 is computed wrongly on this machine in conv2 .*; fp32 with channels_last passed$", record);
    }

    [Fact]
    public void Where_fp32_is_wrong_too_nothing_is_left_to_choose()
    {
        using var check = Start(FaultyModels.Wrong);

        var exception = Assert.Throws<SelfCheckFailedException>(() => check.Finish(new SelfCheckFreedom(Precision: true, Layout: true), _ => { }));

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
        Fail("fp32", MemoryLayout.ChannelsLast);

        Assert.Equal(1, Run(["train", "sound", "--layout", "channels_last", .. SmallInFp32]));
        Assert.Contains("in conv2 (Conv2D): remembered. ", program.Error, StringComparison.Ordinal);

        Assert.Equal(0, Run(["train", "sound", "--batch-size", "16", .. SmallInFp32]));
    }

    [Fact]
    public void A_run_is_trained_in_the_other_layout_where_the_chosen_one_is_wrong()
    {
        Fail("fp32", MemoryLayout.ChannelsLast);

        Assert.Equal(0, Run(["train", "sound", .. SmallInFp32]));

        Assert.Contains("Note: fp32 with channels_last is computed wrongly on this machine in conv2 (Conv2D): remembered; using fp32 with channels_first instead.\n", program.Output, StringComparison.Ordinal);
        Assert.Equal(("fp32", MemoryLayout.ChannelsFirst), (Config("precision"), Config("layout")));
        Assert.Equal("fp32 with channels_last is computed wrongly on this machine in conv2 (Conv2D): remembered; fp32 with channels_first passed", Config("self_check"));

        // It is continued as it is.
        Assert.Equal(0, Run("train", "sound", "--resume", "out", "--epochs", "2", "--data", "sample"));
        Assert.DoesNotContain("computed wrongly", program.Output, StringComparison.Ordinal);
        Assert.Equal((MemoryLayout.ChannelsFirst, "passed"), (Config("layout"), Config("self_check")));
    }

    [Fact]
    public void A_precision_that_was_asked_for_keeps_to_it_and_changes_the_layout()
    {
        Fail("bf16", MemoryLayout.ChannelsLast);

        Assert.Equal(0, Run(["train", "sound", "--precision", "bf16", .. Small]));

        Assert.Contains("Note: bf16 with channels_last is computed wrongly on this machine in conv2 (Conv2D): remembered; using bf16 with channels_first instead.\n", program.Output, StringComparison.Ordinal);
        Assert.Equal(("bf16", MemoryLayout.ChannelsFirst), (Config("precision"), Config("layout")));
    }

    [Fact]
    public void A_layout_that_was_asked_for_and_is_wrong_is_an_error_that_says_what_passes()
    {
        Fail("fp32", MemoryLayout.ChannelsFirst);

        Assert.Equal(1, Run(["train", "sound", "--layout", "channels_first", .. SmallInFp32]));

        Assert.StartsWith(
            "error: fp32 with channels_first is computed wrongly on this machine in conv2 (Conv2D): remembered. Use --layout channels_last, which passes the check. doctor shows", program.Error, StringComparison.Ordinal);
        Assert.False(Directory.Exists("out"));
    }

    [Fact]
    public void A_resumed_run_keeps_its_layout_or_is_refused()
    {
        Assert.Equal(0, Run(["train", "sound", .. SmallInFp32]));
        Assert.Equal(MemoryLayout.ChannelsLast, Config("layout"));
        Fail("fp32", MemoryLayout.ChannelsLast);

        Assert.Equal(1, Run("train", "sound", "--resume", "out", "--epochs", "2", "--data", "sample"));
        Assert.StartsWith(
            "error: fp32 with channels_last is computed wrongly on this machine in conv2 (Conv2D): remembered. The run keeps its precision and layout; --layout channels_first passes the check and continues it, which changes the result. doctor",
            program.Error,
            StringComparison.Ordinal);

        Assert.Equal(0, Run("train", "sound", "--resume", "out", "--epochs", "2", "--data", "sample", "--layout", "channels_first"));
        Assert.Contains("Changed: layout channels_last -> channels_first from epoch 2. The change is recorded.", program.Output, StringComparison.Ordinal);
        Assert.Equal(MemoryLayout.ChannelsFirst, Config("layout"));
    }

    [Fact]
    public void Where_both_layouts_are_wrong_the_error_says_what_else_there_is()
    {
        Fail("bf16", MemoryLayout.ChannelsLast);
        Fail("bf16", MemoryLayout.ChannelsFirst);
        Assert.Equal(1, Run(["train", "sound", "--precision", "bf16", .. Small]));
        Assert.StartsWith("error: bf16 is computed wrongly on this machine in conv2 (Conv2D): remembered. Use --precision fp32, which passes the check. doctor", program.Error, StringComparison.Ordinal);

        // In fp32 only the layout passes that it does not choose by itself.
        Fail("fp32", MemoryLayout.ChannelsLast);
        Assert.Equal(1, Run(["train", "sound", "--precision", "bf16", "--layout", "channels_last", .. Small]));
        Assert.Contains(". Use --precision fp32 --layout channels_first, which passes the check. doctor", program.Error, StringComparison.Ordinal);

        Fail("fp32", MemoryLayout.ChannelsFirst);
        Assert.Equal(1, Run(["train", "sound", .. Small]));
        Assert.StartsWith("error: fp32 is computed wrongly on this machine in conv2 (Conv2D): remembered. Torch's kernels for this layer are wrong on this processor: set ONEDNN_MAX_CPU_ISA=SSE41", program.Error, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(0, "bf16", MemoryLayout.ChannelsLast)]
    [InlineData(1, "bf16", MemoryLayout.ChannelsFirst)]
    [InlineData(2, "fp32", MemoryLayout.ChannelsLast)]
    [InlineData(3, "fp32", MemoryLayout.ChannelsFirst)]
    public void What_was_chosen_for_the_user_gives_way_to_the_next_safer_setting_that_passes(int wrong, string precision, string layout)
    {
        (string Precision, string Layout)[] chain = [("bf16", MemoryLayout.ChannelsLast), ("bf16", MemoryLayout.ChannelsFirst), ("fp32", MemoryLayout.ChannelsLast), ("fp32", MemoryLayout.ChannelsFirst)];
        foreach (var (i, setting) in chain.Index())
        {
            Keep(setting.Precision, setting.Layout, batch: 8, passes: i >= wrong);
        }

        using var check = Start(FaultyModels.Sound);
        var said = new List<string>();
        var (chosen, record) = check.Finish(new SelfCheckFreedom(Precision: true, Layout: true), said.Add);

        Assert.Equal((precision, layout), (chosen.Precision, chosen.Layout));
        Assert.Equal(wrong == 0 ? 0 : 1, said.Count);
        Assert.All(said, note => Assert.EndsWith($"; using {precision} with {layout} instead.", note, StringComparison.Ordinal));
        Assert.EndsWith("passed", record, StringComparison.Ordinal);
    }

    [Fact]
    public void Evaluation_and_prediction_change_the_layout_too()
    {
        Assert.Equal(0, Run(["train", "sound", .. SmallInFp32]));
        SelfCheckVerdict remembered = new([new LayerFault("conv2 (Conv2D)", "remembered")]);
        VerdictStore.User.Write(FaultyModels.Sound, SelfCheckSetting.Evaluation("fp32", 1), remembered);
        VerdictStore.User.Write(FaultyModels.Sound, SelfCheckSetting.Prediction(1), remembered);
        using (var picture = new SkiaSharp.SKBitmap(28, 28))
        using (var file = File.Create("picture.png"))
        {
            picture.Encode(file, SkiaSharp.SKEncodedImageFormat.Png, 100);
        }

        const string Note = "Note: fp32 with channels_last is computed wrongly on this machine in conv2 (Conv2D): remembered; using fp32 with channels_first instead.\n";
        Assert.Equal(0, Run("evaluate", "sound", "--weights", "out", "--data", "sample", "--test-images", "50", "--threads", "1", "--precision", "fp32"));
        Assert.Contains(Note, program.Error, StringComparison.Ordinal);
        Assert.Equal(0, Run("predict", "sound", "picture.png", "--weights", "out", "--threads", "1"));
        Assert.Contains(Note, program.Error, StringComparison.Ordinal);
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

        Assert.Equal(0, other.Run(FaultyModels.All, ["train", "sound", .. SmallInFp32]));

        Assert.Contains("Warning: the self-check in fp32 with channels_last could not be run: the program cannot start itself again: ", other.Output, StringComparison.Ordinal);
    }

    [Fact]
    public void The_process_of_a_check_is_no_rank_of_a_parallel_job()
    {
        string[] names = ["OMPI_COMM_WORLD_RANK", "PMI_RANK", "PMIX_RANK", "SLURM_PROCID", "MPI_LOCALRANKID"];
        var start = new ProcessStartInfo("dotnet", [.. FaultyModels.Program.Arguments, FaultyModels.ShowEnvironmentOfChild]) { RedirectStandardOutput = true, RedirectStandardError = true };
        foreach (var name in names)
        {
            start.Environment[name] = "1";
        }

        var (exitCode, output, _) = Processes.Finish(Process.Start(start)!);

        Assert.Equal(0, exitCode);
        Assert.Contains("MALLOC_PERTURB_", output.Split('\n'));
        Assert.DoesNotContain(output.Split('\n'), names.Contains);
    }

    private static SelfCheckStep Start(ModelDescriptor model)
    {
        var options = new Command("train") { SelfCheckStep.Skip }.Parse([]);
        return SelfCheckStep.Start(FaultyModels.Program, options, model, SelfCheckSetting.Training("bf16", 1, 8), "cpu");
    }

    /// <summary>What a machine with such a fault would have in its cache.</summary>
    private static void Fail(string precision, string layout) => Keep(precision, layout, batch: 32, passes: false);

    private static void Keep(string precision, string layout, int batch, bool passes) => VerdictStore.User.Write(
        FaultyModels.Sound, SelfCheckSetting.Training(precision, 1, batch) with { Layout = layout }, new SelfCheckVerdict(passes ? [] : [new LayerFault("conv2 (Conv2D)", "remembered")]));

    private int Run(params string[] args) => program.Run(FaultyModels.All, args);

    private string? Config(string key)
    {
        using var config = JsonDocument.Parse(program.Read("out/config.json"));
        return config.RootElement.GetProperty(key).GetString();
    }
}
