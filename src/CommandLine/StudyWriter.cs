using FashionCnn.CommandLine.Study;
using FashionCnn.Runs;
using FashionCnn.Storage;

namespace FashionCnn.CommandLine;

/// <summary>Writes the page of the study and what belongs to several runs in the folder beside it.</summary>
internal static class StudyWriter
{
    /// <summary>Writes the page last: when it is there, all that it links to is.</summary>
    /// <param name="file">The page.</param>
    /// <param name="folder">The folder beside it, which has the runs already.</param>
    /// <param name="rows">All models of the study.</param>
    /// <param name="challengers">The networks that are meant to beat them.</param>
    /// <param name="speeds">The measured speeds, by model.</param>
    /// <param name="comparison">The runs of the lowest seed of each trained model; null when there are none.</param>
    public static void Write(
        string file, StudyFolder folder, IReadOnlyList<StudyRow> rows, IReadOnlyList<ChallengerRow> challengers, IReadOnlyDictionary<string, MeasuredSpeed> speeds, RunComparison? comparison)
    {
        var page = new StudyPage(rows, challengers, speeds, comparison, Path.GetFileName(folder.Path));
        var text = File.Exists(file) ? MarkedPart.Replace(File.ReadAllText(file), page.Text()) : MarkedPart.Page(StudyPage.Title, page.Text());
        if (comparison is not null)
        {
            folder.Write(comparison, OutputJson.Write(ComparisonFile.Of(comparison, run => $"{Path.GetFileName(folder.Path)}/{StudyFolder.NameOf(run.Run.Configuration)}")));
        }

        AtomicFile.WriteText(file, text);
    }
}
