using System.Globalization;
using System.Runtime.Intrinsics.X86;
using FashionCnn.Native;
using Xunit;

namespace FashionCnn.Runtime.Tests.Native;

/// <summary>The correction on the real library. Caches are hidden in child processes, so that any processor will do.</summary>
public sealed class ProcessorCachesTests
{
    private const string Hidden = "1 byte, 1 byte, 1 byte";

    [X86LinuxFact]
    public void With_hidden_caches_convolutions_are_wrong_and_mended_they_are_right()
    {
        // A kernel may kill this one. Without AVX, none is wrong.
        var (exitCode, lines, error) = ChildProcess.Run(HiddenCaches.Name, "hidden");
        Assert.Equal(Hidden, lines[0]);
        // Of Torch's own it may be.
        Assert.True(!error.Contains("Unhandled exception", StringComparison.Ordinal) || error.Contains("ExternalException", StringComparison.Ordinal), error);
        Assert.True(!Avx.IsSupported || exitCode != 0 || Differences(lines[1..]).Any(difference => difference > 0.01), "Nothing was wrong with hidden caches: the test proves nothing.");

        (exitCode, lines, error) = ChildProcess.Run(HiddenCaches.Name, "mended");
        Assert.True(exitCode == 0, error);
        Assert.Equal([Hidden, ProcessorIdentity.Current!.DataCaches!.ToString(), "False"], lines[..3]);
        AssertRight(lines[3..]);
    }

    // oneDNN reads the environment itself, so the limit must have reached native code.
    [X86LinuxFact]
    public void Limited_to_SSE_convolutions_are_right_with_hidden_caches()
    {
        var (exitCode, lines, error) = ChildProcess.Run(HiddenCaches.Name, "limited");

        Assert.True(exitCode == 0, error);
        Assert.Equal(["limited to SSE4.1", Hidden], lines[..2]);
        AssertRight(lines[2..]);
    }

    [X86LinuxFact]
    public void On_a_processor_that_shows_its_caches_nothing_is_done()
    {
        var state = ProcessorCaches.State;
        if (state.Seen is { Level1: 1 })
        {
            // This one hides them.
            Assert.Equal(ProcessorIdentity.Current!.DataCaches, ProcessorCaches.Read()! with { Source = state.True!.Source });
            Assert.Equal("mended", state.Word);
            return;
        }

        Assert.Equal("not needed", state.Word);
        Assert.Equal("Nothing to correct: the processor does not hide its caches from oneDNN.", state.Sentence);
        if (ProcessorIdentity.Current!.Vendor == "AuthenticAMD")
        {
            Assert.Equal(state.Seen, ProcessorCaches.Read());
        }
    }

    [LinuxFact]
    public void What_NET_sets_does_not_reach_native_code_and_what_this_sets_does()
    {
        Environment.SetEnvironmentVariable("FASHIONCNN_TEST_A", "a");
        NativeEnvironment.Set("FASHIONCNN_TEST_B", "b");

        Assert.Null(NativeEnvironment.Get("FASHIONCNN_TEST_A"));
        Assert.Equal("b", NativeEnvironment.Get("FASHIONCNN_TEST_B"));
        Assert.Equal("b", Environment.GetEnvironmentVariable("FASHIONCNN_TEST_B"));
    }

    private static void AssertRight(string[] lines)
    {
        Assert.Equal(6, lines.Length);
        Assert.All(Differences(lines), difference => Assert.InRange(difference, 0, 1e-4));
    }

    private static IEnumerable<double> Differences(string[] lines) => lines.Select(line => double.Parse(line, CultureInfo.InvariantCulture));
}
