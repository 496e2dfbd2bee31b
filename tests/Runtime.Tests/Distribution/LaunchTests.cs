using FashionCnn.Distribution;
using FashionCnn.Native;
using Xunit;

namespace FashionCnn.Runtime.Tests.Distribution;

public sealed class LaunchTests
{
    [Theory]
    [InlineData("OMPI_COMM_WORLD_RANK=3 OMPI_COMM_WORLD_SIZE=4 OMPI_COMM_WORLD_LOCAL_RANK=1", "mpirun of Open MPI", 3, 4, 1, "OpenMpi")]
    [InlineData("PMI_RANK=0 PMI_SIZE=2 MPI_LOCALRANKID=0", "mpirun of MPICH", 0, 2, 0, "Mpich")]
    [InlineData("PMI_RANK=1 PMI_SIZE=2 SLURM_STEP_NUM_TASKS=2 SLURM_PROCID=1 SLURM_LOCALID=1", "srun", 1, 2, 1, "Mpich")]
    [InlineData("PMIX_RANK=5 SLURM_STEP_NUM_TASKS=8 SLURM_PROCID=5 SLURM_LOCALID=2", "srun", 5, 8, 2, "OpenMpi")]
    [InlineData("SLURM_STEP_NUM_TASKS=8 SLURM_PROCID=5", "srun", 5, 8, 0, "")]
    public void A_launcher_says_which_of_how_many_a_process_is(string variables, string by, int rank, int size, int onHost, string family)
    {
        var launch = Read(variables);

        Assert.Equal(new Launch(by, rank, size, onHost, family.Length == 0 ? null : Enum.Parse<MpiFamilyName>(family)), launch);
    }

    [Theory]
    [InlineData("")]
    // A batch script before it starts anything, and jobs of one process.
    [InlineData("SLURM_JOB_ID=7 SLURM_NTASKS=4 SLURM_NPROCS=4 SLURM_PROCID=0 SLURM_LOCALID=0")]
    [InlineData("OMPI_COMM_WORLD_RANK=0 OMPI_COMM_WORLD_SIZE=1")]
    [InlineData("SLURM_STEP_NUM_TASKS=1 SLURM_PROCID=0")]
    [InlineData("PMI_RANK=x PMI_SIZE=2")]
    [InlineData("PMI_RANK=2 PMI_SIZE=2")]
    public void Other_environments_make_no_rank(string variables) => Assert.Null(Read(variables));

    [Fact]
    public void Without_any_MPI_the_message_says_what_was_looked_for_and_what_to_do()
    {
        var launch = new Launch("mpirun of MPICH", 1, 4, 1, MpiFamilyName.Mpich);

        var error = Assert.Throws<InputException>(() => MpiLibrary.Load(launch, string.Empty, ["libnowhere.so.12", "libnowhere.so.40"]));

        Assert.Equal(
            "This process was started by mpirun of MPICH as number 2 of 4, but no MPI library was found (libnowhere.so.12, libnowhere.so.40). Install Open MPI or MPICH, the one whose launcher you use, add its folder to LD_LIBRARY_PATH, or name the file in FASHIONCNN_MPI_LIBRARY.",
            error.Message);
    }

    [Fact]
    public void Sums_in_bf16_are_those_in_fp32_rounded_once()
    {
        var random = new Random(1);
        var (values, sums) = (new ushort[3001], new ushort[3001]);
        for (var i = 0; i < values.Length; i++)
        {
            (values[i], sums[i]) = (BFloat16.Round((float)(random.NextDouble() - 0.5)), BFloat16.Round((float)(random.NextDouble() - 0.5)));
        }

        values[7] = BFloat16.Round(float.NaN);
        values[8] = BFloat16.Round(float.PositiveInfinity);
        var expected = values.Zip(sums, (a, b) => BFloat16.Round(Widened(a) + Widened(b))).ToArray();

        BFloat16Sum.Add(values, sums);

        Assert.Equal(expected, sums);
        Assert.True(float.IsNaN(Widened(sums[7])) && float.IsPositiveInfinity(Widened(sums[8])));
    }

    private static float Widened(ushort value) => BitConverter.UInt32BitsToSingle((uint)value << 16);

    private static Launch? Read(string variables)
    {
        var environment = variables.Split(' ', StringSplitOptions.RemoveEmptyEntries).Select(pair => pair.Split('=')).ToDictionary(pair => pair[0], pair => pair[1]);
        return Launch.Read(name => environment.GetValueOrDefault(name));
    }
}
