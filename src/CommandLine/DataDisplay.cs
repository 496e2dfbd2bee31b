using FashionCnn.Data;
using Spectre.Console;

namespace FashionCnn.CommandLine;

/// <summary>Shows how a download goes, or the reading of many pictures, if there is one.</summary>
internal static class DataDisplay
{
    // Fewer pictures are read before anybody asks what takes so long.
    private const int ManyPictures = 2_000;

    private const int LeftOutShown = 10;

    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(100);

    public static DataSet Show(IAnsiConsole console, Func<Action<DataProgress>, DataSet> open)
    {
        var begun = new HashSet<string>();
        if (!console.Profile.Out.IsTerminal || !console.Profile.Capabilities.Interactive)
        {
            return open(progress =>
            {
                if (NameOf(progress) is { } name && begun.Add(name))
                {
                    console.WriteLine(name);
                }
            });
        }

        return console.Progress()
            .AutoClear(true)
            .Columns(new TaskDescriptionColumn(), new ProgressBarColumn(), new PercentageColumn(), new RemainingTimeColumn())
            .Start(context =>
            {
                ProgressTask? task = null;
                var shown = System.Diagnostics.Stopwatch.StartNew();
                return open(progress =>
                {
                    if (NameOf(progress) is not { } name)
                    {
                        return;
                    }

                    var (done, total) = progress switch
                    {
                        DownloadProgress download => (download.Received, download.Total ?? 30_000_000),
                        PictureProgress pictures => (pictures.Read, pictures.Total),
                        _ => (0L, 1L),
                    };
                    if (begun.Add(name))
                    {
                        task = context.AddTask(Markup.Escape(name), maxValue: total);
                    }
                    else if (shown.Elapsed < Pause && done < total)
                    {
                        return;
                    }

                    shown.Restart();
                    task!.Value = done;
                });
            });
    }

    /// <summary>Names the pictures that could not be read, or the first of them.</summary>
    public static void WriteLeftOut(DataSet data, Action<string> say)
    {
        foreach (var message in data.LeftOut.Take(LeftOutShown))
        {
            say($"Warning: left out: {message}");
        }

        if (data.LeftOut.Count > LeftOutShown)
        {
            say($"Warning: {NumberText.Plural(data.LeftOut.Count - LeftOutShown, "other picture")} left out too.");
        }
    }

    private static string? NameOf(DataProgress progress) => progress switch
    {
        DownloadProgress download => $"Downloading {download.File}",
        PictureProgress { Total: >= ManyPictures } pictures => $"Reading {NumberText.Count(pictures.Total)} pictures",
        _ => null,
    };
}
