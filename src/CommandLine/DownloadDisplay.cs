using FashionCnn.Data;
using Spectre.Console;

namespace FashionCnn.CommandLine;

/// <summary>Shows how a download goes, if there is one.</summary>
internal static class DownloadDisplay
{
    public static DataSet Show(IAnsiConsole console, Func<Action<DownloadProgress>, DataSet> open)
    {
        var files = new HashSet<string>();
        if (!console.Profile.Out.IsTerminal || !console.Profile.Capabilities.Interactive)
        {
            return open(progress =>
            {
                if (files.Add(progress.File))
                {
                    console.WriteLine($"Downloading {progress.File}");
                }
            });
        }

        return console.Progress()
            .AutoClear(true)
            .Columns(new TaskDescriptionColumn(), new ProgressBarColumn(), new DownloadedColumn(), new RemainingTimeColumn())
            .Start(context =>
            {
                ProgressTask? task = null;
                return open(progress =>
                {
                    if (files.Add(progress.File))
                    {
                        task = context.AddTask(Markup.Escape(progress.File), maxValue: progress.Total ?? 30_000_000);
                    }

                    task!.Value = progress.Received;
                });
            });
    }
}
