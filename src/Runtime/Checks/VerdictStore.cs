using FashionCnn.Models;
using FashionCnn.Storage;

namespace FashionCnn.Checks;

/// <summary>Keeps verdicts of self-checks, so that a model is checked once per setting and machine.</summary>
internal sealed class VerdictStore
{
    private readonly KeptLines kept;

    internal VerdictStore(string folder) => kept = new KeptLines(folder);

    /// <summary>The one in the user's cache.</summary>
    public static VerdictStore User => new(UserCache.Folder("self-check"));

    /// <summary>The verdict on a model in a setting, on this machine with these versions; null when there is none.</summary>
    public SelfCheckVerdict? Read(ModelDescriptor model, SelfCheckSetting setting) => Read(CheckKey.Of(model, setting));

    /// <summary>Keeps a verdict.</summary>
    public void Write(ModelDescriptor model, SelfCheckSetting setting, SelfCheckVerdict verdict) => Write(CheckKey.Of(model, setting), verdict);

    internal SelfCheckVerdict? Read(CheckKey key)
    {
        if (kept.Read(key.ToString()) is not { } lines)
        {
            return null;
        }

        var faults = new LayerFault[lines.Length];
        for (var i = 0; i < lines.Length; i++)
        {
            if (lines[i].Split('\t') is not [var layer, var problem])
            {
                return null;
            }

            faults[i] = new LayerFault(layer, problem);
        }

        return new SelfCheckVerdict(faults);
    }

    internal void Write(CheckKey key, SelfCheckVerdict verdict) => kept.Write(key.ToString(), verdict.Faults.Select(fault => $"{fault.Layer}\t{fault.Problem}"));
}
