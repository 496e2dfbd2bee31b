using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using FashionCnn.Compiler.Keys;
using FashionCnn.Compiler.Layers;
using FashionCnn.Compiler.Syntax;
using FashionCnn.Compiler.Training;

namespace FashionCnn.Compiler.Infer;

/// <summary>Checksums of what makes two networks, or two ways of training, the same: every value, whether written or default.</summary>
internal static class Fingerprint
{
    private const int Bytes = 16;

    public static string OfArchitecture(NetworkPlan network)
    {
        var layers = NetworkText.Of(LayerListing.Of(network), (layer, text) =>
        {
            text.Append(layer.Name).Append(' ').Append(layer.Kind.Type);
            AppendSettings(layer.Kind.Table, layer.Settings, text, key => !key.IsOfTraining);
        });
        return Hash($"input {network.Input}\n{layers}");
    }

    public static string OfTraining(NetworkPlan network)
    {
        var training = network.Training;
        var text = new StringBuilder();
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

        foreach (var (layer, _) in LayerListing.Of(network).Where(listed => listed.Layer.IsFrozen))
        {
            text.Append('\n').Append(layer.Name).Append(" frozen");
        }

        foreach (var regularizer in Regularizers.Of(network.Layers))
        {
            text.Append('\n').Append(regularizer.Tensor).Append(" l1=").Append(Text.Number(regularizer.L1)).Append(" l2=").Append(Text.Number(regularizer.L2));
        }

        return Hash(text.ToString());
    }

    private static void AppendSettings(KeyTable table, Settings settings, StringBuilder text, Func<Key, bool>? includes = null)
    {
        for (var i = 0; i < table.Keys.Count; i++)
        {
            if (settings.Values[i] is { } value && !(table.Keys[i].IsAddition && value.Equals(table.Keys[i].Default)) && includes?.Invoke(table.Keys[i]) != false)
            {
                text.Append(' ').Append(table.Keys[i].Name).Append('=').Append(table.Keys[i].Format(value));
            }
        }
    }

    private static string Hash(string text)
    {
        using var sha = SHA256.Create();
        return string.Concat(sha.ComputeHash(Encoding.UTF8.GetBytes(text)).Take(Bytes).Select(value => value.ToString("x2", CultureInfo.InvariantCulture)));
    }
}
