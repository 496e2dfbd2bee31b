using System.Diagnostics;
using System.Text.Json;

namespace FashionCnn.Distribution;

// What happens when one rank cannot go on: all of them learn of it, or the job ends.
internal sealed unsafe partial class Ranks
{
    private const int RollCallTag = 7;

    private static readonly TimeSpan LongestRollCall = TimeSpan.FromSeconds(10);
    private static readonly TimeSpan ShortestRollCall = TimeSpan.FromSeconds(3);

    // All ranks have it.
    private Exception? shared;

    /// <summary>Whether all ranks throw an exception at the same time, so that the first one alone has to report it.</summary>
    public bool IsShared(Exception exception) => exception == shared;

    /// <summary>Makes an exception that all ranks throw at the same time known as one.</summary>
    internal T Shared<T>(T exception)
        where T : Exception
    {
        shared = exception;
        return exception;
    }

    /// <summary>The first rank of which something holds; null when there is none.</summary>
    internal int? First(bool holds) => Array.FindIndex(Gather(holds ? 1L : 0), number => number != 0) is >= 0 and var rank ? rank : null;

    /// <summary>Checks that all ranks have the same of something.</summary>
    /// <param name="what">What it is, as messages call it.</param>
    /// <param name="value">What this rank has.</param>
    /// <exception cref="InputException">A rank has something else.</exception>
    public void RequireSame(string what, string value)
    {
        var all = Gather(value);
        if (Array.FindIndex(all, other => other != all[0]) is > 0 and var rank)
        {
            throw Shared(new InputException($"{Capitalized(NameOf(rank))} has other {what} than {NameOf(0)}. Give all ranks the same."));
        }
    }

    /// <summary>Ends the job: all ranks, at once.</summary>
    public void Abort(int exitCode) => mpi.Abort(exitCode);

    private static string Capitalized(string text) => char.ToUpperInvariant(text[0]) + text[1..];

    /// <summary>Where some ranks have a failure, all ranks throw that of the first of these.</summary>
    internal void Share(Exception? failure)
    {
        if (First(failure is not null) is not { } rank)
        {
            return;
        }

        var text = failure is null ? string.Empty : JsonSerializer.Serialize(new SharedFailure(failure is InputException, failure.Message, (failure as InputException)?.Setting), FailureJson.Default.SharedFailure);
        var told = JsonSerializer.Deserialize(Gather(text)[rank], FailureJson.Default.SharedFailure)!;
        if (rank == 0)
        {
            // As without other ranks, and what the first one throws is what it threw.
            throw Shared(failure ?? (told.IsInput ? new InputException(told.Message) { Setting = told.Setting } : new RankFailedException(told.Message)));
        }

        var message = $"{Capitalized(NameOf(rank))}: {told.Message}";
        throw Shared<Exception>(told.IsInput ? new InputException(message) { Setting = told.Setting } : new RankFailedException(message));
    }

    /// <summary>
    /// Finds out who does not answer: all ranks that wait, for however long, send each other a byte. The first of them reports; the others leave it the time, and end
    /// without a word.
    /// </summary>
    private RankFailedException Unanswered()
    {
        var length = TimeSpan.FromTicks(Math.Clamp(patience.Ticks / 4, ShortestRollCall.Ticks, LongestRollCall.Ticks));
        var requests = new nint[2 * Size];
        var bytes = new byte[2 * Size];
        var present = new bool[Size];
        present[Rank] = true;
        fixed (byte* memory = bytes)
        fixed (nint* places = requests)
        {
            for (var rank = 0; rank < Size; rank++)
            {
                if (rank != Rank)
                {
                    mpi.Check(mpi.Receive(memory + rank, 1, mpi.Family.Bytes, rank, RollCallTag, mpi.Family.World, places + rank));
                    mpi.Check(mpi.Send(memory + Size + rank, 1, mpi.Family.Bytes, rank, RollCallTag, mpi.Family.World, places + Size + rank));
                }
            }

            var start = Stopwatch.GetTimestamp();
            while (Stopwatch.GetElapsedTime(start) < length)
            {
                for (var rank = 0; rank < Size; rank++)
                {
                    present[rank] = present[rank] || IsDone(ref requests[rank]);
                }

                Thread.Sleep(1);
            }

            if (Array.IndexOf(present, true) < Rank)
            {
                // The first one that is there ends the job before this.
                Thread.Sleep(LongestRollCall);
                mpi.Abort(1);
            }
        }

        var missing = Enumerable.Range(0, Size).Where(rank => !present[rank]).Select(NameOf).ToList();
        return new RankFailedException(missing.Count == 0
            ? $"The ranks waited for each other for {Words(patience)}, though all of them answer: the connection between them is too slow or fails."
            : $"{Capitalized(string.Join(", ", missing))} did not answer for {Words(patience)}: stopped, cut off from the network, or busy for longer than that.")
        {
            IsTimeout = true,
        };
    }

    /// <summary>Another rank has lost its patience, and asks who is there.</summary>
    private bool IsRollCalled()
    {
        int there;
        mpi.Check(mpi.Probe(mpi.Family.AnySource, RollCallTag, mpi.Family.World, &there, mpi.Family.NoStatus));
        return there != 0;
    }

    private static string Words(TimeSpan time) => time < TimeSpan.FromMinutes(2) ? FormattableString.Invariant($"{time.TotalSeconds:0.#} s") : FormattableString.Invariant($"{time.TotalMinutes:0.#} minutes");
}

/// <summary>A failure of one rank, as the others are told of it.</summary>
internal sealed record SharedFailure(bool IsInput, string Message, string? Setting);

/// <summary>How it is written.</summary>
[System.Text.Json.Serialization.JsonSerializable(typeof(SharedFailure))]
internal sealed partial class FailureJson : System.Text.Json.Serialization.JsonSerializerContext;
