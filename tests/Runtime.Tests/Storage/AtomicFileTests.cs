using System.Diagnostics;
using System.Runtime.Versioning;
using FashionCnn.Runtime.Tests.Native;
using FashionCnn.Storage;
using Xunit;

namespace FashionCnn.Runtime.Tests.Storage;

public sealed class AtomicFileTests : IDisposable
{
    private readonly TemporaryFolder folder = new();

    public void Dispose() => folder.Dispose();

    [LinuxFact]
    public void A_link_stays_a_link_and_what_it_leads_to_is_written()
    {
        Directory.CreateDirectory(folder.File("elsewhere"));
        File.WriteAllText(folder.File("elsewhere/report.html"), "old");
        File.CreateSymbolicLink(folder.File("second"), folder.File("elsewhere/report.html"));
        File.CreateSymbolicLink(folder.File("first"), "second");

        AtomicFile.WriteText(folder.File("first"), "new");

        Assert.Equal("second", new FileInfo(folder.File("first")).LinkTarget);
        Assert.Equal("new", File.ReadAllText(folder.File("elsewhere/report.html")));
        Assert.Single(Directory.GetFileSystemEntries(folder.File("elsewhere")));
    }

    [Fact]
    public void Stopped_while_it_is_written_a_file_stays_as_it_was()
    {
        File.WriteAllText(folder.File("old"), "old");
        using var source = new CancellationTokenSource();

        foreach (var name in new[] { "old", "new" })
        {
            _ = Assert.Throws<OperationCanceledException>(() => AtomicFile.Write(folder.File(name), stream => { stream.WriteByte(1); source.Cancel(); }, source.Token));
        }

        Assert.Equal("old", File.ReadAllText(folder.File("old")));
        Assert.Equal([folder.File("old")], Directory.GetFileSystemEntries(folder.File(string.Empty)));
    }

    [LinuxFact]
    public void A_link_to_a_file_that_is_not_there_yet_is_followed_too()
    {
        File.CreateSymbolicLink(folder.File("link"), folder.File("new"));

        AtomicFile.WriteText(folder.File("link"), "text");

        Assert.NotNull(new FileInfo(folder.File("link")).LinkTarget);
        Assert.Equal("text", File.ReadAllText(folder.File("new")));
    }

    // A bare name, as on a command line: .NET looks for the targets of those in the root folder.
    [LinuxFact]
    public void A_link_that_is_named_without_a_folder_is_followed_too()
    {
        var link = $"link-{Guid.NewGuid():N}";
        try
        {
            File.CreateSymbolicLink(link, $"{link}.target");

            AtomicFile.WriteText(link, "text");

            Assert.Equal("text", File.ReadAllText($"{link}.target"));
            Assert.Equal($"{link}.target", new FileInfo(link).LinkTarget);
        }
        finally
        {
            File.Delete(link);
            File.Delete($"{link}.target");
            File.Delete($"/{link}.target");
        }
    }

    // A device could be made by root only; a pipe is as little a regular file.
    [LinuxFact]
    [SupportedOSPlatform("linux")]
    public void A_pipe_is_written_into_and_stays_a_pipe()
    {
        Process.Start("mkfifo", [folder.File("pipe")])!.WaitForExit();
        var reader = Task.Run(() => File.ReadAllText(folder.File("pipe")));

        AtomicFile.WriteText(folder.File("pipe"), "text");

        Assert.True(reader.Wait(TimeSpan.FromSeconds(20)));
        Assert.Equal("text", reader.Result);
        Assert.Equal(["pipe"], Directory.GetFileSystemEntries(folder.Path).Select(Path.GetFileName));
        Assert.True(FileKind.IsSpecial(folder.File("pipe")));
        Assert.True(FileKind.IsSpecial("/dev/null"));
        Assert.False(FileKind.IsSpecial(folder.Path));
    }

    [LinuxFact]
    public void A_device_is_written_into()
    {
        AtomicFile.WriteText("/dev/null", "text");

        Assert.True(FileKind.IsSpecial("/dev/null"));
        // This one says that it was written to.
        Assert.Throws<IOException>(() => AtomicFile.WriteText("/dev/full", "text"));
    }

    [Theory]
    [InlineData("config.json.12-0123456789abcdef0123456789abcdef.tmp", true)]
    [InlineData("config.json.tmp", false)]
    [InlineData("config.json.12.tmp", false)]
    [InlineData("config.json.mine-0123456789abcdef0123456789abcdef.tmp", false)]
    [InlineData("other.json.12-0123456789abcdef0123456789abcdef.tmp", false)]
    public void Only_our_own_remains_are_known_as_such(string name, bool isOurs) => Assert.Equal(isOurs, AtomicFile.IsTemporary(name, "config.json"));
}
