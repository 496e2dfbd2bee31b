using FashionCnn.Native;
using Xunit;

namespace FashionCnn.Runtime.Tests.Native;

public sealed class OtherWorkTests
{
    // Four cores for a second of 400 ticks: 100 user, 60 nice, 20 system, 200 idle, 10 waiting, 10 taken by another machine.
    private const string Before = "cpu  1000 500 300 9000 50 0 7 0 0 0\ncpu0 1 1\ncpu1 1 1\ncpu2 1 1\ncpu3 1 1\nintr 5\n";
    private const string After = "cpu  1100 560 320 9200 60 0 7 10 0 0\ncpu0 1 1\ncpu1 1 1\ncpu2 1 1\ncpu3 1 1\nintr 9\n";

    [Fact]
    public void Busy_cores_less_ones_own_are_those_of_others()
    {
        Assert.Equal(1.9, OtherWork.Between(Before, After, own: 0)!.Value, 9);
        Assert.Equal(0.4, OtherWork.Between(Before, After, own: 1.5)!.Value, 9);
        Assert.Equal(0, OtherWork.Between(Before, After, own: 2));
    }

    [Fact]
    public void What_cannot_be_read_says_nothing()
    {
        Assert.Null(OtherWork.Between(Before, Before, own: 0));
        Assert.Null(OtherWork.Between(string.Empty, After, own: 0));
        Assert.Null(OtherWork.Between(Before, "cpu  1100 many 320 9200 60 0\n", own: 0));
    }

    [LinuxFact]
    public void Another_process_that_computes_is_seen()
    {
        var others = new OtherWork();
        using var busy = System.Diagnostics.Process.Start("sh", ["-c", "while :; do :; done"]);
        Thread.Sleep(700);
        busy.Kill();

        // On a machine that does other things too, more than that.
        Assert.True(others.Cores() > 0.1, $"{others.Cores()}");
    }
}
