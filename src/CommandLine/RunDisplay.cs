using FashionCnn.CommandLine.Charts;
using FashionCnn.CommandLine.Study;
using FashionCnn.Runs;
using Spectre.Console;

namespace FashionCnn.CommandLine;

/// <summary>Puts into words what happens in a run, and draws its curves.</summary>
internal static class RunDisplay
{
    /// <summary>Starts or continues a run, and shows how it goes.</summary>
    /// <param name="console">Takes what is shown.</param>
    /// <param name="run">Starts or continues the run, and reports what happens.</param>
    public static RunResult Show(IAnsiConsole console, Func<Action<RunEvent>, RunResult> run)
    {
        // Messages before and after training are printed outside the display of epochs.
        TrainingDisplay? epochs = null;
        var isContinued = false;
        OutputLostException? lost = null;
        try
        {
            var result = run(Say);
            return lost is null ? result : throw lost;
        }
        finally
        {
            epochs?.Dispose();
        }

        void Say(RunEvent what)
        {
            try
            {
                Show(what);
            }
            // Training goes on if the output is lost later, but stops if nothing could be written from the start.
            catch (OutputLostException exception) when (what is StepDone or EpochDone or RunEnded)
            {
                lost ??= exception;
            }
        }

        void Show(RunEvent what)
        {
            switch (what)
            {
                case CheckpointSkipped skipped:
                    console.WriteLine($"Warning: {skipped.Problem}");
                    break;
                case RunContinued continued:
                    WriteContinued(continued, console);
                    isContinued = true;
                    break;
                case RunStarted started:
                    RunReport.WriteStart(started, isContinued, console);
                    epochs = new TrainingDisplay(console, started.Settings.Training.Epochs);
                    break;
                case StepDone step:
                    epochs!.OnStep(step.Progress);
                    break;
                case EpochDone epoch:
                    epochs!.OnEpoch(epoch.Epoch);
                    break;
                case RunFinishing finishing:
                    epochs!.Dispose();
                    CurveChart.WriteTo(finishing.Folder, Title(finishing), finishing.History);
                    break;
                case RunEnded ended:
                    RunReport.WriteEnd(ended, console);
                    break;
            }
        }
    }

    private static void WriteContinued(RunContinued continued, IAnsiConsole console)
    {
        console.WriteLine($"Continuing {continued.Folder.Path} from {continued.From.Place}.");
        foreach (var change in continued.Changes)
        {
            console.WriteLine($"Changed: {change}. {(change.Decides ? "The result will differ from that of a run that had this from its start." : "The change is recorded.")}");
        }
    }

    private static string Title(RunFinishing run) =>
        $"{run.Model.Id} on {run.Data.Name}" + (run.Data.Train.Count == PublishedResult.TrainImages || run.Data.IsSample ? string.Empty : $", {NumberText.Count(run.Data.Train.Count)} images");
}
