using System.Text.Json;

namespace FashionCnn.Interchange.Keras;

/// <summary>The layers of a Keras model with what each reads: of nested models, the layers within.</summary>
internal sealed class KerasGraph
{
    /// <summary>Stands for the model's input among layers.</summary>
    public const int Image = -1;

    // More than a spec may have, less than what could fill the memory.
    private const int MaxLayers = 10_000;
    private const int MaxDepth = 32;

    private readonly List<KerasLayer> layers = [];
    private readonly Dictionary<string, string> placesByPath = [];
    private readonly Faults faults;
    private int calls;
    private int declarations;

    private KerasGraph(Faults faults) => this.faults = faults;

    /// <summary>All layers. Each stands after those that it reads.</summary>
    public IReadOnlyList<KerasLayer> Layers => layers;

    /// <summary>The model's name.</summary>
    public string Name { get; private set; } = string.Empty;

    /// <summary>Height, width and channels of the input, as far as they are given; null when it is no image.</summary>
    public IReadOnlyList<int?>? Input { get; private set; }

    /// <summary>The layer that gives the model's output.</summary>
    public int Output { get; private set; }

    /// <summary>Reads a model as <c>to_json</c> writes it.</summary>
    /// <param name="model">The object with class and config.</param>
    /// <param name="faults">Takes what cannot be a spec.</param>
    /// <exception cref="InvalidDataException">It is not a model of Keras.</exception>
    public static KerasGraph Of(JsonElement model, Faults faults)
    {
        var graph = new KerasGraph(faults);
        if (model.FindText("class_name") is not { } name || model.Find("config") is not { } config || !IsModel(name))
        {
            throw new InvalidDataException("it describes no Sequential or Functional model.");
        }

        graph.Name = config.FindText("name") ?? string.Empty;
        graph.Output = graph.Add(model, string.Empty, string.Empty, frozen: false, shared: false, [Image], depth: 0);
        return graph;
    }

    private static bool IsModel(string name) => name is "Functional" or "Sequential" or "Model";

    /// <summary>Adds the layers of a model that reads <paramref name="inputs"/>; gives the one that gives its output.</summary>
    private int Add(JsonElement model, string path, string place, bool frozen, bool shared, IReadOnlyList<int> inputs, int depth)
    {
        if (depth > MaxDepth)
        {
            throw new InvalidDataException($"its models are nested more than {MaxDepth} deep.");
        }

        var config = model.Find("config")!.Value;
        frozen |= config.Find("trainable") is { ValueKind: JsonValueKind.False };
        return model.FindText("class_name") == "Sequential" ? AddSequential(config, path, place, frozen, shared, inputs, depth) : AddFunctional(config, path, place, frozen, shared, inputs, depth);
    }

    private int AddSequential(JsonElement config, string path, string place, bool frozen, bool shared, IReadOnlyList<int> inputs, int depth)
    {
        if (depth == 0)
        {
            Input ??= ShapeOf(config.Find("build_input_shape"));
        }

        var places = new KerasPlaces(place);
        var last = Single(inputs, path, "Sequential");
        foreach (var layer in config.Find("layers").Items())
        {
            last = AddLayer(layer, path, places, frozen, shared, [last], depth);
        }

        return last;
    }

    private int AddFunctional(JsonElement config, string path, string place, bool frozen, bool shared, IReadOnlyList<int> inputs, int depth)
    {
        var declared = new Dictionary<string, Declared>();
        var places = new KerasPlaces(place);
        foreach (var layer in config.Find("layers").Items())
        {
            Count(ref declarations);
            var name = NameOf(layer);
            if (!declared.TryAdd(name, new Declared(layer, places.Next(layer.FindText("class_name") ?? string.Empty))))
            {
                throw new InvalidDataException($"two layers of one model are called '{name}'.");
            }
        }

        var given = KerasCalls.Ends(config.Find("input_layers")).ToList();
        var results = KerasCalls.Ends(config.Find("output_layers")).ToList();
        if (given.Count != 1 || results.Count != 1)
        {
            var where = path.Length == 0 ? "the model" : $"'{path}' (Functional)";
            faults.Add(where, $"it has {given.Count} inputs and {results.Count} outputs; a spec's network has one of each");
            if (given.Count == 0 || results.Count == 0)
            {
                throw new InvalidDataException("it has no input or no output.");
            }
        }

        FindFirstCalls(declared, results);

        // Keras writes layers in any order, so each waits for those that it reads.
        var values = new Dictionary<(string Name, int Call), int>();
        if (declared.TryGetValue(given[0].Name, out var entrance))
        {
            if (depth == 0)
            {
                Input ??= ShapeOf(entrance.Layer.Find("config")?.Find("batch_shape") ?? entrance.Layer.Find("config")?.Find("batch_input_shape"));
            }
        }

        values[(given[0].Name, 0)] = Single(inputs, path, "Functional");
        return Resolve(results[0], declared, values, path, frozen, shared, depth);
    }

    /// <summary>Keras counts the making of some models as a call that it does not write: it numbers those that it writes from 1.</summary>
    private static void FindFirstCalls(Dictionary<string, Declared> declared, List<(string Name, int Call)> results)
    {
        // Of a single call there is nothing to tell apart.
        var models = declared.Where(pair => IsModel(pair.Value.Layer.FindText("class_name") ?? string.Empty))
            .Select(pair => (pair.Key, pair.Value.Nodes.Count))
            .Where(pair => pair.Count > 1)
            .ToDictionary(pair => pair.Key, pair => pair.Count);
        if (models.Count == 0)
        {
            return;
        }

        foreach (var (name, call) in declared.Values.SelectMany(layer => layer.Nodes).SelectMany(KerasCalls.ValuesOf).Concat(results))
        {
            if (models.TryGetValue(name, out var count) && call >= count)
            {
                declared[name].FirstCall = 1;
            }
        }
    }

    /// <summary>The layer that gives a value, and before it all that it reads, without recursion: a model may be thousands of layers deep.</summary>
    private int Resolve((string Name, int Call) wanted, Dictionary<string, Declared> declared, Dictionary<(string Name, int Call), int> values, string path, bool frozen, bool shared, int depth)
    {
        var waiting = new Stack<((string Name, int Call) Value, bool Opened)>();
        var open = new HashSet<(string, int)>();
        waiting.Push((wanted, false));
        while (waiting.Count > 0)
        {
            var (value, opened) = waiting.Pop();
            if (values.ContainsKey(value))
            {
                continue;
            }

            if (!declared.TryGetValue(value.Name, out var layer))
            {
                throw new InvalidDataException($"a layer reads '{value.Name}', which is not there.");
            }

            var reads = Reads(layer, value);
            if (!opened)
            {
                if (!open.Add(value))
                {
                    throw new InvalidDataException($"layer '{value.Name}' reads its own output by way of others.");
                }

                waiting.Push((value, true));
                // The last one in comes out first.
                foreach (var read in reads.AsEnumerable().Reverse())
                {
                    if (!values.ContainsKey(read))
                    {
                        if (open.Contains(read))
                        {
                            throw new InvalidDataException($"layer '{read.Name}' reads its own output by way of others.");
                        }

                        waiting.Push((read, false));
                    }
                }

                continue;
            }

            open.Remove(value);
            layer.Calls++;
            values[value] = AddCalled(layer, path, frozen, shared, [.. reads.Select(read => values[read])], depth);
        }

        return values[wanted];
    }

    private int AddCalled(Declared declared, string path, bool frozen, bool shared, IReadOnlyList<int> inputs, int depth) =>
        AddLayer(declared.Layer, path, null, frozen, shared || declared.Calls > 1, inputs, depth, declared.Place);

    private int AddLayer(JsonElement layer, string path, KerasPlaces? places, bool frozen, bool shared, IReadOnlyList<int> inputs, int depth, string? place = null)
    {
        if (layer.FindText("class_name") is not { } type)
        {
            throw new InvalidDataException("one of its layers has no class.");
        }

        // Calls of models count, too: each may call the one within it several times.
        Count(ref calls);
        var config = layer.Find("config") ?? throw new InvalidDataException($"a layer of class {type} has no config.");
        var own = Join(path, NameOf(layer));
        place ??= places!.Next(type);
        if (IsModel(type) && config.Find("layers") is not null)
        {
            return Add(layer, own, place, frozen, shared, inputs, depth + 1);
        }

        if (type == "InputLayer")
        {
            if (depth == 0)
            {
                Input ??= ShapeOf(config.Find("batch_shape") ?? config.Find("batch_input_shape"));
            }

            return Single(inputs, own, type);
        }

        if (!placesByPath.TryAdd(own, place) && placesByPath[own] != place)
        {
            throw new InvalidDataException($"two layers of one model are called '{own}'.");
        }

        if (shared)
        {
            faults.Shared.Add(own);
        }

        var isOperation = layer.FindText("module")?.Contains(".ops", StringComparison.Ordinal) == true;
        layers.Add(new KerasLayer(own, isOperation ? $"{KerasLayer.Operation}{type}" : type, config, frozen || config.Find("trainable") is { ValueKind: JsonValueKind.False }, place, inputs)
        {
            Number = isOperation ? KerasCalls.NumberOf(layer) : null,
            IsOfVector = layer.Find("build_config")?.Find("input_shape") is { ValueKind: JsonValueKind.Array } shape && shape.GetArrayLength() == 2,
        });
        return layers.Count - 1;
    }

    private static void Count(ref int count)
    {
        if (++count > MaxLayers)
        {
            throw new InvalidDataException($"it has more than {MaxLayers:N0} layers.");
        }
    }

    private int Single(IReadOnlyList<int> inputs, string path, string type)
    {
        if (inputs.Count != 1)
        {
            faults.Add($"'{path}' ({type})", $"it reads {inputs.Count} values; a model within a model can read one");
        }

        return inputs.Count > 0 ? inputs[0] : Image;
    }

    /// <summary>What a layer reads at one of its calls.</summary>
    private List<(string Name, int Call)> Reads(Declared declared, (string Name, int Call) value)
    {
        var nodes = declared.Nodes;
        var call = nodes.Count == 0 ? default : nodes[Math.Clamp(value.Call - declared.FirstCall, 0, nodes.Count - 1)];
        var name = declared.Layer.FindText("class_name");
        if (call.ValueKind == JsonValueKind.Object && call.Find("kwargs") is { ValueKind: JsonValueKind.Object } named)
        {
            foreach (var argument in named.EnumerateObject())
            {
                if (argument.Value.ValueKind == JsonValueKind.True)
                {
                    faults.Add($"'{value.Name}' ({name})", $"it is called with {argument.Name}=True");
                }
                else if (argument is { Name: "training", Value.ValueKind: JsonValueKind.False })
                {
                    faults.Note($"'{value.Name}' ({name})", "it is called with training=False; \"trainable\": false does the same for a BatchNormalization");
                }
            }
        }

        var result = KerasCalls.ValuesOf(call);
        return result.Count > 0 ? result : throw new InvalidDataException($"layer '{value.Name}' reads nothing.");
    }

    private static IReadOnlyList<int?>? ShapeOf(JsonElement? shape) =>
        shape is { ValueKind: JsonValueKind.Array } array && array.GetArrayLength() == 4 ? [.. array.EnumerateArray().Skip(1).Select(size => size.Integer())] : null;

    private static string NameOf(JsonElement layer) =>
        layer.FindText("name") ?? layer.Find("config")?.FindText("name") ?? throw new InvalidDataException("one of its layers has no name.");

    private static string Join(string path, string name) => path.Length == 0 ? name : $"{path}/{name}";

    private sealed class Declared(JsonElement layer, string place)
    {
        public JsonElement Layer { get; } = layer;

        public string Place { get; } = place;

        /// <summary>Its calls, in their order.</summary>
        public IReadOnlyList<JsonElement> Nodes { get; } = [.. layer.Find("inbound_nodes").Items()];

        /// <summary>The number that its first call has.</summary>
        public int FirstCall { get; set; }

        public int Calls { get; set; }
    }
}
