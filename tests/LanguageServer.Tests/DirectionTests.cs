using FashionCnn.Tests;
using Xunit;

namespace FashionCnn.LanguageServer.Tests;

/// <summary>A small tool can carry the server.</summary>
public sealed class DirectionTests
{
    private static readonly string Library = typeof(LanguageServerProgram).Assembly.Location;

    [Fact]
    public void The_server_needs_the_compiler_and_neither_tensors_nor_a_command_line()
    {
        Assert.Equal(["FashionCnn.Compiler"], NamespaceReferences.Assemblies(Library).Where(name => name.StartsWith("FashionCnn", StringComparison.Ordinal)));
        Assert.DoesNotContain(NamespaceReferences.Assemblies(Library), name => name.Contains("TorchSharp", StringComparison.Ordinal) || name.Contains("CommandLine", StringComparison.Ordinal));
    }

    [Fact]
    public void Rooms_use_only_those_before_them()
    {
        const string Root = "FashionCnn.LanguageServer";

        Assert.Empty(NamespaceReferences.Against(Library, Root, ["Protocol"], ["Documents"], ["Features"], [""]));
        Assert.NotEmpty(NamespaceReferences.Against(Library, Root, [""], ["Features"], ["Documents"], ["Protocol"]));
    }
}
