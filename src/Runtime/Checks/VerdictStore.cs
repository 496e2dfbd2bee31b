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

    internal SelfCheckVerdict? Read(CheckKey key)
    {
        try
        {
            // Not JSON, whose reader alone takes ten times as long to start.
            var lines = File.ReadAllLines(PathOf(key));
            return lines.Length >= 2 && lines[0] == Text(key) && lines[^1] == End && lines[1..^1].All(line => line.Split('\t') is [_, _])
                ? new SelfCheckVerdict([.. lines[1..^1].Select(line => line.Split('\t')).Select(parts => new LayerFault(parts[0], parts[1]))])
                : null;
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            return null;
        }
    }

    internal void Write(CheckKey key, SelfCheckVerdict verdict)
    {
        try
        {
            Directory.CreateDirectory(folder);
            AtomicFile.WriteText(PathOf(key), string.Concat([Text(key), .. verdict.Faults.Select(fault => $"\n{fault.Layer}\t{fault.Problem}"), $"\n{End}\n"]));
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            // The next process checks again.
        }
    }

    private string PathOf(CheckKey key) => Path.Combine(folder, $"{ShortHash.Of(Encoding.UTF8.GetBytes(Text(key)))}.txt");

    // Also in the file, which then says what it is about.
    private static string Text(CheckKey key) => key.ToString().ReplaceLineEndings(" ");
}
