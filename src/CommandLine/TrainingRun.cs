using FashionCnn.Data;
using FashionCnn.Evaluation;
using FashionCnn.Models;
using FashionCnn.CommandLine.Charts;
using FashionCnn.Runs;
using FashionCnn.Training;
using Spectre.Console;

namespace FashionCnn.CommandLine;

/// <summary>A run: everything that it starts with. A new one has no checkpoint that it goes on from.</summary>
internal sealed record TrainingRun(
    ModelDescriptor Model, DataSet Data, RunSettings Settings, RunFolder Folder, CheckpointStore Checkpoints, Checkpoint? From)
{
    /// <summary>What the self-check came to.</summary>
    public string? SelfCheck { get; init; }

    private string Title =>
        $"{Model.Id} on {Data.Name}" + (Data.Train.Count == PublishedResult.TrainImages || Data.IsSample ? string.Empty : $", {ListCommand.Count(Data.Train.Count)} images");

    /// <summary>Trains, and leaves everything in the run's folder.</summary>
    /// <param name="tensorBoard">Write TensorBoard event files too.</param>
    /// <param name="console">Takes what is said before, while and after.</param>
    /// <param name="cancellation">Looked at after every step; what was trained is kept.</param>
    public RunResult Train(bool tensorBoard, IAnsiConsole console, CancellationToken cancellation)
    {
        Folder.WriteConfig(RunConfiguration.Of(Model, Data, Settings) with { SelfCheck = SelfCheck });
        RunReport.WriteStart(Model, Data, Settings, Folder.Path, console);

        Trainer.Prepare(Settings);
        using var model = Model.Create();
        var events = tensorBoard ? new TensorBoardLog(Folder) : null;
        var history = new List<EpochRecord>(From?.State.History ?? []);
        var outcome = TrainingDisplay.Show(console, Settings.Training.Epochs, display => Trainer.Train(
            model,
            Data,
            Settings,
            display.OnStep,
            epoch =>
            {
                // What is finished is on the disk before the next epoch begins.
                history.Add(epoch);
                Folder.WriteHistory(history);
                events?.Write(epoch);
                display.OnEpoch(epoch);
            },
            Checkpoints,
            From,
            cancellation));

        Folder.WriteWeights(model);
        if (!outcome.Cancelled)
        {
            using var test = new Batches(Data.Test, TorchSharp.torch.device(Settings.Device));
            Folder.WritePredictions(Evaluator.Predict(model, test, CancellationToken.None)!);
        }

        Folder.WriteBestAndLast(model, outcome);
        Folder.WriteHistory(outcome.History);
        CurveChart.WriteTo(Folder, Title, outcome.History);
        var result = RunResult.Of(Model, Data, Settings, outcome);
        Folder.WriteResult(result);
        if (result.Completed)
        {
            Checkpoints.Finish();
        }

        RunReport.WriteEnd(this, outcome, result, console);
        return result;
    }
}
