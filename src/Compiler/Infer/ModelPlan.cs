using FashionCnn.Compiler.Layers;
using FashionCnn.Compiler.Shapes;
using FashionCnn.Compiler.Syntax;
using FashionCnn.Compiler.Training;

namespace FashionCnn.Compiler.Infer;

/// <summary>A model ready to be emitted. Two plans are equal exactly when they give the same class.</summary>
/// <param name="Id">The model's name on the command line.</param>
/// <param name="ClassName">The class to emit.</param>
/// <param name="Description">What the spec says of itself.</param>
/// <param name="Network">The layers; null after an error, for which the class is a skeleton whose constructor throws.</param>
/// <param name="Members">What a skeleton has in the place of the layers' members, so that code that names them compiles.</param>
internal sealed record ModelPlan(
    string Id, string ClassName, string Description, NetworkPlan? Network, EquatableArray<ClassMember> Members = default);

/// <param name="Type">The type with its namespace.</param>
/// <param name="Name">The property.</param>
internal readonly record struct ClassMember(string Type, string Name);

/// <param name="Input">The shape of one image.</param>
/// <param name="Classes">How many values the model ends in.</param>
/// <param name="Layers">In the order in which an image passes them.</param>
/// <param name="Counts">Sums over the layers.</param>
/// <param name="Training">How the spec says to train.</param>
/// <param name="Notes">The lints' messages, for tables: a build does not show them.</param>
internal sealed record NetworkPlan(
    Shape Input, int Classes, EquatableArray<PlannedLayer> Layers, LayerCounts Counts, TrainingSpec Training, EquatableArray<string> Notes);
