namespace FashionCnn.Checks;

/// <summary>A layer that computes something else than it should.</summary>
/// <param name="Layer">The layer, such as <c>conv7 (Conv2D)</c>.</param>
/// <param name="Problem">What is wrong, as a clause after the layer's name.</param>
public sealed record LayerFault(string Layer, string Problem)
{
    /// <inheritdoc/>
    public override string ToString() => $"{Layer}: {Problem}";
}

/// <summary>What a self-check found.</summary>
/// <param name="Faults">The layers that compute wrong results, in the model's order.</param>
public sealed record SelfCheckVerdict(IReadOnlyList<LayerFault> Faults)
{
    /// <summary>Every layer computes what it should.</summary>
    public bool Passed => Faults.Count == 0;
}
