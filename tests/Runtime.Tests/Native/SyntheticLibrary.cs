using System.Globalization;
using System.Runtime.InteropServices;
using System.Text;
using FashionCnn.Native;

namespace FashionCnn.Runtime.Tests.Native;

/// <summary>
/// A small library like Torch's: ELF headers, the function that returns the address of oneDNN's variable, the variable, and a symbol table. The file
/// is in a folder, what is loaded of it in memory of this process.
/// </summary>
internal sealed partial class SyntheticLibrary : IDisposable
{
    private const string VariableName = "_ZZN4dnnl4impl3cpu3x643cpuEvE4cpu_";
    private const string FunctionName = "_ZN4dnnl4impl3cpu3x643cpuEv";

    private const int Function = 0x100;
    private const int Template = 0x200;
    private const int Variable = 0x1000;
    private const int Loaded = 0x2000;
    private const int Everything = 7;
    private const int PrivateAnonymous = 0x22;

    private readonly TemporaryFolder folder = new();
    private readonly nint memory = Map(0, Loaded, Everything, PrivateAnonymous, -1, 0);

    /// <param name="words">What the variable holds once the function was called.</param>
    /// <param name="size">The variable's size by the symbol table.</param>
    /// <param name="names">The symbols; by default both.</param>
    /// <param name="isStripped">The section of symbols is no longer one.</param>
    /// <param name="length">Where the file is cut off.</param>
    /// <param name="isFilled">The function has been called before.</param>
    public SyntheticLibrary(uint[] words, int size = OneDnnWords.Count * 4, string[]? names = null, bool isStripped = false, int? length = null, bool isFilled = false)
    {
        names ??= [FunctionName, VariableName];
        byte[] code =
        [
            0x48, 0x8D, 0x35, .. BitConverter.GetBytes(Template - Function - 7), // lea rsi, [rip + ...]
            0x48, 0x8D, 0x3D, .. BitConverter.GetBytes(Variable - Function - 14), // lea rdi, [rip + ...]
            0x48, 0x89, 0xF8, // mov rax, rdi
            0xB9, .. BitConverter.GetBytes(OneDnnWords.Count * 4), // mov ecx, ...
            0xF3, 0xA4, // rep movsb
            0xC3, // ret
        ];
        var content = new byte[Loaded];
        code.CopyTo(content, Function);
        MemoryMarshal.AsBytes(words.AsSpan()).CopyTo(content.AsSpan(Template));
        byte[] strings = [0, .. names.SelectMany(name => Encoding.ASCII.GetBytes(name + '\0'))];
        byte[] symbols = [.. new byte[24], .. names.SelectMany((name, i) => Symbol(names, i, name == FunctionName ? 2 : 1, name == FunctionName ? Function : Variable, name == FunctionName ? code.Length : size))];
        byte[] sections = [.. new byte[64], .. Section(isStripped ? 1 : 2, Loaded, symbols.Length, 2, 24), .. Section(3, Loaded + symbols.Length, strings.Length, 0, 0)];
        byte[] header =
        [
            0x7f, (byte)'E', (byte)'L', (byte)'F', 2, 1, 1, .. new byte[9], 3, 0, 62, 0, .. new byte[12], .. BitConverter.GetBytes(64L),
            .. BitConverter.GetBytes((long)(Loaded + symbols.Length + strings.Length)), 0, 0, 0, 0, 64, 0, 56, 0, 1, 0, 64, 0, 3, 0, 0, 0,
        ];
        header.CopyTo(content, 0);
        byte[] file = [.. content, .. symbols, .. strings, .. sections];
        Path = folder.File(OneDnnMemory.Library);
        File.WriteAllBytes(Path, file[..(length ?? file.Length)]);
        Marshal.Copy(content, 0, memory, content.Length);
        if (isFilled)
        {
            Marshal.Copy(content, Template, memory + Variable, OneDnnWords.Count * 4);
        }
    }

    public string Path { get; }

    /// <summary>The variable's words now.</summary>
    public unsafe uint[] Words => new Span<uint>((void*)(memory + Variable), OneDnnWords.Count).ToArray();

    /// <summary>Changes a byte of what is loaded.</summary>
    public unsafe void Change(int offset) => ((byte*)memory)[offset] ^= 1;

    /// <summary>The library as the system would describe it.</summary>
    public LoadedLibrary? Find(string rights = "rwxp") => LoadedLibrary.Find(
        OneDnnMemory.Library,
        [
            "00400000-00401000 r-xp 00000000 00:00 0",
            string.Create(CultureInfo.InvariantCulture, $"{memory:x}-{memory + Variable:x} r-xp 00000000 08:01 12345                      {Path}"),
            string.Create(CultureInfo.InvariantCulture, $"{memory + Variable:x}-{memory + Loaded:x} {rights} 00000000 00:00 0 "),
        ]);

    public void Dispose()
    {
        _ = Unmap(memory, Loaded);
        folder.Dispose();
    }

    private static byte[] Symbol(string[] names, int index, int kind, int address, int size) =>
    [
        .. BitConverter.GetBytes(1 + names.Take(index).Sum(name => name.Length + 1)), (byte)kind, 2, 1, 0, .. BitConverter.GetBytes((long)address), .. BitConverter.GetBytes((long)size),
    ];

    private static byte[] Section(int type, long offset, long size, int link, long entry) =>
    [
        0, 0, 0, 0, .. BitConverter.GetBytes(type), .. new byte[16], .. BitConverter.GetBytes(offset), .. BitConverter.GetBytes(size), .. BitConverter.GetBytes(link), .. new byte[12], .. BitConverter.GetBytes(entry),
    ];

    [LibraryImport("libc.so.6", EntryPoint = "mmap")]
    private static partial nint Map(nint address, nint length, int protection, int flags, int file, nint offset);

    [LibraryImport("libc.so.6", EntryPoint = "munmap")]
    private static partial int Unmap(nint address, nint length);
}
