using FashionCnn.Compiler.Layers;
using FashionCnn.Compiler.Shapes;

namespace FashionCnn.Compiler.Infer;

/// <summary>The layers that changed the shape on the way to a place in the network, the last one first.</summary>
internal sealed record Trail(Trail? Previous, string Name, LayerKind? Kind, Shape Shape)
{
    private const int MaxSteps = 6;

    public static Trail From(Shape input) => new(null, "input", null, input);

    /// <summary>The trail after a layer. Of neighbors of one kind only the last is kept.</summary>
    public Trail Then(string name, LayerKind kind, Shape shape) =>
        shape == Shape ? this : new Trail(Kind == kind ? Previous : this, name, kind, shape);

    /// <summary><c>Shapes so far: input 28x28x1 -> conv2 28x28x64 -> max_pool1 14x14x64 -> dense1.</c></summary>
    /// <param name="target">The layer that the way leads to.</param>
    public string Describe(string target)
    {
        var steps = new List<string>();
        var (count, first) = (0, this);
        for (var step = this; step is not null; step = step.Previous)
        {
            if (count++ < MaxSteps)
            {
                steps.Add($"{step.Name} {step.Shape}");
            }

            first = step;
        }

        if (count > MaxSteps)
        {
            // The input and what came last explain most.
            steps = [.. steps.Take(MaxSteps - 1), "...", $"{first.Name} {first.Shape}"];
        }

        steps.Reverse();

        // The fault may be in what the layer gives, not in what it gets.
        return $" Shapes so far: {string.Join(" -> ", steps)}{(Name == target ? string.Empty : $" -> {target}")}.";
    }
}
