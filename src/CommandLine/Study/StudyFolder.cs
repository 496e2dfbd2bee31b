using System.Text.RegularExpressions;
using FashionCnn.CommandLine.Charts;
using FashionCnn.Runs;
using FashionCnn.Storage;

namespace FashionCnn.CommandLine.Study;

/// <summary>
/// The folder beside the page of the study that keeps the runs of its rows, <c>model1a/seed-1</c> and so on, and what was measured: all that
/// the page is written from.
/// </summary>
/// <param name="path">The folder; it need not exist.</param>
internal sealed partial class StudyFolder(string path)
{
    private const string SpeedFile = "speed.json";

    /// <summary>The folder.</summary>
    public string Path => path;

    /// <summary>The name of a kept run within the folder.</summary>
    public static string NameOf(RunConfiguration configuration) => $"{configuration.Model}/seed-{configuration.Seed}";

    /// <summary>The kept runs of a model.</summary>
    /// <exception cref="InputException">A file is damaged; the message names it.</exception>
    public IReadOnlyList<RunRecord> Read(string model)
    {
        var folder = System.IO.Path.Combine(path, model);
        if (!Directory.Exists(folder))
        {
            return [];
        }

        foreach (var killed in Directory.GetDirectories(folder, "seed-*.previous"))
        {
            AtomicFolder.Recover(killed[..^".previous".Length]);
        }

        return [.. Directory.GetDirectories(folder).Where(run => Kept().IsMatch(System.IO.Path.GetFileName(run))).Order(StringComparer.Ordinal).Select(run => RunFolder.Open(run).Read())];
    }

    /// <summary>Keeps a run; one that is kept already stays as it is.</summary>
    /// <returns>The run as it is kept.</returns>
    public RunRecord Keep(RunRecord run)
    {
        var folder = System.IO.Path.Combine(path, NameOf(run.Configuration));
        if (System.IO.Path.GetFullPath(run.Folder.Path) == System.IO.Path.GetFullPath(folder))
        {
            return run;
        }

        AtomicFolder.Replace(folder, next =>
        {
            RunArchive.Write(run, next);
            AtomicFile.WriteText(System.IO.Path.Combine(next, RunFolder.CurvesLinesFile), CurveChart.Svg($"{run.Configuration.Model} on {run.Configuration.Data}, seed {run.Configuration.Seed}", run.History));
        });
        return RunFolder.Open(folder).Read();
    }

    /// <summary>The speeds that were measured, by model.</summary>
    /// <exception cref="InputException">The file is damaged.</exception>
    public IReadOnlyDictionary<string, MeasuredSpeed> ReadSpeeds() => MeasuredSpeed.Read(System.IO.Path.Combine(path, SpeedFile));

    /// <summary>Keeps what was measured.</summary>
    public void Write(IReadOnlyDictionary<string, MeasuredSpeed> speeds)
    {
        Directory.CreateDirectory(path);
        AtomicFile.WriteText(System.IO.Path.Combine(path, SpeedFile), JsonForm.Write(speeds, StudyJson.AsInRuns));
    }

    /// <summary>Writes comparison.json and curves.svg.</summary>
    public void Write(RunComparison comparison, string comparisonFile)
    {
        Directory.CreateDirectory(path);
        AtomicFile.WriteText(System.IO.Path.Combine(path, RunFolder.CurvesLinesFile), ComparisonChart.Svg(comparison));
        AtomicFile.WriteText(System.IO.Path.Combine(path, "comparison.json"), comparisonFile);
    }

    [GeneratedRegex(@"^seed-\d+$")]
    private static partial Regex Kept();
}
