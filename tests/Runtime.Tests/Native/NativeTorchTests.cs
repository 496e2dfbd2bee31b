using System.Buffers.Binary;
using System.Text;
using FashionCnn.Native;
using TorchSharp;
using Xunit;

namespace FashionCnn.Runtime.Tests.Native;

public sealed class NativeTorchTests
{
    [Fact]
    public void Only_the_one_need_becomes_weak()
    {
        var file = Elf(("libstdc++.so.6", ["GLIBCXX_3.4.29", "GLIBCXX_3.4.32"]), ("libc.so.6", ["GLIBC_2.34"]));

        var weakened = ElfVersionNeeds.Weaken(file, "GLIBCXX_3.4.32")!;

        Assert.Equal(
            [("libstdc++.so.6", "GLIBCXX_3.4.29", false), ("libstdc++.so.6", "GLIBCXX_3.4.32", true), ("libc.so.6", "GLIBC_2.34", false)],
            ElfVersionNeeds.Read(weakened).Select(need => (need.Library, need.Version, need.IsWeak)));
        Assert.Equal(1, file.Zip(weakened).Count(pair => pair.First != pair.Second));
    }

    [Fact]
    public void A_file_without_the_need_is_left_alone() => Assert.Null(ElfVersionNeeds.Weaken(Elf(("libc.so.6", ["GLIBC_2.34"])), "GLIBCXX_3.4.32"));

    [Fact]
    public void What_is_no_ELF_file_or_a_damaged_one_is_said_so()
    {
        var file = Elf(("libc.so.6", ["GLIBC_2.34"]));

        Assert.Throws<InvalidDataException>(() => ElfVersionNeeds.Read("no library"u8));
        for (var length = 0; length < file.Length - 1; length += 7)
        {
            Assert.Throws<InvalidDataException>(() => ElfVersionNeeds.Read(file.AsSpan(0, length)));
        }
    }

    [LinuxFact]
    public void Torch_is_loaded_and_the_package_cache_is_as_it_was()
    {
        Assert.Equal(6, torch.ones(2, 3).sum().item<float>());

        Assert.DoesNotContain(ElfVersionNeeds.Read(File.ReadAllBytes(Binding)), need => need.IsWeak);
    }

    [Fact]
    public void A_missing_library_is_named_with_the_way_to_get_it()
    {
        using var folder = new TemporaryFolder();

        var message = Failure("/app", folder);

        Assert.Contains("libtorch_cpu.so is not among the files of the program in /app", message, StringComparison.Ordinal);
        Assert.Contains("with a reference to TorchSharp-cpu or a CUDA package", message, StringComparison.Ordinal);
    }

    [LinuxTheory]
    [InlineData("not a library")]
    [InlineData("")]
    public void A_file_that_is_no_library_is_named(string content)
    {
        using var folder = TorchFolder();
        File.CreateSymbolicLink(folder.File("libLibTorchSharp.so"), Binding);
        File.Delete(folder.File("libtorch_cpu.so"));
        File.WriteAllText(folder.File("libtorch_cpu.so"), content);

        Assert.Equal(
            $"Torch's native library cannot be loaded: {folder.File("libtorch_cpu.so")} is not a library for this system, or is damaged. "
            + "Delete it, with its package's folder if it is in the package cache, and build again, so that it is restored.",
            Failure("/app", folder));
    }

    // The loader would be killed by these: nothing that is caught.
    [LinuxTheory]
    [InlineData("libLibTorchSharp.so", 1000)]
    [InlineData("libLibTorchSharp.so", 100)]
    [InlineData("libc10.so", 100_000)]
    public void A_truncated_library_is_named_by_the_file_that_a_link_leads_to(string name, int length)
    {
        using var folder = TorchFolder();
        File.CreateSymbolicLink(folder.File("libLibTorchSharp.so"), Binding);
        File.WriteAllBytes(folder.File("stored"), File.ReadAllBytes(folder.File(name))[..length]);
        File.Delete(folder.File(name));
        File.CreateSymbolicLink(folder.File(name), folder.File("stored"));

        Assert.StartsWith($"Torch's native library cannot be loaded: {folder.File("stored")} is not a library for this system, or is damaged.", Failure("/app", folder), StringComparison.Ordinal);
    }

    [LinuxFact]
    public void A_version_that_this_system_lacks_is_named_with_who_asks_for_it()
    {
        using var folder = TorchFolder();
        File.WriteAllBytes(folder.File("libLibTorchSharp.so"), WithNeed("GLIBCXX_3.4.99"));

        var message = Failure("/app", folder);

        Assert.Matches($"^Torch's native library cannot be loaded: {folder.File("libLibTorchSharp.so")} needs GLIBCXX_3.4.99 of [^ ]*libstdc\\+\\+.so.6, but this system's version is too old. Use a newer distribution", message);
        Assert.False(Directory.Exists(folder.File("cache")), "A copy is made only against the one need that is not used.");
    }

    [LinuxFact]
    public void A_copy_is_kept_once_repaired_when_damaged_and_the_library_stays_as_it_was()
    {
        using var folder = TorchFolder();
        var original = WithNeed("GLIBCXX_3.4.99");
        File.WriteAllBytes(folder.File("libLibTorchSharp.so"), original);

        nint Load() => WeakenedCopy.Load(folder.File("libLibTorchSharp.so"), "GLIBCXX_3.4.99", folder.File("cache"));
        Assert.NotEqual(0, Load());
        var copy = Assert.Single(Directory.GetFiles(folder.File("cache")));
        var content = File.ReadAllBytes(copy);
        File.Delete(copy);
        File.WriteAllBytes(copy, new byte[content.Length]);
        Parallel.For(0, 4, _ => Assert.NotEqual(0, Load()));

        Assert.Equal(content, File.ReadAllBytes(Assert.Single(Directory.GetFiles(folder.File("cache")))));
        Assert.Equal(original, File.ReadAllBytes(folder.File("libLibTorchSharp.so")));
    }

    [LinuxFact]
    public void Without_a_writable_cache_a_temporary_copy_is_loaded_and_removed()
    {
        using var folder = TorchFolder();
        File.WriteAllBytes(folder.File("libLibTorchSharp.so"), WithNeed("GLIBCXX_3.4.99"));
        File.WriteAllText(folder.File("cache"), "a file where the folder should be");
        var before = Directory.GetDirectories(Path.GetTempPath(), "fashioncnn-*").ToHashSet();

        Assert.NotEqual(0, WeakenedCopy.Load(folder.File("libLibTorchSharp.so"), "GLIBCXX_3.4.99", folder.File("cache")));

        Assert.DoesNotContain(Directory.GetDirectories(Path.GetTempPath(), "fashioncnn-*").Where(path => !before.Contains(path)), HasCopy);

        static bool HasCopy(string path)
        {
            try
            {
                return Directory.GetFiles(path, "*-libLibTorchSharp.so").Length > 0;
            }
            catch (DirectoryNotFoundException)
            {
                // Another test's, which has ended.
                return false;
            }
        }
    }

    // What glibc's loader prints, as .NET passes it on.
    [Theory]
    [InlineData(
        "Unable to load shared library '/a/libtorch_cpu.so'.\n/lib/x86_64-linux-gnu/libc.so.6: version `GLIBC_2.38' not found (required by /a/libtorch_cpu.so)\n",
        "/a/libtorch_cpu.so needs GLIBC_2.38 of /lib/x86_64-linux-gnu/libc.so.6, but this system's version is too old. Use a newer distribution, or install a newer version of that library.")]
    [InlineData(
        "Unable to load shared library '/a/libtorch_cpu.so'.\nlibgomp.so.1: cannot open shared object file: No such file or directory\n",
        "/a/libtorch_cpu.so needs libgomp.so.1, which is not installed. Install the package that has it (on Debian and Ubuntu: apt-file search libgomp.so.1).")]
    [InlineData(
        "Unable to load shared library '/a/libtorch_cpu.so'.\nlibgomp-98b21ff3.so.1: cannot open shared object file: No such file or directory\n",
        "/a/libtorch_cpu.so needs libgomp-98b21ff3.so.1, which belongs beside it and is missing. Build again, so that it is restored.")]
    [InlineData(
        "Unable to load shared library '/a/libtorch_cpu.so'.\n/a/libtorch_cpu.so: cannot enable executable stack as shared object requires: Invalid argument\n",
        "/a/libtorch_cpu.so: /a/libtorch_cpu.so: cannot enable executable stack as shared object requires: Invalid argument. It was found, but this system's loader refuses it; look up that message for this distribution.")]
    public void The_loaders_words_become_one_message(string words, string message) => Assert.Equal(message, LoaderFault.Explain("/a/libtorch_cpu.so", words));

    private static string Binding => NativeTorch.SearchFolders().Select(folder => Path.Combine(folder, "libLibTorchSharp.so")).First(File.Exists);

    private static string Failure(string program, TemporaryFolder folder) =>
        Assert.Throws<NativeLibraryException>(() => NativeTorch.Load(program, [folder.Path], folder.File("cache"))).Message;

    /// <summary>A folder with Torch, by links, and without the binding.</summary>
    private static TemporaryFolder TorchFolder()
    {
        var folder = new TemporaryFolder();
        foreach (var file in Directory.GetFiles(Path.GetDirectoryName(Binding)!, "*.so*").Where(file => file != Binding))
        {
            File.CreateSymbolicLink(folder.File(Path.GetFileName(file)), file);
        }

        return folder;
    }

    /// <summary>The real binding, asking for a version that no system has instead of the one that it does not use.</summary>
    private static byte[] WithNeed(string version)
    {
        var content = File.ReadAllBytes(Binding);
        Encoding.ASCII.GetBytes(version).CopyTo(content, content.AsSpan().IndexOf("GLIBCXX_3.4.32"u8));
        return content;
    }

    /// <summary>An ELF file with nothing but the needs of some libraries.</summary>
    private static byte[] Elf(params (string Library, string[] Versions)[] needs)
    {
        var names = new MemoryStream();
        names.WriteByte(0);
        var entries = new List<byte[]>();
        foreach (var (library, versions) in needs)
        {
            var isLast = library == needs[^1].Library;
            entries.Add([.. Half(1), .. Half(versions.Length), .. Word(Add(library)), .. Word(16), .. Word(isLast ? 0 : 16 * (versions.Length + 1))]);
            entries.AddRange(versions.Select((version, i) => (byte[])[.. Word(0), .. Half(0), .. Half(i), .. Word(Add(version)), .. Word(i == versions.Length - 1 ? 0 : 16)]));
        }

        var needBytes = entries.SelectMany(entry => entry).ToArray();
        var nameBytes = names.ToArray();
        byte[] header = [0x7f, (byte)'E', (byte)'L', (byte)'F', 2, 1, .. new byte[34], .. Long(64 + needBytes.Length + nameBytes.Length), .. new byte[10], .. Half(64), .. Half(2), .. Half(0)];
        return [.. header, .. needBytes, .. nameBytes, .. Section(0x6ffffffe, 64, link: 1, info: needs.Length), .. Section(3, 64 + needBytes.Length, 0, 0)];

        int Add(string name)
        {
            var offset = (int)names.Position;
            names.Write([.. Encoding.UTF8.GetBytes(name), 0]);
            return offset;
        }

        static byte[] Section(int type, long offset, int link, int info) =>
            [.. Word(0), .. Word(type), .. new byte[16], .. Long(offset), .. new byte[8], .. Word(link), .. Word(info), .. new byte[16]];

        static byte[] Half(int value) => [(byte)value, (byte)(value >> 8)];

        static byte[] Word(int value)
        {
            var bytes = new byte[4];
            BinaryPrimitives.WriteInt32LittleEndian(bytes, value);
            return bytes;
        }

        static byte[] Long(long value)
        {
            var bytes = new byte[8];
            BinaryPrimitives.WriteInt64LittleEndian(bytes, value);
            return bytes;
        }
    }
}
