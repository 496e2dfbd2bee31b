using Xunit;

namespace FashionCnn.Packages.Tests;

/// <summary>A test on packages, which must be made first: only in continuous integration, and where it is asked for by FASHIONCNN_PACKAGES=1.</summary>
internal sealed class PackagesFactAttribute : FactAttribute
{
    public PackagesFactAttribute()
    {
        if (Environment.GetEnvironmentVariable("FASHIONCNN_PACKAGES") != "1" && string.IsNullOrEmpty(Environment.GetEnvironmentVariable("CI")))
        {
            Skip = "It makes all packages and builds programs with them, which takes minutes; set FASHIONCNN_PACKAGES=1 to run it.";
        }
    }
}
