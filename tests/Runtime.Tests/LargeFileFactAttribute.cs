using Xunit;

namespace FashionCnn.Runtime.Tests;

/// <summary>A test that writes files of gigabytes: only where it is asked for by FASHIONCNN_LARGE_FILES=1.</summary>
internal sealed class LargeFileFactAttribute : FactAttribute
{
    public LargeFileFactAttribute()
    {
        if (Environment.GetEnvironmentVariable("FASHIONCNN_LARGE_FILES") != "1")
        {
            Skip = "It writes 2.5 GB and takes as much memory; set FASHIONCNN_LARGE_FILES=1 to run it.";
        }
    }
}
