using FashionCnn.CommandLine.Tests.Distribution;
using Xunit;

namespace FashionCnn.CommandLine.Tests;

/// <summary>
/// Tests that run the program in processes of its own and nothing of it in this one. They come one after the other, and beside all others,
/// which share this process, its working directory and its environment.
/// </summary>
[CollectionDefinition(Name)]
public sealed class ProcessGroup : ICollectionFixture<OneProcess>
{
    public const string Name = "Processes";
}
