namespace FashionCnn.Evaluation;

/// <summary>A class and how likely a model holds it to be.</summary>
/// <param name="Class">The class's number, from 0.</param>
/// <param name="Name">Its name; the number where the classes have no names.</param>
/// <param name="Probability">0 to 1.</param>
public sealed record ClassProbability(int Class, string Name, double Probability);
