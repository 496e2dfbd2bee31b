using System.Diagnostics;
using System.Globalization;
using System.Runtime.InteropServices;
using System.Text;

namespace FashionCnn.Distribution;

/// <summary>
/// The processes that train one model together, each on its share of every batch, connected by MPI. What starts them is MPI's launcher or a batch
/// system. All calls are made by the thread that made the first one, and those that exchange something by all ranks in the same order.
/// </summary>
/// <remarks>Made for processors: between GPUs, NCCL would take the place of MPI in <see cref="Sum(Span{double})"/> and <see cref="StartSum"/>.</remarks>
internal sealed unsafe partial class Ranks
{
    /// <summary>How long ranks wait for each other unless something else is said.</summary>
    public static readonly TimeSpan DefaultPatience = TimeSpan.FromMinutes(10);

    // One rank may download or read all images while the others wait.
    private static readonly TimeSpan SetUpPatience = TimeSpan.FromHours(2);

    // Broadcasts and gathers count bytes by 32-bit numbers.
    private const int PartBytes = 1 << 26;

    // Below this, giving way to others would cost more than waiting.
    private static readonly TimeSpan BusyTime = TimeSpan.FromMicroseconds(200);

    // Whoever waits for so long waits for more than a step: for a checkpoint, or a rank that is stopped.
    private static readonly TimeSpan LongTime = TimeSpan.FromSeconds(1);

    private readonly MpiLibrary mpi;
    private readonly TimeSpan trainingPatience;
    private readonly nint sumOfHalves;
    private readonly string[] names;
    private TimeSpan patience;

    private Ranks(MpiLibrary mpi, TimeSpan patience)
    {
        (this.mpi, trainingPatience) = (mpi, patience);
        this.patience = patience > SetUpPatience ? patience : SetUpPatience;
        (Rank, Size) = mpi.Place(mpi.Family.World);
        var here = mpi.OnThisMachine();
        (RankOnHost, RanksOnHost) = mpi.Place(here);
        sumOfHalves = mpi.Operation(BFloat16Sum.Function);
        names = Gather($"process {Environment.ProcessId} on {Environment.MachineName}");
        // Launchers give each rank cores of its own, or all ranks all cores.
        var cores = Gather($"{Environment.MachineName} {CoreMask()}");
        Threads = Math.Max(1, Environment.ProcessorCount / cores.Count(other => other == cores[Rank]));
        Hosts = Gather(RankOnHost == 0 ? "first" : string.Empty).Count(text => text.Length > 0);
    }

    /// <summary>This process's number, from 0.</summary>
    public int Rank { get; }

    /// <summary>How many processes there are, 2 or more.</summary>
    public int Size { get; }

    /// <summary>This process's number among those on its machine.</summary>
    public int RankOnHost { get; }

    /// <summary>How many are on its machine.</summary>
    public int RanksOnHost { get; }

    /// <summary>On how many machines they are.</summary>
    public int Hosts { get; }

    /// <summary>How many threads leave each rank cores of its own.</summary>
    public int Threads { get; }

    /// <summary>It is the one that reports and writes.</summary>
    public bool IsFirst => Rank == 0;

    /// <summary>The MPI library, such as <c>Open MPI v4.1.4</c>.</summary>
    public string Library => mpi.Version;

    /// <summary>What was exchanged so far, and how long this rank has waited for it.</summary>
    internal Traffic Traffic { get; } = new();

    /// <summary>By what the environment says, this process was started as one of several.</summary>
    public static bool AreLaunched => Launch.Current is not null;

    /// <summary>By what the environment says, another process was started along with this one that finds out the same from the same arguments, and reports it.</summary>
    public static bool IsReportedByAnother => Launch.Current is { Rank: > 0 };

    /// <summary>By what the environment says, another process on this machine finds out the same of the machine, and reports it.</summary>
    public static bool IsReportedOnHost => Launch.Current is { RankOnHost: > 0 };

    /// <summary>Leaves the process that reports the time to do so: launchers end all processes as soon as one has ended with an error.</summary>
    public static void LeaveItToTheOther() => Thread.Sleep(TimeSpan.FromSeconds(3));

    /// <summary>Connects this process with the others that it was started with.</summary>
    /// <param name="patience">How long ranks wait for each other once all of them are ready to train; before, it is two hours at least.</param>
    /// <returns>Null for a process that was started on its own: MPI is not touched then.</returns>
    /// <exception cref="InputException">It was started as one of several, but there is no MPI that connects them; the message says what to do.</exception>
    public static Ranks? Join(TimeSpan patience)
    {
        if (Launch.Current is not { } launch)
        {
            return null;
        }

        var mpi = MpiLibrary.Load(launch);
        mpi.Start();
        if (mpi.Place(mpi.Family.World).Size is var size && size != launch.Size)
        {
            throw new InputException(
                $"This process was started by {launch.By} as number {launch.Rank + 1} of {launch.Size}, but the MPI library that was found, {mpi.Version}, sees {(size == 1 ? "only this one" : $"{size}")}. "
                + $"Start it with the launcher of that library, {(launch.By == "srun" ? "with srun --mpi=pmix or --mpi=pmi2, " : string.Empty)}or name the library that belongs to the launcher in {MpiLibrary.PathVariable}.");
        }

        return new Ranks(mpi, patience);
    }

    /// <summary>A rank in words, such as <c>rank 1 (process 4711 on node2)</c>.</summary>
    public string NameOf(int rank) => $"rank {rank.ToString(CultureInfo.InvariantCulture)} ({names[rank]})";

    /// <summary>Which ranks are on which machine, and their processes, a line for each machine: launchers that report a process that has died give no more than that.</summary>
    public IEnumerable<string> Machines => names.Select((name, rank) => (Rank: rank, Process: name.Split(' ')[1], Machine: name.Split(' ', 4)[3])).GroupBy(rank => rank.Machine)
        .Select(machine => $"{machine.Key}: {(machine.Count() == 1 ? "rank" : "ranks")} {string.Join(", ", machine.Select(rank => rank.Rank))} ({(machine.Count() == 1 ? "process" : "processes")} {string.Join(", ", machine.Select(rank => rank.Process))})");

    /// <summary>Adds up numbers over all ranks, which then all have the sums.</summary>
    internal void Sum(Span<double> values)
    {
        fixed (double* memory = values)
        {
            nint request = 0;
            mpi.Check(mpi.AllReduce(mpi.Family.InPlace, memory, values.Length, mpi.Family.Doubles, mpi.Family.Sum, mpi.Family.World, &request));
            Wait(ref request, values.Length * sizeof(double));
        }
    }

    /// <summary>Begins to add up numbers over all ranks, in the place where they are, which is left alone until <see cref="Finish"/>.</summary>
    /// <param name="memory">The numbers.</param>
    /// <param name="count">How many.</param>
    /// <param name="halves">They are in bf16, otherwise in float32.</param>
    internal nint StartSum(nint memory, int count, bool halves)
    {
        nint request = 0;
        mpi.Check(mpi.AllReduce(
            mpi.Family.InPlace, (void*)memory, count, halves ? mpi.Family.Words : mpi.Family.Singles, halves ? sumOfHalves : mpi.Family.Sum, mpi.Family.World, &request));
        Traffic.Bytes += (long)count * (halves ? sizeof(ushort) : sizeof(float));
        return request;
    }

    /// <summary>Waits for sums that were begun.</summary>
    internal void Finish(ref nint request) => Wait(ref request, bytes: 0);

    /// <summary>Whether sums that were begun are there. Asking also gets them on.</summary>
    internal bool IsDone(ref nint request)
    {
        int done;
        fixed (nint* place = &request)
        {
            mpi.Check(mpi.Test(place, &done, mpi.Family.NoStatus));
        }

        return done != 0;
    }

    /// <summary>Gives all ranks the first one's bytes.</summary>
    internal void Broadcast(Span<byte> bytes)
    {
        for (var start = 0; start < bytes.Length; start += PartBytes)
        {
            var part = bytes.Slice(start, Math.Min(PartBytes, bytes.Length - start));
            fixed (byte* memory = part)
            {
                nint request = 0;
                mpi.Check(mpi.Broadcast(memory, part.Length, mpi.Family.Bytes, 0, mpi.Family.World, &request));
                Wait(ref request, part.Length);
            }
        }
    }

    /// <summary>Gives all ranks the first one's text.</summary>
    /// <param name="text">The text; what another rank gives is not looked at.</param>
    public string Broadcast(string text)
    {
        var bytes = Encoding.UTF8.GetBytes(text);
        Span<int> length = [bytes.Length];
        Broadcast(MemoryMarshal.AsBytes(length));
        bytes = IsFirst ? bytes : new byte[length[0]];
        Broadcast(bytes);
        return Encoding.UTF8.GetString(bytes);
    }

    /// <summary>The texts of all ranks, in their order.</summary>
    public string[] Gather(string text)
    {
        var bytes = Encoding.UTF8.GetBytes(text);
        var room = (int)Gather(bytes.Length).Max();
        var all = new byte[room * Size];
        var mine = new byte[room];
        bytes.CopyTo(mine, 0);
        Gather(mine, all);
        return [.. Enumerable.Range(0, Size).Select(rank => Encoding.UTF8.GetString(all.AsSpan(rank * room, room)).TrimEnd('\0'))];
    }

    /// <summary>The numbers of all ranks, in their order.</summary>
    internal long[] Gather(long number)
    {
        var all = new long[Size];
        Gather(MemoryMarshal.AsBytes([number]), MemoryMarshal.AsBytes(all.AsSpan()));
        return all;
    }

    /// <summary>The share of this rank of something that has parts in a row: how many are before it, and how many it has.</summary>
    internal (int Start, int Size) PartOf(int count)
    {
        var start = (int)((long)count * Rank / Size);
        return (start, (int)((long)count * (Rank + 1) / Size) - start);
    }

    /// <summary>Waits until all ranks have come here.</summary>
    public void Meet() => _ = Gather(0);

    /// <summary>Waits until all ranks are ready to train. From now on they compute alike, so that one that lets the others wait for long has a fault.</summary>
    internal void MeetToTrain()
    {
        Meet();
        patience = trainingPatience;
    }

    /// <summary>Ends MPI in good order. The last call, by all ranks.</summary>
    public void End() => mpi.End();

    private static string CoreMask()
    {
        const string Status = "/proc/self/status";
        return File.Exists(Status) ? File.ReadLines(Status).FirstOrDefault(line => line.StartsWith("Cpus_allowed:", StringComparison.Ordinal)) ?? string.Empty : string.Empty;
    }

    private void Gather(ReadOnlySpan<byte> mine, Span<byte> all)
    {
        fixed (byte* from = mine, to = all)
        {
            nint request = 0;
            mpi.Check(mpi.AllGather(from, mine.Length, mpi.Family.Bytes, to, mine.Length, mpi.Family.Bytes, mpi.Family.World, &request));
            Wait(ref request, mine.Length);
        }
    }

    private void Wait(ref nint request, long bytes)
    {
        var start = Stopwatch.GetTimestamp();
        while (!IsDone(ref request))
        {
            var waited = Stopwatch.GetElapsedTime(start);
            if (waited > patience)
            {
                throw Unanswered();
            }

            // One that came late is to answer too.
            if (waited > LongTime && IsRollCalled())
            {
                throw Unanswered();
            }

            // Another rank may need the core. MPI gets on only while it is asked, so sleep comes late.
            if (waited > LongTime)
            {
                Thread.Sleep(1);
            }
            else if (waited > BusyTime)
            {
                _ = Thread.Yield();
            }
        }

        Traffic.Bytes += bytes;
        Traffic.Exchanges++;
        Traffic.Waited += Stopwatch.GetElapsedTime(start);
    }
}

/// <summary>What a rank has exchanged.</summary>
internal sealed class Traffic
{
    /// <summary>Bytes that it had to reduce, broadcast or gather: what a network carries of them depends on the method.</summary>
    public long Bytes { get; set; }

    /// <summary>How many exchanges it has waited for.</summary>
    public int Exchanges { get; set; }

    /// <summary>How long.</summary>
    public TimeSpan Waited { get; set; }

    /// <summary>Gradients exchanged, and those of them that were on their way before backward ended.</summary>
    public (long All, long Early) Gradients { get; set; }

    /// <summary>Time within backward that went into copying gradients, starting their exchange and getting it on.</summary>
    public TimeSpan InBackward { get; set; }

    /// <summary>Time from the end of backward to the last sum.</summary>
    public TimeSpan AfterBackward { get; set; }
}
