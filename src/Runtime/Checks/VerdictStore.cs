using System.Text;
using FashionCnn.Models;
using FashionCnn.Storage;

namespace FashionCnn.Checks;

/// <summary>
/// Keeps verdicts of self-checks, one file each, so that a model is checked once per setting and machine. What cannot be read is as if it
/// was not there, and what cannot be written is checked again.
/// </summary>
public sealed class VerdictStore
{
    private const string End = "end";

    private readonly string folder;

    internal VerdictStore(string folder) => this.folder = folder;

    /// <summary>The one in the user's cache.</summary>
    public static VerdictStore User => new(UserCache.Folder("self-check"));

    /// <summary>The verdict on a model in a setting, on this machine with these versions; null when there is none.</summary>
    public SelfCheckVerdict? Read(ModelDescriptor model, SelfCheckSetting setting) => Read(CheckKey.Of(model, setting));

    /// <summary>Keeps a verdict.</summary>
    public void Write(ModelDescriptor model, SelfCheckSetting setting, SelfCheckVerdict verdict) => Write(CheckKey.Of(model, setting), verdict);

    // Loops and no JSON, whose reader alone takes ten times as long to start: this comes before every run.
    internal SelfCheckVerdict? Read(CheckKey key)
    {
        string[] lines;
        try
        {
            var text = key.ToString();
            var path = PathOf(text);
            lines = File.Exists(path) ? File.ReadAllText(path).Split('\n') : [];
            // The last line ends with a line break.
            if (lines.Length < 3 || lines[0] != text || lines[^2] != End || lines[^1].Length > 0)
            {
                return null;
            }
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            return null;
        }

        var faults = new LayerFault[lines.Length - 3];
        for (var i = 0; i < faults.Length; i++)
        {
            if (lines[i + 1].Split('\t') is not [var layer, var problem])
            {
                return null;
            }

            faults[i] = new LayerFault(layer, problem);
        }

        return new SelfCheckVerdict(faults);
    }

    internal void Write(CheckKey key, SelfCheckVerdict verdict)
    {
        try
        {
            Directory.CreateDirectory(folder);
            var text = key.ToString();
            AtomicFile.WriteText(PathOf(text), string.Concat([text, .. verdict.Faults.Select(fault => $"\n{fault.Layer}\t{fault.Problem}"), $"\n{End}\n"]));
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            // The next process checks again.
        }
    }

    // The text is in the file too, which then says what it is about.
    private string PathOf(string text) => Path.Combine(folder, ShortHash.Of(Encoding.UTF8.GetBytes(text)) + ".txt");
}
