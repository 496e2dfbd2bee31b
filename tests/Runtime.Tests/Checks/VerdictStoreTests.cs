using FashionCnn.Checks;
using Xunit;

namespace FashionCnn.Runtime.Tests.Checks;

public sealed class VerdictStoreTests : IDisposable
{
    private static readonly CheckKey Key = CheckKey.Of(TestModels.Small, SelfCheckSetting.Training("fp32", 2, 32));
    private static readonly SelfCheckVerdict Verdict = new([new LayerFault("conv1 (Conv2D)", "the output is wrong"), new LayerFault("dense1 (Dense)", "the output is not finite")]);

    private readonly TemporaryFolder folder = new();
    private readonly VerdictStore store;

    public VerdictStoreTests() => store = new VerdictStore(Path.Combine(folder.Path, "checks"));

    public void Dispose() => folder.Dispose();

    [Fact]
    public void A_verdict_is_read_as_it_was_written()
    {
        Assert.Null(store.Read(Key));

        store.Write(Key, Verdict);
        Assert.Equal(Verdict.Faults, store.Read(Key)!.Faults);

        store.Write(Key, new SelfCheckVerdict([]));
        Assert.True(store.Read(Key)!.Passed);
    }

    [Fact]
    public void A_verdict_holds_for_nothing_else()
    {
        store.Write(Key, Verdict);

        Assert.All(
            [
                Key with { Processor = "x" }, Key with { Torch = "x" }, Key with { Caches = "x" }, Key with { Code = "x" }, Key with { Environment = "x" }, Key with { Architecture = "x" },
                Key with { Setting = Key.Setting with { Precision = "bf16" } }, Key with { Setting = Key.Setting with { Threads = 1 } },
                Key with { Setting = Key.Setting with { TrainingBatch = 33 } }, Key with { Setting = Key.Setting with { EvaluationBatch = 1 } },
            ],
            other => Assert.Null(store.Read(other)));
    }

    [Theory]
    [InlineData("")]
    [InlineData("end\n")]
    [InlineData("half")]
    public void A_damaged_file_is_no_verdict_and_is_replaced(string content)
    {
        store.Write(Key, Verdict);
        var file = Directory.GetFiles(Path.Combine(folder.Path, "checks")).Single();
        File.WriteAllText(file, content == "half" ? File.ReadAllText(file)[..^8] : content);

        Assert.Null(store.Read(Key));

        store.Write(Key, Verdict);
        Assert.NotNull(store.Read(Key));
    }

    [Fact]
    public void A_place_that_cannot_be_written_is_no_error()
    {
        var file = Path.Combine(folder.Path, "file");
        File.WriteAllText(file, string.Empty);
        var unusable = new VerdictStore(Path.Combine(file, "checks"));

        unusable.Write(Key, Verdict);

        Assert.Null(unusable.Read(Key));
    }

    [Fact]
    public void Processes_that_write_at_once_leave_a_whole_file()
    {
        Parallel.For(0, 50, _ => store.Write(Key, Verdict));

        Assert.Single(Directory.GetFiles(Path.Combine(folder.Path, "checks")));
        Assert.NotNull(store.Read(Key));
    }
}
