using FashionCnn.Data;
using FashionCnn.Models;
using FashionCnn.Reporting;
using FashionCnn.Training;

namespace FashionCnn.Runner;

/// <summary>Everything that a run starts with; a new one has no checkpoint that it goes on from.</summary>
internal sealed record TrainingRun(
    ModelDescriptor Model, DataSet Data, RunSettings Settings, RunFolder Folder, CheckpointStore Checkpoints, Checkpoint? From);
