using System.Diagnostics;
using FashionCnn.Training;
using Spectre.Console;
using static System.FormattableString;

namespace FashionCnn.CommandLine;

/// <summary>Shows how training goes, until it is disposed: on a terminal a bar per epoch, elsewhere a line per epoch.</summary>
internal sealed class TrainingDisplay : IDisposable
{
    // Drawing takes time from training.
    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(200);

    private readonly IAnsiConsole console;
    private readonly int epochs;
    private readonly ProgressContext? bars;
    private readonly Task? shown;
    private readonly TaskCompletionSource end = new();
    private readonly Stopwatch sinceShown = Stopwatch.StartNew();
    private ProgressTask? bar;
    private StepProgress? last;

    /// <summary>Begins.</summary>
    /// <param name="console">Takes what is shown.</param>
    /// <param name="epochs">The total number of epochs.</param>
    public TrainingDisplay(IAnsiConsole console, int epochs)
    {
        this.console = console;
        this.epochs = epochs;
        if (console.Profile.Out.IsTerminal && console.Profile.Capabilities.Interactive)
        {
            var begun = new TaskCompletionSource<ProgressContext>();
            shown = Task.Run(() => console.Progress()
                .AutoClear(true)
                .HideCompleted(true)
                .Columns(new ProgressBarColumn { Width = 16 }, new TaskDescriptionColumn { Alignment = Justify.Left })
                .StartAsync(context =>
                {
                    begun.SetResult(context);
                    return end.Task;
                }));
            bars = begun.Task.GetAwaiter().GetResult();
        }
    }

    /// <summary>Ends the display.</summary>
    public void Dispose()
    {
        _ = end.TrySetResult();
        shown?.GetAwaiter().GetResult();
    }

    public void OnStep(StepProgress progress)
    {
        last = progress;
        if (bars is null)
        {
            return;
        }

        if (bar is null || bar.IsFinished)
        {
            bar = bars.AddTask($"epoch {progress.Epoch}/{progress.Epochs}", maxValue: progress.Images);
        }
        else if (sinceShown.Elapsed < Pause)
        {
            return;
        }

        sinceShown.Restart();
        var speed = progress.ImagesDone / progress.Seconds;
        var left = TimeSpan.FromSeconds((progress.Images - progress.ImagesDone) / speed);
        bar.Value = progress.ImagesDone;
        bar.Description = Markup.Escape(Invariant(
            $"epoch {progress.Epoch}/{progress.Epochs}  loss {NumberText.Number(progress.Loss)}  accuracy {NumberText.Number(progress.Accuracy)}  {speed:N0}/s  {NumberText.Countdown(left)} left"));
        bars.Refresh();
    }

    public void OnEpoch(EpochRecord epoch)
    {
        var tested = epoch.TestLoss is not null;
        var trained = Invariant($"epoch {epoch.Epoch}/{epochs}  loss {NumberText.Number(epoch.TrainLoss)}  accuracy {NumberText.Number(epoch.TrainAccuracy)}")
            + (epoch.ValidationLoss is null ? string.Empty : Invariant($"  validation {NumberText.Number(epoch.ValidationLoss)}  {NumberText.Number(epoch.ValidationAccuracy)}"));
        if (bar is null)
        {
            console.WriteLine(Invariant(
                $"{trained}{(tested ? $"  test loss {NumberText.Number(epoch.TestLoss)}  test accuracy {NumberText.Number(epoch.TestAccuracy)}" : string.Empty)}  {NumberText.Seconds(epoch.TrainSeconds)}")
                // A run that was stopped while it evaluated goes on with that: it makes no step before its first line.
                + (last is null ? string.Empty : Invariant($", {last.Images / epoch.TrainSeconds:N0} images/s")));
            return;
        }

        // The line stays above the bar of the next epoch. It overwrites the old bar, so it fills the terminal's width, and no more.
        bar.StopTask();
        console.WriteLine(Invariant($"{trained}{(tested ? $"  test {NumberText.Number(epoch.TestLoss)}  {NumberText.Number(epoch.TestAccuracy)}" : string.Empty)}  {NumberText.Seconds(epoch.TrainSeconds)}").PadRight(console.Profile.Width - 1));
    }
}
