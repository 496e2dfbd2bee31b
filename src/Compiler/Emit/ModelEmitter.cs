using FashionCnn.Compiler.Code;
using FashionCnn.Compiler.Infer;
using FashionCnn.Compiler.Keys;
using FashionCnn.Compiler.Layers;
using FashionCnn.Compiler.Shapes;
using FashionCnn.Compiler.Syntax;
using FashionCnn.Compiler.Training;

namespace FashionCnn.Compiler.Emit;

/// <summary>From a plan to the text of its class: the compiler's fourth step.</summary>
internal static class ModelEmitter
{
    public const string GeneratedCode = "[global::System.CodeDom.Compiler.GeneratedCode(\"FashionCnn.Generator\", \"0.1.0\")]";

    private const string Models = "global::FashionCnn.Models";
    private const string TextMember = "SpecText";
    private const string Tensor = "global::TorchSharp.torch.Tensor";

    /// <summary>The class.</summary>
    /// <param name="plan">The model.</param>
    /// <param name="text">The spec's text, which the class carries; not needed for a skeleton.</param>
    /// <param name="namespace">Where the class belongs.</param>
    public static string Emit(ModelPlan plan, string text, string @namespace) => CodeFile.Write(@namespace, writer => EmitClass(plan, text, writer));

    private static void EmitClass(ModelPlan plan, string text, CodeWriter writer)
    {
        writer.Line("/// <summary>");
        if (CSharp.Comment(plan.Description) is { Length: > 0 } description)
        {
            writer.Line($"/// {description}");
        }

        writer.Line(plan.Network is { } known ? $"/// {Overview(known)}" : "/// The spec has errors: this class stands in for the model until they are fixed.");
        writer.Line("/// </summary>");
        writer.Line(GeneratedCode);
        writer.Block($"public sealed partial class {plan.ClassName} : {Models}.ImageClassifier", () =>
        {
            if (plan.Network is { } network)
            {
                EmitNetwork(plan, network, writer);
                writer.Line();
                EmitText(text, writer);
            }
            else
            {
                EmitSkeleton(plan, writer);
            }
        });
    }

    private static string Overview(NetworkPlan network) =>
        $"{network.Input} to {Text.Count(network.Classes)} classes. {Text.Count(network.Counts.Parameters)} parameters, "
        + $"{Text.Count(network.Counts.Parameters - network.Counts.NonTrainable)} trainable. "
        + $"{Text.Count(network.Counts.MultiplyAccumulates)} multiply-accumulates per image.";

    private static void EmitSkeleton(ModelPlan plan, CodeWriter writer)
    {
        EmitConstants(network: null, writer);
        var error = $"throw new global::System.InvalidOperationException({CSharp.String($"The spec {plan.Id} has errors; the build lists them.")})";
        writer.Line("/// <summary>Throws, because the spec has errors.</summary>");
        writer.Line($"public static {Models}.ModelDescriptor Descriptor => {error};");
        writer.Line();
        foreach (var (type, name) in plan.Members)
        {
            writer.Line("/// <summary>Throws, because the spec has errors.</summary>");
            writer.Line($"public global::{type} {name} => {error};");
            writer.Line();
        }

        writer.Line("/// <summary>Throws, because the spec has errors.</summary>");
        writer.Line($"public {plan.ClassName}()");
        writer.Indented(() => writer.Line(": base(Descriptor)"));
        writer.Line("{");
        writer.Line("}");
        writer.Line();
        writer.Line("/// <inheritdoc/>");
        writer.Line($"protected override {Tensor} Logits({Tensor} x) => {error};");
    }

    // What a reader looks for comes first, what programs need at the end.
    private static void EmitNetwork(ModelPlan plan, NetworkPlan network, CodeWriter writer)
    {
        var layers = LayerListing.Of(network);
        var members = layers.Select(listed => listed.Layer).Where(layer => layer.Kind.HasMember(layer.Settings)).ToList();
        foreach (var layer in members)
        {
            writer.Line($"/// <summary>{Describe(layer)}</summary>");
            writer.Line($"public global::{layer.Kind.MemberType!} {layer.Member} {{ get; }}");
            writer.Line();
        }

        writer.Line("/// <summary>Makes the model with fresh weights, drawn from Torch's current random-number state.</summary>");
        writer.Line($"public {plan.ClassName}()");
        writer.Indented(() => writer.Line(": base(Descriptor)"));
        writer.Line("{");
        writer.Indented(() =>
        {
            foreach (var layer in members)
            {
                writer.Line($"{layer.Member} = Register(\"{layer.Name}\", {layer.Kind.Creation(layer)}{(layer.IsFrozen ? ", trainable: false" : string.Empty)});");
            }
        });
        writer.Line("}");
        writer.Line();
        writer.Line("/// <inheritdoc/>");
        writer.Block($"protected override {Tensor} Logits({Tensor} x)", () => ForwardEmitter.Emit(network, layers, writer));
        writer.Line();
        EmitConstants(network, writer);
        EmitDescriptor(plan, network, layers, writer);
    }

    // In a skeleton a number is 1, with which constant expressions still compile: 0 might be divided by.
    private static void EmitConstants(NetworkPlan? network, CodeWriter writer)
    {
        var counts = network?.Counts;
        var input = network?.Input;
        Number("All parameters, moving means and variances included.", "long", "TotalParameters", counts?.Parameters);
        Number("The parameters that training changes by gradient.", "long", "TrainableParameters", counts?.Parameters - counts?.NonTrainable);
        Number("Moving means and variances, and the parameters of frozen layers.", "long", "NonTrainableParameters", counts?.NonTrainable);
        Number("Multiply-accumulates per image of convolutions and dense layers.", "long", "MultiplyAccumulates", counts?.MultiplyAccumulates);
        Number("Rows of pixels of an image.", "int", "InputHeight", input?.Height);
        Number("Columns of pixels of an image.", "int", "InputWidth", input?.Width);
        Number("Values per pixel.", "int", "InputChannels", input?.Channels);
        Number("Values that the model ends in.", "int", "Classes", network?.Classes);
        Constant("Equal for two specs exactly when they describe the same network.", "string", "ArchitectureFingerprint", $"\"{(network is null ? string.Empty : Fingerprint.OfArchitecture(network))}\"");
        Constant("Equal for two specs exactly when they are trained alike.", "string", "TrainingFingerprint", $"\"{(network is null ? string.Empty : Fingerprint.OfTraining(network))}\"");

        void Number(string summary, string type, string name, long? value) => Constant(summary, type, name, CSharp.Integer(value ?? 1));

        void Constant(string summary, string type, string name, string value)
        {
            writer.Line($"/// <summary>{summary}</summary>");
            writer.Line($"public const {type} {name} = {value};");
            writer.Line();
        }
    }

    private static void EmitDescriptor(ModelPlan plan, NetworkPlan network, IReadOnlyList<ListedLayer> layers, CodeWriter writer)
    {
        writer.Line("/// <summary>What the compiler knows of this model.</summary>");
        writer.Block($"public static {Models}.ModelDescriptor Descriptor {{ get; }} = new {Models}.ModelDescriptor", () =>
        {
            writer.Line($"Id = {CSharp.String(plan.Id)},");
            writer.Line($"Name = \"{plan.ClassName}\",");
            writer.Line($"Description = {CSharp.String(plan.Description)},");
            writer.Line($"Input = new {Models}.ImageShape(InputHeight, InputWidth, InputChannels),");
            writer.Line("Classes = Classes,");
            writer.Line("TotalParameters = TotalParameters,");
            writer.Line("TrainableParameters = TrainableParameters,");
            writer.Line("MultiplyAccumulates = MultiplyAccumulates,");
            writer.Block($"Layers = new {Models}.LayerInfo[]", () =>
            {
                foreach (var (layer, inputs) in layers)
                {
                    writer.Line(
                        $"new {Models}.LayerInfo(\"{layer.Name}\", \"{layer.Kind.Type}\", {Models}.LayerFamily.{layer.Kind.Family}, {CSharp.String(layer.Label)}, "
                        + $"Inputs: new string[] {{ {Text.List(inputs.Select(CSharp.String))} }}, OutputShape: {ShapeOf(layer.Output)}, "
                        + $"Parameters: {CSharp.Integer(layer.Counts.Parameters)}, NonTrainableParameters: {CSharp.Integer(layer.Counts.NonTrainable)}, MultiplyAccumulates: {CSharp.Integer(layer.Counts.MultiplyAccumulates)}){(layer.IsFrozen ? " { IsFrozen = true }" : string.Empty)},");
                }
            }, "},");
            if (Regularizers.Of(network.Layers).ToList() is { Count: > 0 } regularizers)
            {
                writer.Block($"Regularizers = new {Models}.WeightRegularizer[]", () =>
                {
                    foreach (var regularizer in regularizers)
                    {
                        writer.Line($"new {Models}.WeightRegularizer(\"{regularizer.Tensor}\", L1: {Text.Number(regularizer.L1)}, L2: {Text.Number(regularizer.L2)}),");
                    }
                }, "},");
            }

            writer.Block($"Training = new {Models}.TrainingSettings", () =>
            {
                foreach (var line in TrainingLines(network.Training))
                {
                    writer.Line(line);
                }
            }, "},");
            if (!network.Notes.IsEmpty)
            {
                writer.Block("Notes = new string[]", () =>
                {
                    foreach (var note in network.Notes)
                    {
                        writer.Line($"{CSharp.String(note)},");
                    }
                }, "},");
            }

            writer.Line("ArchitectureFingerprint = ArchitectureFingerprint,");
            writer.Line("TrainingFingerprint = TrainingFingerprint,");
            writer.Line($"Spec = {TextMember},");
            writer.Line($"Create = () => new {plan.ClassName}(),");
        }, "};");
    }

    private static void EmitText(string text, CodeWriter writer)
    {
        writer.Line("/// <summary>The spec's text.</summary>");
        writer.Line($"private static string {TextMember} => string.Concat(new string[]");
        writer.Line("{");
        writer.Indented(() =>
        {
            foreach (var line in CSharp.Lines(text))
            {
                writer.Line($"{line},");
            }
        });
        writer.Line("});");
    }

    private static string ShapeOf(Shape shape) => shape.IsImage
        ? $"new {Models}.LayerShape({shape.Height}, {shape.Width}, {shape.Channels})"
        : $"new {Models}.LayerShape({shape.Channels})";

    private static IEnumerable<string> TrainingLines(TrainingSpec training)
    {
        var optimizer = training.Optimizer;
        yield return $"Optimizer = {New(optimizer.Kind.RuntimeType, optimizer.Kind.Table, optimizer.Settings)},";
        foreach (var (key, value) in Values(TrainingTable.Keys, training.Settings).Where(pair => pair.Key != TrainingTable.ClassWeights && training.Settings.Find(TrainingTable.Keys, pair.Key) is not null))
        {
            yield return $"{key.PascalName} = {value},";
        }

        if (training.Settings.Find(TrainingTable.Keys, TrainingTable.ClassWeights) is EquatableArray<double> weights)
        {
            yield return $"ClassWeights = {(weights.IsEmpty ? $"{Models}.ClassWeights.Balanced" : $"new {Models}.ClassWeights({Text.List(weights.Select(Text.Number))})")},";
        }

        if (training.Schedule is { } schedule)
        {
            yield return $"LearningRateSchedule = {New(schedule.Kind.RuntimeType, schedule.Kind.Table, schedule.Settings)},";
        }

        if (training.EarlyStopping is { } stopping)
        {
            yield return $"EarlyStopping = {New("EarlyStoppingSettings", TrainingTable.EarlyStoppingKeys, stopping)},";
        }
    }

    private static string New(string type, KeyTable table, Settings settings) =>
        $"new {Models}.{type}({Text.List(Values(table, settings).Where(pair => !Optimizers.Shared.Contains(pair.Key)).Select(pair => $"{pair.Key.PascalName}: {pair.Value}"))})"
        + (Values(table, settings).Where(pair => IsWritten(pair.Key, settings.Find(table, pair.Key))).ToList() is { Count: > 0 } shared
            ? $" {{ {Text.List(shared.Select(pair => $"{pair.Key.PascalName} = {pair.Value}"))} }}"
            : string.Empty);

    // Of what all optimizers share, which is mostly not used, only what is not the default.
    private static bool IsWritten(Key key, object? value) => Optimizers.Shared.Contains(key) && !Equals(value, key.Default);

    // The records of the runtime are named after the keys.
    private static IEnumerable<(Key Key, string Value)> Values(KeyTable table, Settings settings) =>
        table.Keys.Select((key, index) => (
            key,
            settings.Values[index] is EquatableArray<double> numbers ? $"new double[] {{ {Text.List(numbers.Select(Text.Number))} }}" : settings.Values[index] is { } value ? key.Format(value) : "null"));

    private static string Describe(PlannedLayer layer) =>
        $"{layer.KindAndLabel}: {layer.Input} to {layer.Output}; {Text.Plural(layer.Counts.Parameters, "parameter")}"
        + (layer.Counts.MultiplyAccumulates == 0 ? string.Empty : $"; {Text.Plural(layer.Counts.MultiplyAccumulates, "multiply-accumulate")}")
        + $"; {CSharp.Comment(layer.Path)}.";
}
