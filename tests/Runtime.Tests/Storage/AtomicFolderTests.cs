using FashionCnn.Storage;
using Xunit;

namespace FashionCnn.Runtime.Tests.Storage;

public sealed class AtomicFolderTests : IDisposable
{
    private readonly TemporaryFolder folder = new();

    public void Dispose() => folder.Dispose();

    private string Target => folder.File("a/b");

    [Fact]
    public void The_new_folder_takes_the_place_of_the_old_one()
    {
        Write("first", "one");
        Write("second", "two");

        Assert.Equal([Path.Combine(Target, "second")], Directory.GetFileSystemEntries(Target));
        Assert.Equal([Target], Directory.GetFileSystemEntries(folder.File("a")));
    }

    [Fact]
    public void What_goes_wrong_leaves_the_old_one()
    {
        Write("first", "one");

        Assert.Throws<IOException>(() => AtomicFolder.Replace(Target, next =>
        {
            File.WriteAllText(Path.Combine(next, "half"), string.Empty);
            throw new IOException("full");
        }));

        Assert.Equal("one", File.ReadAllText(Path.Combine(Target, "first")));
        Assert.Equal([Target], Directory.GetFileSystemEntries(folder.File("a")));
    }

    [Fact]
    public void What_a_killed_program_left_is_put_right()
    {
        // Between the two renamings.
        Write("first", "one");
        Directory.Move(Target, Target + ".previous");
        Directory.CreateDirectory(Target + ".next");
        AtomicFolder.Recover(Target);
        Assert.Equal("one", File.ReadAllText(Path.Combine(Target, "first")));

        // After them.
        Directory.CreateDirectory(Target + ".previous");
        AtomicFolder.Recover(Target);
        Assert.Equal("one", File.ReadAllText(Path.Combine(Target, "first")));
        Assert.Equal([Target], Directory.GetFileSystemEntries(folder.File("a")));
    }

    private void Write(string name, string text) => AtomicFolder.Replace(Target, next => File.WriteAllText(Path.Combine(next, name), text));
}
