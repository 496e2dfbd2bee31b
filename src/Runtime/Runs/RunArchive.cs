using System.IO.Compression;
using System.Text;
using FashionCnn.Storage;

namespace FashionCnn.Runs;

/// <summary>
/// A finished run in a few small files, as a repository keeps it: no weights, no checkpoint, and nothing that names a folder of the machine.
/// It is read like any other run.
/// </summary>
internal static class RunArchive
{
    /// <summary>Writes config.json, history.csv, predictions.csv.gz and, as the last one, result.json.</summary>
    /// <param name="run">The run.</param>
    /// <param name="folder">Where to; it is there already.</param>
    public static void Write(RunRecord run, string folder)
    {
        // An empty location is looked for wherever the data may be.
        var configuration = run.Configuration with
        {
            DataLocation = string.Empty,
            InitialWeights = run.Configuration.InitialWeights is { } weights ? weights with { File = Path.GetFileName(weights.File) } : null,
        };
        AtomicFile.WriteText(Path.Combine(folder, RunFolder.ConfigFile), RunJson.Write(configuration));
        AtomicFile.WriteText(Path.Combine(folder, RunFolder.HistoryTableFile), RunTables.Write(run.History));
        if (run.Predictions is { } predictions)
        {
            AtomicFile.Write(Path.Combine(folder, RunFolder.CompressedPredictionsFile), stream =>
            {
                using var compressed = new GZipStream(stream, CompressionLevel.SmallestSize, leaveOpen: true);
                compressed.Write(Encoding.UTF8.GetBytes(RunTables.Write(predictions)));
            });
        }

        AtomicFile.WriteText(Path.Combine(folder, RunFolder.ResultFile), RunJson.Write(run.Result));
    }
}
