using System.Runtime.InteropServices;
using System.Text;
using System.Text.RegularExpressions;
using FashionCnn.Native;

namespace FashionCnn.Distribution;

/// <summary>The MPI library of the system, found when the program runs: there is no binary interface that one could be built against.</summary>
internal sealed unsafe partial class MpiLibrary
{
    /// <summary>Names the library to take.</summary>
    public const string PathVariable = "FASHIONCNN_MPI_LIBRARY";

    // As many bytes as either family asks for, and more.
    private const int TextBytes = 8192;

    private static readonly string[] OpenMpiNames = ["libmpi.so.40", "libmpi.40.dylib"];
    private static readonly string[] MpichNames = ["libmpich.so.12", "libmpi.so.12", "libmpi.12.dylib"];

    private readonly nint library;

    private MpiLibrary(nint library, MpiFamily family, string version)
    {
        (this.library, Family, Version) = (library, family, version);
        AllGather = (delegate* unmanaged<void*, int, nint, void*, int, nint, nint, nint*, int>)Find("MPI_Iallgather");
        AllReduce = (delegate* unmanaged<nint, void*, int, nint, nint, nint, nint*, int>)Find("MPI_Iallreduce");
        Broadcast = (delegate* unmanaged<void*, int, nint, int, nint, nint*, int>)Find("MPI_Ibcast");
        Send = (delegate* unmanaged<void*, int, nint, int, int, nint, nint*, int>)Find("MPI_Isend");
        Receive = (delegate* unmanaged<void*, int, nint, int, int, nint, nint*, int>)Find("MPI_Irecv");
        Probe = (delegate* unmanaged<int, int, nint, int*, nint, int>)Find("MPI_Iprobe");
        Test = (delegate* unmanaged<nint*, int*, nint, int>)Find("MPI_Test");
    }

    /// <summary>What its handles are.</summary>
    public MpiFamily Family { get; }

    /// <summary>Its name and version, such as <c>Open MPI v4.1.4</c>.</summary>
    public string Version { get; }

    /// <summary>Bytes, their number, type; where all go, how many of each, type; processes; request.</summary>
    public delegate* unmanaged<void*, int, nint, void*, int, nint, nint, nint*, int> AllGather { get; }

    /// <summary>From, to, number, type, operation, processes, request.</summary>
    public delegate* unmanaged<nint, void*, int, nint, nint, nint, nint*, int> AllReduce { get; }

    /// <summary>Memory, number, type, from whom, processes, request.</summary>
    public delegate* unmanaged<void*, int, nint, int, nint, nint*, int> Broadcast { get; }

    /// <summary>Memory, number, type, to whom, tag, processes, request.</summary>
    public delegate* unmanaged<void*, int, nint, int, int, nint, nint*, int> Send { get; }

    /// <summary>Memory, number, type, from whom, tag, processes, request.</summary>
    public delegate* unmanaged<void*, int, nint, int, int, nint, nint*, int> Receive { get; }

    /// <summary>From whom, tag, processes, whether there is one, status.</summary>
    public delegate* unmanaged<int, int, nint, int*, nint, int> Probe { get; }

    /// <summary>Request, whether it is done, status.</summary>
    public delegate* unmanaged<nint*, int*, nint, int> Test { get; }

    /// <summary>Loads the library that fits a launcher best. Nothing is started.</summary>
    /// <exception cref="InputException">There is none, or none that fits.</exception>
    public static MpiLibrary Load(Launch launch) =>
        Load(launch, Environment.GetEnvironmentVariable(PathVariable), launch.Family == MpiFamilyName.Mpich ? [.. MpichNames, .. OpenMpiNames, "libmpi.so"] : [.. OpenMpiNames, .. MpichNames, "libmpi.so"]);

    /// <summary>Loads the first library that fits: the one that is named, or else one of those that a system may have.</summary>
    /// <exception cref="InputException">There is none, or none that fits.</exception>
    internal static MpiLibrary Load(Launch launch, string? named, IReadOnlyList<string> known)
    {
        var names = string.IsNullOrEmpty(named) ? known : [named];
        // Handlers of faults would take the place of .NET's, for which an access to null is an exception like any other. UCX reads this as it is loaded.
        SetDefault("OMPI_MCA_opal_signal", string.Empty);
        SetDefault("UCX_HANDLE_ERRORS", "none");
        var unfit = new List<string>();
        foreach (var name in names)
        {
            if (!NativeLibrary.TryLoad(name, out var library))
            {
                continue;
            }

            if (Unfit(library) is not { } reason)
            {
                return new MpiLibrary(library, MpiFamily.Of(library)!, VersionOf(library)!);
            }

            unfit.Add($"{name} {reason}");
        }

        var started = $"This process was started by {launch.By} as number {launch.Rank + 1} of {launch.Size}, but";
        throw new InputException(
            unfit.Count > 0 ? $"{started} no MPI library fits: {string.Join("; ", unfit)}. Open MPI 3 to 5 and MPICH 3.1 to 4, or libraries with its binary interface, do."
            : named is { Length: > 0 } ? $"{started} {PathVariable} names {named}, which cannot be loaded."
            : $"{started} no MPI library was found ({string.Join(", ", names)}). Install Open MPI or MPICH, the one whose launcher you use, add its folder to LD_LIBRARY_PATH, or name the file in {PathVariable}.");
    }

    /// <summary>Starts MPI in this process, which is done once and cannot be taken back.</summary>
    public void Start()
    {
        int provided;
        // The thread that starts it is the only one that calls it.
        const int Funneled = 1;
        Check(((delegate* unmanaged<nint, nint, int, int*, int>)Find("MPI_Init_thread"))(0, 0, Funneled, &provided));
        Check(((delegate* unmanaged<nint, nint, int>)Find("MPI_Comm_set_errhandler"))(Family.World, Family.ErrorsReturn));
    }

    /// <summary>The number of this process among some, and how many they are.</summary>
    public (int Rank, int Size) Place(nint processes)
    {
        int rank, size;
        Check(((delegate* unmanaged<nint, int*, int>)Find("MPI_Comm_rank"))(processes, &rank));
        Check(((delegate* unmanaged<nint, int*, int>)Find("MPI_Comm_size"))(processes, &size));
        return (rank, size);
    }

    /// <summary>The processes on this machine.</summary>
    public nint OnThisMachine()
    {
        nint processes = 0;
        Check(((delegate* unmanaged<nint, int, int, nint, nint*, int>)Find("MPI_Comm_split_type"))(Family.World, Family.SharedMemory, 0, Family.NoInfo, &processes));
        return processes;
    }

    /// <summary>Makes an operation for reductions: what comes in, what it is added to, how many, their type.</summary>
    public nint Operation(delegate* unmanaged<void*, void*, int*, nint*, void> sum)
    {
        nint operation = 0;
        Check(((delegate* unmanaged<nint, int, nint*, int>)Find("MPI_Op_create"))((nint)sum, 1, &operation));
        return operation;
    }

    /// <summary>Ends all processes.</summary>
    public void Abort(int exitCode) => _ = ((delegate* unmanaged<nint, int, int>)Find("MPI_Abort"))(Family.World, exitCode);

    /// <summary>Ends MPI in good order, together with the other processes.</summary>
    public void End() => Check(((delegate* unmanaged<int>)Find("MPI_Finalize"))());

    /// <summary>Throws when a function's code is an error's.</summary>
    /// <exception cref="RankFailedException">It is; the message has the library's own words.</exception>
    public void Check(int code)
    {
        if (code == 0)
        {
            return;
        }

        var text = stackalloc byte[TextBytes];
        int length;
        _ = ((delegate* unmanaged<int, byte*, int*, int>)Find("MPI_Error_string"))(code, text, &length);
        throw new RankFailedException($"The connection between the ranks failed: {FirstLine(Encoding.UTF8.GetString(text, length))} ({Version}).");
    }

    /// <summary>Why a library cannot be used; null when it can.</summary>
    private static string? Unfit(nint library) =>
        VersionOf(library) is not { } version ? "is not an MPI library of standard 3.0 or later"
        : MpiFamily.Of(library) is not { } family ? $"is {version}, which is neither Open MPI nor has MPICH's binary interface"
        : family.Name == MpiFamilyName.OpenMpi && !(OpenMpiVersion().Match(version) is { Success: true } match && match.Groups[1].Value is "3" or "4" or "5") ? $"is {version}, which is not Open MPI 3 to 5"
        : family.Name == MpiFamilyName.Mpich && MpichVersion().Match(version) is { Success: true } mpich && mpich.Groups[1].Value is not ("3" or "4") ? $"is {version}, which is not MPICH 3 or 4"
        : null;

    // The standard allows this call before MPI is started.
    private static string? VersionOf(nint library)
    {
        if (!NativeLibrary.TryGetExport(library, "MPI_Get_library_version", out var address))
        {
            return null;
        }

        var text = stackalloc byte[TextBytes];
        int length;
        return ((delegate* unmanaged<byte*, int*, int>)address)(text, &length) == 0
            // MPICH: "MPICH Version:<tab>4.0.2<newline>…"; Open MPI: "Open MPI v4.1.4, package: …".
            ? FirstLine(Encoding.UTF8.GetString(text, length)).Split(',')[0].Replace(" Version:", string.Empty, StringComparison.Ordinal).Replace('\t', ' ')
            : null;
    }

    private static string FirstLine(string text) => text.Split('\n')[0].Trim('\0', ' ');

    private static void SetDefault(string name, string value)
    {
        if (NativeEnvironment.Get(name) is null)
        {
            NativeEnvironment.Set(name, value);
        }
    }

    private nint Find(string name) => NativeLibrary.GetExport(library, name);

    [GeneratedRegex(@"Open MPI v(\d+)\.")]
    private static partial Regex OpenMpiVersion();

    [GeneratedRegex(@"^MPICH (\d+)\.")]
    private static partial Regex MpichVersion();
}
