using System.CommandLine;
using FashionCnn.Checks;
using FashionCnn.Distribution;
using FashionCnn.Models;
using FashionCnn.Native;
using Spectre.Console;

namespace FashionCnn.CommandLine;

/// <summary>Runs a command as one of several ranks, if the process was started as one: the first one alone speaks, unless another has something to say of its own.</summary>
internal static class RankCommand
{
    /// <summary>Runs a command.</summary>
    /// <param name="options">Its options.</param>
    /// <param name="console">Takes what the first rank says.</param>
    /// <param name="command">The command: given the ranks, null for a process that is alone, and where to speak. It gives the exit code.</param>
    public static int Run(ParseResult options, IAnsiConsole console, Func<Ranks?, IAnsiConsole, int> command)
    {
        Ranks? ranks;
        try
        {
            ranks = Ranks.Join(TrainOptions.RankPatience(options));
        }
        catch (InputException) when (Ranks.IsReportedOnHost)
        {
            Ranks.LeaveItToTheOther();
            return CommandLineProgram.WrongUsage;
        }

        return ranks is null ? command(null, console) : Run(ranks, options, console, command);
    }

    /// <summary>Refuses several ranks, in whose name the first one speaks.</summary>
    /// <exception cref="InputException">There are several.</exception>
    public static void Refuse(Ranks? ranks, string message)
    {
        if (ranks is not null)
        {
            _ = ranks.Together<int>(() => throw new InputException(message));
        }
    }

    /// <summary>The precision that all ranks can compute in: those that choose it themselves may choose differently.</summary>
    public static string CommonPrecision(Ranks? ranks, string mine) =>
        ranks is null || ranks.Gather(mine).Distinct().Count() == 1 ? mine : ComputePrecision.Fp32;

    /// <summary>Does work first on one rank of each machine, then on the others: what the first one downloads, they find.</summary>
    public static T OnHostFirst<T>(Ranks? ranks, Func<T> work)
        where T : class
    {
        var first = ranks.Together(() => ranks is { RankOnHost: > 0 } ? null : work());
        return ranks is null ? first! : ranks.Together(() => first ?? work());
    }

    /// <summary>Waits for the self-checks, one on each machine. Where machines come to different settings, all take the safest of them, and check that.</summary>
    /// <param name="ranks">The ranks; null for a process that is alone.</param>
    /// <param name="check">The check on this machine; null where another rank makes it.</param>
    /// <param name="freedom">What may be changed without being asked for.</param>
    /// <param name="say">Takes a sentence when something is changed.</param>
    /// <param name="again">Checks another setting on this machine, and gives what to keep of it.</param>
    /// <param name="cancellation">Ends the check.</param>
    /// <returns>The setting to use, and what to keep with the results.</returns>
    public static (SelfCheckSetting Setting, string Record) Finish(
        Ranks? ranks, SelfCheckStep? check, SelfCheckFreedom freedom, Action<string> say, Func<SelfCheckSetting, Action<string>, string> again, CancellationToken cancellation)
    {
        var (setting, record) = ranks.Together(() => check?.Finish(freedom, say, cancellation) ?? default);
        if (ranks is null)
        {
            return (setting, record);
        }

        // From the preferred to the safest.
        var safest = ranks.Gather(check is null ? string.Empty : $"{(setting.Precision == ComputePrecision.Fp32 ? 1 : 0)} {(setting.Layout == MemoryLayout.ChannelsLast ? 0 : 1)} {setting.Precision} {setting.Layout}")
            .Max(StringComparer.Ordinal)!.Split(' ');
        var common = (setting ?? new SelfCheckSetting(string.Empty, 1, 1, 1, string.Empty)) with { Precision = safest[2], Layout = safest[3] };
        record = ranks.Together(() => check is null || common == setting ? record : again(common, say));
        return (common, record);
    }

    private static int Run(Ranks ranks, ParseResult options, IAnsiConsole console, Func<Ranks?, IAnsiConsole, int> command)
    {
        try
        {
            if (ranks.IsFirst)
            {
                console.WriteLine($"{ranks.Size} ranks on {NumberText.Plural(ranks.Hosts, "machine")}, connected by {ranks.Library}");
                foreach (var machine in ranks.Machines)
                {
                    console.WriteLine($"  {machine}");
                }
            }

            var exitCode = command(ranks, ranks.IsFirst ? console : AnsiConsole.Create(new AnsiConsoleSettings { Out = new AnsiConsoleOutput(TextWriter.Null) }));
            ranks.End();
            return exitCode;
        }
        catch (Exception exception) when (ranks.IsShared(exception))
        {
            var (exitCode, lines) = CommandLineProgram.Describe(exception);
            if (ranks.IsFirst)
            {
                Write(lines, options);
            }

            // No rank ends before the first one has spoken: the launcher would end that one too.
            ranks.Meet();
            ranks.End();
            return exitCode;
        }
        catch (Exception exception)
        {
            // The others wait for this rank, and will never hear of it.
            var (exitCode, lines) = CommandLineProgram.Describe(exception);
            Write(ranks.IsFirst || exception is RankFailedException ? lines : lines.Select(line => line.Replace("error: ", $"error: {ranks.NameOf(ranks.Rank)}: ", StringComparison.Ordinal)), options);
            // MPICH's launcher has been seen to lose what it had not passed on by then.
            Thread.Sleep(TimeSpan.FromSeconds(1));
            ranks.Abort(exitCode);
            return exitCode;
        }
    }

    private static void Write(IEnumerable<string> lines, ParseResult options)
    {
        var error = options.InvocationConfiguration.Error;
        foreach (var line in lines)
        {
            error.WriteLine(line);
        }

        error.Flush();
    }
}
