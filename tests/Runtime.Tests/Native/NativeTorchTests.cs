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

    [Fact]
    public void Torch_is_loaded_and_the_package_cache_is_as_it_was()
    {
        Assert.Equal(6, torch.ones(2, 3).sum().item<float>());
        if (!OperatingSystem.IsLinux())
        {
            return;
        }

        var folder = ((string)AppContext.GetData("NATIVE_DLL_SEARCH_DIRECTORIES")!).Split(Path.PathSeparator).First(folder => File.Exists(Path.Combine(folder, "libLibTorchSharp.so")));
        var original = ElfVersionNeeds.Read(File.ReadAllBytes(Path.Combine(folder, "libLibTorchSharp.so")));
        Assert.DoesNotContain(original, need => need.IsWeak);
    }

    [Fact]
    public void A_missing_library_is_named_with_the_way_to_get_it()
    {
        using var folder = new TemporaryFolder();

        var message = Assert.Throws<NativeLibraryException>(() => NativeTorch.Load("/app", [folder.Path])).Message;

        Assert.Contains("libtorch_cpu.so is not among the files of the program in /app", message, StringComparison.Ordinal);
        Assert.Contains("dotnet build", message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_library_for_another_system_is_named()
    {
        if (!OperatingSystem.IsLinux())
        {
            return;
        }

        using var folder = new TemporaryFolder();
        File.WriteAllText(folder.File("libtorch_cpu.so"), "not a library");

        Assert.Equal(
            $"Torch's native library cannot be loaded: {folder.File("libtorch_cpu.so")} is no library for this system, or a damaged one. Delete it and build again, so that it is restored.",
            Assert.Throws<NativeLibraryException>(() => NativeTorch.Load("/app", [folder.Path])).Message);
    }

    // What glibc's loader prints, as .NET passes it on.
    [Theory]
    [InlineData(
        "Unable to load shared library '/a/libtorch_cpu.so'.\n/lib/x86_64-linux-gnu/libc.so.6: version `GLIBC_2.38' not found (required by /a/libtorch_cpu.so)\n",
        "/a/libtorch_cpu.so needs GLIBC_2.38 of /lib/x86_64-linux-gnu/libc.so.6, which this system's is too old for. Use a newer distribution, or install a newer version of that library.")]
    [InlineData(
        "Unable to load shared library '/a/libtorch_cpu.so'.\nlibgomp.so.1: cannot open shared object file: No such file or directory\n",
        "/a/libtorch_cpu.so needs libgomp.so.1, which is not installed. Install the package that has it (on Debian and Ubuntu: apt-file search libgomp.so.1).")]
    public void The_loaders_words_become_one_message(string words, string message) => Assert.Equal(message, NativeTorch.Explain("/a/libtorch_cpu.so", words));

    [Fact]
    public void Cuda_on_a_CPU_build_is_one_message()
    {
        Assert.Equal("cpu", ComputeDevice.Resolve("cpu"));
        Assert.Equal(torch.cuda.is_available() ? "cuda" : "cpu", ComputeDevice.Resolve("auto"));
        if (!torch.cuda.is_available())
        {
            Assert.Contains("-p:TorchBackend=cuda", Assert.Throws<InputException>(() => ComputeDevice.Resolve("cuda")).Message, StringComparison.Ordinal);
        }
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
