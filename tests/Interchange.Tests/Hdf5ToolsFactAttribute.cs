using Xunit;

namespace FashionCnn.Interchange.Tests;

/// <summary>A fact that HDF5's own library checks, by the tools that come with it.</summary>
internal sealed class Hdf5ToolsFactAttribute : FactAttribute
{
    private static readonly bool AreThere = (Environment.GetEnvironmentVariable("PATH") ?? string.Empty).Split(Path.PathSeparator).Any(folder => File.Exists(Path.Combine(folder, "h5dump")));

    public Hdf5ToolsFactAttribute() => Skip = AreThere ? null : "There is no h5dump (the package hdf5-tools on Debian and Ubuntu).";
}
