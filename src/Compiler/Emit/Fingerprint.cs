using System.Security.Cryptography;
using System.Text;
using FashionCnn.Generator.Shapes;
using FashionCnn.Generator.Specs;

namespace FashionCnn.Generator.Emit;

/// <summary>Sums over what makes two networks, or two ways of training, the same: every value, whether written or default.</summary>
internal static class Fingerprint
{
    private const int Bytes = 16;

    // Both are used again by the next model on the same thread.
    [ThreadStatic]
    private static SHA256? sha;

    [ThreadStatic]
    private static StringBuilder? spare;

    public static string OfArchitecture(NetworkPlan network)
    {
        var text = Start().Append("input ").Append(network.Input.ToString()).Append('\n');
        AppendLayers(network.Layers, text);
        return Hash(text.ToString());
    }

    public static string OfTraining(TrainingSpec training)
    {
        var text = Start();
        AppendSettings(TrainingTable.Keys, training.Settings, text);
        text.Append('\n').Append(training.Optimizer.Kind.Type);
        AppendSettings(training.Optimizer.Kind.Table, training.Optimizer.Settings, text);
        if (training.Schedule is { } schedule)
        {
            text.Append('\n').Append(schedule.Kind.Type);
            AppendSettings(schedule.Kind.Table, schedule.Settings, text);
        }

        if (training.EarlyStopping is { } stopping)
        {
            text.Append("\nearly_stopping");
            AppendSettings(TrainingTable.EarlyStoppingKeys, stopping, text);
        }

        return Hash(text.ToString());
    }

    private static StringBuilder Start() => (spare ??= new StringBuilder(4096)).Clear();

    private static void AppendLayers(EquatableArray<PlannedLayer> layers, StringBuilder text)
    {
        foreach (var layer in layers)
        {
            text.Append(layer.Name).Append(' ').Append(layer.Kind.Type);
            AppendSettings(layer.Kind.Table, layer.Settings, text);
            text.Append('\n');
            foreach (var branch in layer.Branches)
            {
                text.Append("[\n");
                AppendLayers(branch, text);
                text.Append("]\n");
            }
        }
    }

    private static void AppendSettings(KeyTable table, Settings settings, StringBuilder text)
    {
        for (var i = 0; i < table.Keys.Count; i++)
        {
            if (settings.Values[i] is { } value)
            {
                text.Append(' ').Append(table.Keys[i].Name).Append('=').Append(table.Keys[i].Format(value));
            }
        }
    }

    private static string Hash(string text)
    {
        sha ??= SHA256.Create();
        var hash = sha.ComputeHash(Encoding.UTF8.GetBytes(text));
        var digits = new char[2 * Bytes];
        for (var i = 0; i < Bytes; i++)
        {
            digits[2 * i] = "0123456789abcdef"[hash[i] >> 4];
            digits[(2 * i) + 1] = "0123456789abcdef"[hash[i] & 15];
        }

        return new string(digits);
    }
}
