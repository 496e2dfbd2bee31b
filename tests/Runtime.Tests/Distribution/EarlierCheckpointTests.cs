using System.Text.Json.Nodes;
using FashionCnn.Data;
using FashionCnn.Distribution;
using FashionCnn.Models;
using FashionCnn.Training;
using Xunit;

namespace FashionCnn.Runtime.Tests.Distribution;

public sealed class EarlierCheckpointTests
{
    [Fact]
    public void A_checkpoint_from_before_there_were_ranks_is_that_of_one_process()
    {
        var checkpoint = new Checkpoint
        {
            Model = "small",
            ArchitectureFingerprint = "a",
            Layers = [],
            Settings = new RunSettings(new TrainingSettings(), Seed: 1, Threads: 1, "cpu") { Ranks = 3, Reduce = GradientReduction.Bf16, SyncBatchNorm = true },
            Data = new DataReference("data", "folder", IsSample: false, 1, 1, "b", "c"),
            State = TrainingState.Start,
            Origin = RunOrigin.Now,
        };
        var text = CheckpointFile.TextOf(checkpoint);
        Assert.Equal(checkpoint.Settings, CheckpointFile.FromText(text).Settings);

        var json = JsonNode.Parse(text)!;
        foreach (var name in new[] { "ranks", "reduce", "sync_batch_norm" })
        {
            Assert.True(json["settings"]!.AsObject().Remove(name), name);
        }

        Assert.Equal(new RunSettings(checkpoint.Settings.Training, Seed: 1, Threads: 1, "cpu"), CheckpointFile.FromText(json.ToJsonString()).Settings);
    }
}
