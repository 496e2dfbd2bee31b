using FashionCnn.Compiler.Diagnostics;
using FashionCnn.Compiler.Syntax;

namespace FashionCnn.Compiler.Keys;

/// <summary>Finds what an unknown name was meant to be.</summary>
internal static class Suggestion
{
    // A spec may define any number of names and misspell as many.
    private const int MaxCandidates = 200;

    // What authors who come from Keras 2, Torch or elsewhere call something, and what it is called here.
    private static readonly Dictionary<string, string[]> OtherNames = new(StringComparer.OrdinalIgnoreCase)
    {
        ["swish"] = ["silu"],
        ["lrelu"] = ["leaky_relu"],
        ["logistic"] = ["sigmoid"],
        ["identity"] = ["linear"],
        ["none"] = ["linear"],
        ["xavier_uniform"] = ["glorot_uniform"],
        ["xavier_normal"] = ["glorot_normal"],
        ["xavier"] = ["glorot_uniform"],
        ["kaiming_uniform"] = ["he_uniform"],
        ["kaiming_normal"] = ["he_normal"],
        ["kaiming"] = ["he_normal"],
        ["lr"] = ["learning_rate"],
        ["eps"] = ["epsilon"],
        ["bias"] = ["use_bias"],
        ["out_channels"] = ["filters"],
        ["nb_filter"] = ["filters"],
        ["out_features"] = ["units"],
        ["output_dim"] = ["units"],
        ["kernel"] = ["kernel_size"],
        ["kernel_size"] = ["pool_size"],
        ["pad"] = ["padding"],
        ["border_mode"] = ["padding"],
        ["subsample"] = ["strides"],
        ["init"] = ["kernel_initializer"],
        ["w_regularizer"] = ["kernel_regularizer"],
        ["b_regularizer"] = ["bias_regularizer"],
        ["inputs"] = ["from"],
        ["shape"] = ["target_shape"],
        ["stride"] = ["strides"],
        ["dilation"] = ["dilation_rate"],
        ["num_groups"] = ["groups"],
        ["p"] = ["rate"],
        ["prob"] = ["rate"],
        ["drop_prob"] = ["rate"],
        ["drop_rate"] = ["rate"],
        ["rate"] = ["factor"],
        ["alpha"] = ["negative_slope", "rho"],
        ["slope"] = ["negative_slope"],
        ["betas"] = ["beta_1"],
        ["decay"] = ["weight_decay"],
        ["num_epochs"] = ["epochs"],
        ["smoothing"] = ["label_smoothing"],
        ["val_split"] = ["validation_split"],
        ["early_stop"] = ["early_stopping"],
        ["scheduler"] = ["learning_rate_schedule"],
        ["lr_schedule"] = ["learning_rate_schedule"],
        ["lr_scheduler"] = ["learning_rate_schedule"],
        ["batch"] = ["batch_size"],
        ["warmup"] = ["warmup_epochs"],
        ["max_lr"] = ["max_learning_rate"],
        ["gamma"] = ["decay_rate"],
        ["milestones"] = ["boundaries"],
    };

    // Near in letters, far in meaning.
    private static readonly HashSet<(string, string)> Unlike =
    [
        ("elu", "relu"), ("elu", "selu"), ("elu", "gelu"), ("elu", "silu"), ("selu", "relu"), ("prelu", "relu"), ("crelu", "relu"), ("celu", "relu"), ("celu", "selu"), ("celu", "gelu"), ("celu", "elu"),
        ("selu", "elu"), ("gelu", "elu"), ("rrelu", "prelu"), ("silu", "elu"), ("glu", "prelu"),
        ("kernelregularizer", "kernelinitializer"), ("biasregularizer", "biasinitializer"), ("adamax", "adam"), ("nadam", "adam"), ("softmin", "softmax"),
        ("gelu", "relu"), ("rrelu", "relu"), ("relu6", "relu"), ("glu", "elu"), ("glu", "relu"), ("glu", "gelu"), ("glu", "selu"), ("glu", "silu"), ("dropout1d", "dropout"), ("dropout3d", "dropout"),
        ("equalization", "normalization"), ("solarization", "normalization"), ("posterization", "normalization"), ("autocontrast", "randomcontrast"), ("uniform", "heuniform"), ("normal", "henormal"),
    ];

    // What many names have in common does not make two of them alike: InstanceNormalization is no BatchNormalization that somebody misspelled.
    private static readonly string[] CommonBeginnings = ["random"];
    private static readonly string[] CommonEndings = ["normalization", "pooling2d"];

    /// <summary><c>; did you mean 'kernel_size'?</c>, or nothing when no candidate is near.</summary>
    public static string For(string name, IEnumerable<string> candidates) =>
        Hint(Nearest(name, candidates));

    /// <summary>The same for a name that was found already.</summary>
    public static string Hint(string? meant) => meant is null ? "." : $"; did you mean '{meant}'?";

    /// <summary>The change that makes of a token the name that was meant; null for none.</summary>
    public static SpecFix? Fix(TextSpan token, string? meant) => meant is null ? null : SpecFix.ChangeTo(token, meant);

    /// <summary>What a name from elsewhere is called here; empty for one that nobody uses.</summary>
    public static IReadOnlyList<string> OtherNamesOf(string name) => OtherNames.TryGetValue(name, out var names) ? names : [];

    /// <summary>The candidate with the fewest edits, if those are few for the length of the name.</summary>
    public static string? Nearest(string name, IEnumerable<string> candidates)
    {
        // Longer names cannot be meant for any key; looking at them would cost time quadratic in a hostile text.
        if (name.Length is 0 or > 64)
        {
            return null;
        }

        if (OtherNames.TryGetValue(name, out var names) && candidates.Take(MaxCandidates).FirstOrDefault(names.Contains) is { } other)
        {
            return other;
        }

        var plain = Plain(name);
        var best = candidates
            .Take(MaxCandidates)
            .Select(candidate => (Name: candidate, Plain: Plain(candidate)))
            .Where(candidate => !Unlike.Contains((plain, candidate.Plain)) && !DifferInDimension(plain, candidate.Plain))
            .Select(candidate => (candidate.Name, Words: Differing(plain, candidate.Plain)))
            .Select(candidate => (candidate.Name, Distance: Distance(candidate.Words.A, candidate.Words.B), Length: Math.Min(candidate.Words.A.Length, candidate.Words.B.Length)))
            .OrderBy(candidate => candidate.Distance)
            .FirstOrDefault();
        return best.Name is not null && best.Distance <= Math.Max(1, best.Length / 3) ? best.Name : null;
    }

    /// <summary>Two names without the common words that both begin or end with.</summary>
    private static (string A, string B) Differing(string a, string b)
    {
        foreach (var word in CommonBeginnings.Where(word => a.StartsWith(word, StringComparison.Ordinal) && b.StartsWith(word, StringComparison.Ordinal)))
        {
            (a, b) = (a.Substring(word.Length), b.Substring(word.Length));
        }

        foreach (var word in CommonEndings.Where(word => a.EndsWith(word, StringComparison.Ordinal) && b.EndsWith(word, StringComparison.Ordinal)))
        {
            (a, b) = (a.Substring(0, a.Length - word.Length), b.Substring(0, b.Length - word.Length));
        }

        return (a, b);
    }

    // Conv1D is no Conv2D that somebody misspelled, nor Conv1DTranspose a Conv2DTranspose.
    private static bool DifferInDimension(string a, string b) => Dimension(a) is var one and not '\0' && Dimension(b) is var other and not '\0' && one != other;

    private static char Dimension(string name)
    {
        const string Reversal = "transpose";
        var end = name.EndsWith(Reversal, StringComparison.Ordinal) ? name.Length - Reversal.Length : name.Length;
        return end > 2 && name[end - 1] == 'd' && name[end - 2] is >= '1' and <= '3' and var digit ? digit : '\0';
    }

    // kernelSize, KernelSize and kernel-size all mean kernel_size.
    private static string Plain(string name) => name.Replace("_", string.Empty).Replace("-", string.Empty).ToLowerInvariant();

    /// <summary>Insertions, deletions, replacements and swaps of neighbors that turn one name into the other.</summary>
    private static int Distance(string a, string b)
    {
        var rows = new int[a.Length + 1, b.Length + 1];
        for (var i = 0; i <= a.Length; i++)
        {
            for (var j = 0; j <= b.Length; j++)
            {
                if (i == 0 || j == 0)
                {
                    rows[i, j] = i + j;
                    continue;
                }

                var replaced = rows[i - 1, j - 1] + (a[i - 1] == b[j - 1] ? 0 : 1);
                rows[i, j] = Math.Min(replaced, Math.Min(rows[i - 1, j], rows[i, j - 1]) + 1);
                if (i > 1 && j > 1 && a[i - 1] == b[j - 2] && a[i - 2] == b[j - 1])
                {
                    rows[i, j] = Math.Min(rows[i, j], rows[i - 2, j - 2] + 1);
                }
            }
        }

        return rows[a.Length, b.Length];
    }
}
