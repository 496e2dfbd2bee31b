using System.Globalization;

namespace FashionCnn.Distribution;

/// <summary>
/// What the environment says of a process that was started as one of several. It makes nothing a rank: that the processes are connected, only
/// MPI can say. The variables of a batch script alone (<c>SLURM_NTASKS</c>) stand for processes that are still to be started.
/// </summary>
/// <param name="By">Who started it, as messages call it.</param>
/// <param name="Rank">Its number, from 0.</param>
/// <param name="Size">How many there are.</param>
/// <param name="RankOnHost">Its number among those on its machine; 0 where the launcher does not say.</param>
/// <param name="Family">The MPI that fits the launcher; null where every one may.</param>
internal sealed record Launch(string By, int Rank, int Size, int RankOnHost, MpiFamilyName? Family)
{
    /// <summary>What an environment says; null when the process was started on its own.</summary>
    /// <param name="variable">The value of a variable; null when there is none.</param>
    public static Launch? Read(Func<string, string?> variable)
    {
        // Slurm's own PMI-2 is MPICH's; what its PMIx serves is Open MPI in most places.
        var slurm = Number("SLURM_STEP_NUM_TASKS");
        return Of("mpirun of Open MPI", Number("OMPI_COMM_WORLD_RANK"), Number("OMPI_COMM_WORLD_SIZE"), Number("OMPI_COMM_WORLD_LOCAL_RANK"), MpiFamilyName.OpenMpi)
            ?? Of(slurm is null ? "mpirun of MPICH" : "srun", Number("PMI_RANK"), Number("PMI_SIZE"), Number("MPI_LOCALRANKID") ?? Number("SLURM_LOCALID"), MpiFamilyName.Mpich)
            ?? Of("srun", Number("SLURM_PROCID"), slurm, Number("SLURM_LOCALID"), variable("PMIX_RANK") is null ? null : MpiFamilyName.OpenMpi);

        int? Number(string name) => int.TryParse(variable(name), NumberStyles.None, CultureInfo.InvariantCulture, out var number) ? number : null;

        static Launch? Of(string by, int? rank, int? size, int? onHost, MpiFamilyName? family) =>
            rank is { } number && size is { } all and > 1 && number < all ? new Launch(by, number, all, onHost ?? 0, family) : null;
    }

    /// <summary>What the environment of this process says.</summary>
    public static Launch? Current { get; } = Read(Environment.GetEnvironmentVariable);
}
