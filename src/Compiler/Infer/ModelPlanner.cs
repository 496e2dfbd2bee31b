using FashionCnn.Compiler.Bind;
using FashionCnn.Compiler.Diagnostics;
using FashionCnn.Compiler.Keys;
using FashionCnn.Compiler.Layers;
using FashionCnn.Compiler.Syntax;
using FashionCnn.Compiler.Training;

namespace FashionCnn.Compiler.Infer;

/// <summary>From a bound spec to the plan that is emitted: the compiler's third step.</summary>
internal static class ModelPlanner
{
    /// <summary>The plan, without a network when the spec has errors; null when not even the class has a name.</summary>
    /// <param name="spec">The bound spec.</param>
    /// <param name="inferred">What inference finds in its layers.</param>
    /// <param name="bag">Takes what is wrong.</param>
    public static ModelPlan? Plan(ModelSpec spec, InferredNetwork inferred, DiagnosticBag bag)
    {
        ReportFaults(spec, inferred.Faults, bag);
        NotePixelwise(spec, inferred, bag);
        CheckClassWeights(spec, inferred, bag);
        var network = bag.HasErrors ? null : Network(spec, inferred, bag);
        return spec.ClassName is null
            ? null
            : new ModelPlan(spec.Id, spec.ClassName, spec.Description, network, network is null ? SkeletonMembers(spec) : []);
    }

    /// <summary>Of a model that ends in an image, a note where it was probably meant to become a vector; the error is at the end.</summary>
    private static void NotePixelwise(ModelSpec spec, InferredNetwork inferred, DiagnosticBag bag)
    {
        if (inferred is { Output.IsImage: true, FirstPixelwise: var (layer, input) } && layer.Id != spec.Layers[spec.Layers.Count - 1].Id)
        {
            bag.Report(Descriptors.DenseOnImage, layer.TypeSpan, ShapeRules.FlattenBefore(layer), layer.Where, layer.Kind!.Type, input.ToString());
        }
    }

    private static void CheckClassWeights(ModelSpec spec, InferredNetwork inferred, DiagnosticBag bag)
    {
        if (OtherClasses(spec, inferred) is var (weights, classes))
        {
            bag.Report(Descriptors.Conflict, spec.ClassWeightsSpan, "training", $"\"{TrainingTable.ClassWeights.Name}\" has {Text.Plural(weights, "number")}, but the model ends in {Text.Plural(classes, "class", "classes")}");
        }
    }

    /// <summary>The number of class weights and that of the classes, where they differ; null where they do not.</summary>
    private static (int Weights, long Classes)? OtherClasses(ModelSpec spec, InferredNetwork inferred) =>
        spec.Training.Settings.Find(TrainingTable.Keys, TrainingTable.ClassWeights) is EquatableArray<double> { IsEmpty: false } weights
        && inferred.Output is { IsImage: false, Channels: var classes } && weights.Count != classes ? (weights.Count, classes) : null;

    /// <summary>The members that the layers would become, as far as their names do not collide.</summary>
    private static EquatableArray<ClassMember> SkeletonMembers(ModelSpec spec) =>
    [
        .. Flat(spec.Layers)
            .Where(layer => layer.Kind?.HasMember(layer.Settings) == true)
            .Select(layer => new ClassMember(layer.Kind!.MemberType!, Identifier.PascalCase(layer.Name)))
            .Where(member => member.Name != spec.ClassName && !LayerNames.Reserved.Contains(member.Name))
            .GroupBy(member => member.Name)
            .Select(group => group.First()),
    ];

    private static IEnumerable<LayerSpec> Flat(IEnumerable<LayerSpec> layers) =>
        layers.SelectMany(layer => layer.Branches.SelectMany(branch => Flat(branch)).Append(layer));

    private static NetworkPlan? Network(ModelSpec spec, InferredNetwork inferred, DiagnosticBag bag)
    {
        var last = inferred.Layers.Count - 1;
        var layers = inferred.Layers[last].Kind.LastActivation(inferred.Layers[last].Settings) == Activations.Softmax
            ? inferred.Layers.With(last, inferred.Layers[last] with { LeavesSoftmax = true })
            : inferred.Layers;
        try
        {
            var counts = Sum(layers);
            Lints.Report(spec.Layers, layers, counts, bag);
            return new NetworkPlan(spec.Input!.Value, (int)inferred.Output!.Value.Channels, layers.ToEquatableArray(), counts, spec.Training, bag.Notes());
        }
        catch (OverflowException)
        {
            bag.Report(Descriptors.CountTooLarge, spec.Start, "the model", spec.Input!.Value.ToString(), string.Empty, string.Empty);
            return null;
        }
    }

    private static LayerCounts Sum(EquatableArray<PlannedLayer> layers) =>
        layers.Aggregate(default(LayerCounts), (sum, layer) => layer.Branches.Aggregate(sum + layer.Counts, (inner, branch) => inner + Sum(branch)));

    private static void ReportFaults(ModelSpec spec, EquatableArray<ShapeFault> faults, DiagnosticBag bag)
    {
        // One fix cannot mend a spec with faults in two entries or with structural errors.
        var canFix = !bag.HasErrors && faults.Select(fault => fault.Layer.Node).Distinct().Count() == 1;
        foreach (var fault in faults.Where(fault => !bag.IsRepeated(fault.Error.Descriptor, fault.Error.Span)))
        {
            var (fix, edit) = canFix ? Fix(spec, fault) : (string.Empty, null);
            bag.Report(
                fault.Error.Descriptor,
                fault.Error.Span,
                edit,
                [fault.Layer.Where, .. fault.Error.Arguments, fault.Trail.Describe(fault.Layer.Name), fix]);
            canFix = false;
        }
    }

    /// <summary>The first change with which the whole network compiles, and the shape that it gives at the faulty layer.</summary>
    private static (string Text, SpecFix? Edit) Fix(ModelSpec spec, ShapeFault fault)
    {
        foreach (var fix in fault.Error.Fixes)
        {
            var inferred = Inference.Run(Apply(fix, (fix.Target ?? fault.Layer).Node, spec.Layers), spec.Input);
            if (inferred.Faults.IsEmpty && OtherClasses(spec, inferred) is null && Find(inferred.Layers, fault.Layer.Name) is { } mended)
            {
                return ($" {fix.Proposal} it is {mended.Output} here and the model compiles.", fix.Edit);
            }
        }

        return (string.Empty, null);
    }

    private static EquatableArray<LayerSpec> Apply(ShapeFix fix, JsonNode entry, EquatableArray<LayerSpec> layers) =>
    [
        .. layers.SelectMany(layer => layer.Node == entry
            ? fix.Apply(layer)
            : [layer with { Branches = [.. layer.Branches.Select(branch => Apply(fix, entry, branch))] }]),
    ];

    private static PlannedLayer? Find(IEnumerable<PlannedLayer> layers, string name) =>
        layers.Select(layer => layer.Name == name ? layer : layer.Branches.Select(branch => Find(branch, name)).FirstOrDefault(found => found is not null))
            .FirstOrDefault(layer => layer is not null);
}
