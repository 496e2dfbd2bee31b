namespace FashionCnn.Native;

/// <summary>
/// Where oneDNN, which is part of Torch's library, keeps what it knows of the processor: a variable in <c>dnnl::impl::cpu::x64::cpu()</c>, which
/// is filled when that function is first called. Both are only in the symbol table of the file.
/// </summary>
/// <param name="Variable">The variable.</param>
/// <param name="Function">The function, which returns the variable's address.</param>
internal sealed record OneDnnMemory(ElfSymbol Variable, ElfSymbol Function)
{
    /// <summary>The library that oneDNN is part of.</summary>
    public const string Library = "libtorch_cpu.so";

    private const string VariableName = "_ZZN4dnnl4impl3cpu3x643cpuEvE4cpu_";
    private const string FunctionName = "_ZN4dnnl4impl3cpu3x643cpuEv";

    // Entries of one source file are together in the table: here they are two entries apart.
    private const int Neighborhood = 64;

    private const int ProgramHeaders = 0x38;

    /// <summary>Looks both up in a library's file; null when it has no such symbols, or the variable another size. Takes about 20 ms.</summary>
    public static OneDnnMemory? FindIn(string path)
    {
        try
        {
            using var file = File.OpenRead(path);
            return FindIn(file);
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            return null;
        }
    }

    internal static OneDnnMemory? FindIn(Stream file) =>
        ElfSymbols.Open(file) is { } symbols
        && symbols.Variable(VariableName, OneDnnWords.Count * sizeof(uint)) is { } variable
        && symbols.Function(FunctionName, variable.Index - Neighborhood, variable.Index + Neighborhood) is { } function
            ? new(variable, function)
            : null;

    /// <summary>
    /// The variable's words in this process, filled by oneDNN. Before anything is called, the library in memory is compared with the file whose
    /// symbol table was read.
    /// </summary>
    /// <param name="library">The library as it is loaded.</param>
    /// <param name="wasFilled">oneDNN has been used before.</param>
    /// <param name="words">The words.</param>
    public unsafe bool TryOpen(LoadedLibrary library, out bool wasFilled, out Span<uint> words)
    {
        wasFilled = false;
        words = default;
        var variable = library.Base + Variable.Address;
        var function = library.Base + Function.Address;
        if (!library.Has("rw", variable, Variable.Size) || !library.Has("x", function, Function.Size) || !IsLoadedFrom(library))
        {
            return false;
        }

        words = new Span<uint>((void*)variable, OneDnnWords.Count);
        wasFilled = OneDnnWords.AreFilled(words);
        return ((delegate* unmanaged<nint>)function)() == (nint)variable;
    }

    private bool IsLoadedFrom(LoadedLibrary library)
    {
        try
        {
            // The headers tell one build from another; the function is code, which loading does not change.
            using var file = File.OpenRead(library.Path);
            var count = new byte[2];
            file.Position = ProgramHeaders;
            file.ReadExactly(count);
            return library.Equals(file, 0, 64 + (56 * BitConverter.ToUInt16(count))) && library.Equals(file, Function.Address, (int)Function.Size);
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            return false;
        }
    }
}
