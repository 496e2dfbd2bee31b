using FashionCnn.Compiler.Diagnostics;
using FashionCnn.Compiler.Keys;
using FashionCnn.Compiler.Layers;
using FashionCnn.Compiler.Syntax;

namespace FashionCnn.Compiler.Bind;

/// <summary>
/// Names the layers of an expanded model: written names are kept, and numbered where repetition makes several of one; the others
/// numbered per kind, in order.
/// </summary>
internal sealed class LayerNames
{
    /// <summary>What every generated class declares. A test compares this, and <see cref="Reserved"/>, with the class.</summary>
    public static readonly EquatableArray<string> Declared =
    [
        "ArchitectureFingerprint", "Classes", "Descriptor", "InputChannels", "InputHeight", "InputWidth", "Logits", "MultiplyAccumulates",
        "NonTrainableParameters", "SpecText", "TotalParameters", "TrainableParameters", "TrainingFingerprint",
    ];

    /// <summary>The members that the generated class declares or inherits, in PascalCase.</summary>
    public static readonly EquatableArray<string> Reserved =
    [
        .. Declared,
        "ClearModules", "ConditionallyRegisterBuffer", "ConditionallyRegisterParameter", "Create", "CreateBatchNormalization", "CreateConv2D",
        "CreateConv2DTranspose", "CreateDense", "CreateDepthwiseConv2D", "CreateGroupNormalization", "CreateLayerNormalization", "CreateLayerScale", "CreateNormalization", "CreatePReLU", "CreateSeparableConv2D", "Dispose",
        "Equals", "Finalize", "GetDefaultDeviceAndType", "GetHashCode", "GetName", "GetType", "HookRemover", "HType", "MemberwiseClone",
        "Model", "ReferenceEquals", "Register", "RegisterComponents", "ReplaceBuffer", "ReplaceParameter", "ToString",
    ];

    private static readonly HashSet<string> ReservedNames = new(Reserved, StringComparer.OrdinalIgnoreCase);

    private readonly Dictionary<JsonNode, int> occurrences = [];
    private readonly Dictionary<JsonNode, int> assigned = [];
    private readonly Dictionary<string, int> numbers = [];
    private readonly Dictionary<string, LayerSpec> members = new(StringComparer.OrdinalIgnoreCase);
    private readonly string? className;
    private readonly DiagnosticBag bag;

    private LayerNames(string? className, DiagnosticBag bag)
    {
        this.className = className;
        this.bag = bag;
    }

    public static EquatableArray<LayerSpec> Assign(EquatableArray<LayerSpec> layers, string? className, DiagnosticBag bag)
    {
        var names = new LayerNames(className, bag);
        names.CountOccurrences(layers);
        return names.Name(layers);
    }

    private void CountOccurrences(EquatableArray<LayerSpec> layers)
    {
        foreach (var layer in layers)
        {
            if (layer.WrittenName is not null)
            {
                occurrences[layer.Node] = occurrences.TryGetValue(layer.Node, out var count) ? count + 1 : 1;
            }

            foreach (var branch in layer.Branches)
            {
                CountOccurrences(branch);
            }
        }
    }

    private EquatableArray<LayerSpec> Name(EquatableArray<LayerSpec> layers)
    {
        var result = new List<LayerSpec>();
        foreach (var layer in layers)
        {
            var named = layer.Kind is null ? layer : layer with { Name = NextName(layer) };
            if (named.Name.Length > 0)
            {
                Claim(named);
            }

            result.Add(named.Branches.IsEmpty ? named : named with { Branches = [.. named.Branches.Select(Name)] });
        }

        return result.ToEquatableArray();
    }

    private string NextName(LayerSpec layer)
    {
        if (layer.WrittenName is not { } written)
        {
            return layer.Kind!.NamePrefix + Next(numbers, layer.Kind.NamePrefix);
        }

        return occurrences[layer.Node] == 1 ? written.Value : $"{written.Value}_{Next(assigned, layer.Node)}";
    }

    private void Claim(LayerSpec layer)
    {
        var member = Identifier.PascalCase(layer.Name);
        if (TakenByClass(layer, member) is { } holder)
        {
            bag.Report(Descriptors.NameTaken, layer.WrittenName?.Token ?? layer.TypeSpan, layer.Where, layer.Name, holder);
        }
        else if (!members.TryGetValue(member, out var other))
        {
            members.Add(member, layer);
        }
        else if ((layer.WrittenName ?? other.WrittenName) is { } taken)
        {
            // Of a written name and a number given to a layer without one, the written name is what can be changed.
            var (self, holding) = layer.WrittenName is null ? (other, layer) : (layer, other);
            bag.Report(Descriptors.NameTaken, taken.Token, self.Where, self.Name, $"{holding.Where} becomes the same member of the class, {member}");
        }
    }

    private string? TakenByClass(LayerSpec layer, string member)
    {
        if (layer.WrittenName is null)
        {
            // A number after the kind's name is no name of a member, but it may be the class's: dense1.json.
            return member == className && layer.Kind!.HasMember(layer.Settings) ? $"the class itself is called {className}" : null;
        }

        return string.Equals(member, className, StringComparison.OrdinalIgnoreCase) ? $"the class itself is called {className}"
            : ReservedNames.Contains(member) ? $"the class has a member {member} already"
            : null;
    }

    private static int Next<T>(Dictionary<T, int> counters, T key)
        where T : notnull =>
        counters[key] = counters.TryGetValue(key, out var count) ? count + 1 : 1;
}
