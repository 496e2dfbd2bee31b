using FashionCnn.Data;
using FashionCnn.Models;
using FashionCnn.Runs;
using FashionCnn.Training;
using Xunit;

namespace FashionCnn.Runtime.Tests.Runs;

/// <summary>Runs of a small model in a folder that goes with the test; any event can be made to kill one.</summary>
public abstract class KilledRuns : IDisposable
{
    private protected static readonly DataSet Data = TestModels.Stripes(train: 101, test: 40);

    private protected static readonly string[] Final = ["weights.safetensors", "best.safetensors", "last.safetensors", "predictions.csv"];

    private protected readonly TemporaryFolder folder = new();
    private protected readonly List<RunEvent> events = [];

    public void Dispose()
    {
        folder.Dispose();
        GC.SuppressFinalize(this);
    }

    private protected static RunSettings Settings(int epochs = 3, double rate = 0.01, LearningRateSchedule? schedule = null) => new(
        new TrainingSettings { Optimizer = new AdamSettings(rate), LearningRateSchedule = schedule, ValidationSplit = 0.2, BatchSize = 8, Epochs = epochs }, Seed: 3, Threads: 1, Device: "cpu");

    private protected RunResult Start(string name, RunSettings settings, DataSet? data = null, Func<RunEvent, bool>? killAt = null, bool tensorBoard = false, bool everyStep = false) =>
        Run.Start(
            TestModels.Small, data ?? Data, settings, () => RunFolder.TryCreate(folder.File(name)) ?? throw new InvalidOperationException("the folder is taken"),
            Options(killAt) with { TensorBoard = tensorBoard, CheckpointInterval = everyStep ? TimeSpan.Zero : TimeSpan.FromMinutes(5) });

    private protected RunResult Continue(string name, RunChanges? changes = null, Func<RunEvent, bool>? killAt = null) =>
        Run.Continue(Open(name), TestModels.Small, changes ?? new RunChanges(), _ => Data, Options(killAt));

    private protected RunOptions Options(Func<RunEvent, bool>? killAt) => new()
    {
        OnEvent = what =>
        {
            events.Add(what);
            if (killAt?.Invoke(what) == true)
            {
                throw new KilledException();
            }
        },
    };

    private protected RunFolder Open(string name) => RunFolder.Open(folder.File(name));

    private protected void CheckSame(string expected, string actual) =>
        Assert.All(Final, file => Assert.Equal(File.ReadAllBytes(folder.File($"{expected}/{file}")), File.ReadAllBytes(folder.File($"{actual}/{file}"))));

    private protected sealed class KilledException : Exception;
}
