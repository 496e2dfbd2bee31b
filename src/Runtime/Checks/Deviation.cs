namespace FashionCnn.Checks;

/// <summary>How far a computed quantity is from double precision.</summary>
/// <param name="What"><c>output</c>, <c>gradient of the input</c>, <c>gradient of weight</c> or <c>gradient of bias</c>.</param>
/// <param name="Value">The largest difference over the largest value; infinity when something is not finite.</param>
internal sealed record Deviation(string What, double Value);
