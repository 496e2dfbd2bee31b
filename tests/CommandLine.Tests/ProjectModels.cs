using FashionCnn.Models;
using FashionCnn.Runner.GeneratedModels;
using FashionCnn.Tests;

namespace FashionCnn.CommandLine.Tests;

/// <summary>The models of the program that tests know.</summary>
internal static class ProjectModels
{
    public static IReadOnlyList<ModelDescriptor> All { get; } = [.. ProjectSpecs.Ids.Select(id => ModelCatalog.All.Single(model => model.Id == id))];
}
