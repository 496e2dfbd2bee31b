namespace FashionCnn.Models;

/// <summary>What a layer takes.</summary>
/// <param name="Layer">The layer's name.</param>
/// <param name="Inputs">The layers whose outputs it takes, in order; <see cref="Image"/> for the model's input.</param>
public sealed record LayerInputs(string Layer, IReadOnlyList<string> Inputs)
{
    /// <summary>Stands for the model's input. No layer can be called so.</summary>
    public const string Image = "input image";
}
