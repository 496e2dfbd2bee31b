using System.Runtime.InteropServices;

namespace FashionCnn.Distribution;

/// <summary>The families of MPI libraries, which differ in what their handles are.</summary>
internal enum MpiFamilyName
{
    /// <summary>Open MPI: a handle is the address of an exported object.</summary>
    OpenMpi,

    /// <summary>MPICH and what shares its binary interface (Intel MPI, MVAPICH): a handle is a number of 32 bits.</summary>
    Mpich,
}

/// <summary>
/// What the functions of a library are handed, by the headers of its family. The functions have the same names and the same order of arguments in both. A
/// number of 32 bits is handed in the lower half of a register or a place on the stack of 64, as the calling conventions of x86-64 and arm64
/// have it, so that one signature serves both.
/// </summary>
internal sealed record MpiFamily(MpiFamilyName Name)
{
    /// <summary>All processes.</summary>
    public required nint World { get; init; }

    /// <summary>Single bytes.</summary>
    public required nint Bytes { get; init; }

    /// <summary>Unsigned numbers of 16 bits.</summary>
    public required nint Words { get; init; }

    /// <summary>Single precision.</summary>
    public required nint Singles { get; init; }

    /// <summary>Double precision.</summary>
    public required nint Doubles { get; init; }

    /// <summary>The sum.</summary>
    public required nint Sum { get; init; }

    /// <summary>The result takes the place of the argument.</summary>
    public required nint InPlace { get; init; }

    /// <summary>A message from whichever process.</summary>
    public required int AnySource { get; init; }

    /// <summary>Nobody asks for a status.</summary>
    public required nint NoStatus { get; init; }

    /// <summary>No hints.</summary>
    public required nint NoInfo { get; init; }

    /// <summary>Functions return an error's code instead of ending the process.</summary>
    public required nint ErrorsReturn { get; init; }

    /// <summary>The processes of one machine.</summary>
    public required int SharedMemory { get; init; }

    /// <summary>The family of a loaded library by what it exports; null when it is none of these.</summary>
    public static MpiFamily? Of(nint library)
    {
        if (Exports("ompi_mpi_comm_world"))
        {
            return new MpiFamily(MpiFamilyName.OpenMpi)
            {
                World = Address("ompi_mpi_comm_world"),
                Bytes = Address("ompi_mpi_byte"),
                Words = Address("ompi_mpi_unsigned_short"),
                Singles = Address("ompi_mpi_float"),
                Doubles = Address("ompi_mpi_double"),
                Sum = Address("ompi_mpi_op_sum"),
                InPlace = 1,
                AnySource = -1,
                NoStatus = 0,
                NoInfo = Address("ompi_mpi_info_null"),
                ErrorsReturn = Address("ompi_mpi_errors_return"),
                SharedMemory = 0,
            };
        }

        // What MPICH's header hands to MPI_Comm_create_keyval.
        return Exports("MPIR_Dup_fn")
            ? new MpiFamily(MpiFamilyName.Mpich)
            {
                World = 0x44000000,
                Bytes = 0x4c00010d,
                Words = 0x4c000204,
                Singles = 0x4c00040a,
                Doubles = 0x4c00080b,
                Sum = 0x58000003,
                InPlace = -1,
                AnySource = -2,
                NoStatus = 1,
                NoInfo = 0x1c000000,
                ErrorsReturn = 0x54000001,
                SharedMemory = 1,
            }
            : null;

        bool Exports(string name) => NativeLibrary.TryGetExport(library, name, out _);

        nint Address(string name) => NativeLibrary.GetExport(library, name);
    }
}
