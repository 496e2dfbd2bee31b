using System.CommandLine;
using FashionCnn.Checks;
using FashionCnn.Models;
using FashionCnn.Native;
using FashionCnn.Training;

namespace FashionCnn.CommandLine;

/// <summary>What a self-check may change, because it was left to the program.</summary>
/// <param name="Precision">The precision.</param>
/// <param name="Layout">The memory layout.</param>
/// <param name="IsResumed">Nothing, because a run that is continued has both already.</param>
internal readonly record struct SelfCheckFreedom(bool Precision, bool Layout, bool IsResumed = false);

/// <summary>
/// Checks a model before it is used in a setting for the first time. It starts with the work that needs no model, such as loading images,
/// and ends before the model is used.
/// </summary>
internal sealed class SelfCheckStep : IDisposable
{
    private const string MachineRemedy =
        "Torch's kernels for this layer are wrong on this processor: set ONEDNN_MAX_CPU_ISA=SSE41 in the environment, which is slower, or change the layer or the batch size.";

    public static readonly Option<bool> Skip = new("--no-self-check") { Description = "Skip the check that compares the model's layers with double precision before their first use in a setting." };

    private readonly ChildProgram? program;
    private readonly ModelDescriptor model;
    private readonly SelfCheckSetting setting;
    private readonly CancellationTokenSource stop = new();
    private readonly SelfCheckVerdict? known;
    private readonly Task<SelfCheckOutcome>? running;

    private SelfCheckStep(ChildProgram? program, ModelDescriptor model, SelfCheckSetting setting)
    {
        (this.program, this.model, this.setting) = (program, model, setting);
        if (program is null)
        {
            return;
        }

        known = VerdictStore.User.Read(model, this.setting);
        if (known is null)
        {
            running = SelfCheckProcess.Run(program, model, this.setting, stop.Token);
        }
    }

    /// <summary>Reads the verdict of an earlier check, or starts one.</summary>
    /// <param name="program">How to start the process that it is made in; null for no check.</param>
    /// <param name="options">The command's options, which may switch the check off.</param>
    /// <param name="model">The model.</param>
    /// <param name="setting">How it is going to be used.</param>
    /// <param name="device">What it is computed on; kernels of GPUs are not checked.</param>
    public static SelfCheckStep Start(ChildProgram? program, ParseResult options, ModelDescriptor model, SelfCheckSetting setting, string device) =>
        new(options.GetValue(Skip) || device != "cpu" ? null : program, model, setting);

    /// <summary>Waits for the verdict. Where it is bad, looks for the next safer setting that passes, and says what follows.</summary>
    /// <param name="freedom">What may be changed without being asked for.</param>
    /// <param name="say">Takes a sentence when something is changed.</param>
    /// <param name="cancellation">Ends the check.</param>
    /// <returns>The setting to use, and what to keep with the results.</returns>
    /// <exception cref="SelfCheckFailedException">A layer computes wrong results, and nothing else may be chosen; the message says what passes.</exception>
    public (SelfCheckSetting Setting, string Record) Finish(SelfCheckFreedom freedom, Action<string> say, CancellationToken cancellation = default)
    {
        using var registration = cancellation.Register(stop.Cancel);
        var failed = new List<(SelfCheckSetting Setting, SelfCheckVerdict Verdict)>();
        foreach (var candidate in Candidates(freedom))
        {
            var verdict = Verdict(candidate, say);
            cancellation.ThrowIfCancellationRequested();
            if (verdict is { Passed: false })
            {
                failed.Add((candidate, verdict));
            }
            else if (candidate == setting)
            {
                return (setting, verdict is null ? "not made" : "passed");
            }
            else if (IsFree(candidate, freedom))
            {
                var fault = Fault(setting, failed);
                say($"Note: {fault}; using {Name(candidate)} instead.");
                return (candidate, $"{fault}; {Name(candidate)} {(verdict is null ? "was not checked" : "passed")}");
            }
            else if (verdict is not null)
            {
                throw Failure(freedom, failed, Remedy(candidate, freedom));
            }
        }

        throw Failure(freedom, failed, MachineRemedy);
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        stop.Cancel();
        try
        {
            running?.Wait();
        }
        catch (AggregateException)
        {
            // Only whether it has ended matters here.
        }

        stop.Dispose();
    }

    /// <summary>Checks a setting that was chosen elsewhere, and is not changed.</summary>
    /// <returns>What to keep with the results.</returns>
    /// <exception cref="SelfCheckFailedException">A layer computes wrong results; the message says what passes.</exception>
    public static string Alone(ChildProgram? program, ParseResult options, ModelDescriptor model, SelfCheckSetting setting, string device, Action<string> say, CancellationToken cancellation)
    {
        using var check = Start(program, options, model, setting, device);
        return check.Finish(new SelfCheckFreedom(Precision: false, Layout: false), say, cancellation).Record;
    }

    /// <summary>Checks a run that is continued in its own settings, which are never changed.</summary>
    /// <returns>What to keep with the results.</returns>
    /// <exception cref="SelfCheckFailedException">A layer computes wrong results; the message says what passes.</exception>
    public static string Resumed(ChildProgram? program, ParseResult options, ModelDescriptor model, RunSettings settings, Action<string> say, CancellationToken cancellation)
    {
        using var check = Start(program, options, model, TrainOptions.CheckOf(settings), settings.Device);
        return check.Finish(new SelfCheckFreedom(Precision: false, Layout: false, IsResumed: true), say, cancellation).Record;
    }

    /// <summary>The verdict on a setting, from an earlier check or a new one; null when it could not be run.</summary>
    public static SelfCheckVerdict? Verdict(ChildProgram program, ModelDescriptor model, SelfCheckSetting setting, Action<string> say, CancellationToken cancellation)
    {
        using var check = new SelfCheckStep(program, model, setting);
        using var registration = cancellation.Register(check.stop.Cancel);
        return check.Verdict(check.setting, say);
    }

    /// <summary>What to do about a precision that is computed wrongly, as a sentence.</summary>
    public static string Remedy(string precision) => precision == ComputePrecision.Fp32 ? MachineRemedy : "Use --precision fp32, or auto, which falls back to it.";

    /// <summary>Every setting, from the preferred one to the safest: those that may be taken, then those that the user would have to ask for.</summary>
    private IEnumerable<SelfCheckSetting> Candidates(SelfCheckFreedom freedom)
    {
        List<SelfCheckSetting> all = [setting, OtherLayout(setting)];
        if (setting.Precision != ComputePrecision.Fp32)
        {
            var safer = setting with { Precision = ComputePrecision.Fp32 };
            all.AddRange([safer, OtherLayout(safer)]);
        }

        return all.OrderBy(candidate => IsFree(candidate, freedom) ? 0 : 1);
    }

    private static SelfCheckSetting OtherLayout(SelfCheckSetting setting) => setting with { Layout = MemoryLayout.Other(setting.Layout) };

    private bool IsFree(SelfCheckSetting candidate, SelfCheckFreedom freedom) =>
        (freedom.Precision || candidate.Precision == setting.Precision) && (freedom.Layout || candidate.Layout == setting.Layout);

    private SelfCheckVerdict? Verdict(SelfCheckSetting asked, Action<string> say)
    {
        if (program is null)
        {
            return null;
        }

        if ((asked == setting ? known : VerdictStore.User.Read(model, asked)) is { } earlier)
        {
            return earlier;
        }

        var outcome = (asked == setting ? running! : SelfCheckProcess.Run(program, model, asked, stop.Token)).GetAwaiter().GetResult();
        if (outcome.Verdict is { } verdict)
        {
            VerdictStore.User.Write(model, asked, verdict);
        }
        else
        {
            say($"Warning: the self-check in {Name(asked)} could not be run: {outcome.Obstacle}");
        }

        return outcome.Verdict;
    }

    private static string Name(SelfCheckSetting setting) => $"{setting.Precision} with {setting.Layout}";

    /// <summary>What is wrong in a setting, as a clause; a precision that is wrong in both layouts is named alone.</summary>
    private static string Fault(SelfCheckSetting wrong, List<(SelfCheckSetting Setting, SelfCheckVerdict Verdict)> failed)
    {
        var faults = failed.Single(other => other.Setting == wrong).Verdict.Faults;
        var others = faults.Count == 1 ? string.Empty : $" and {faults.Count - 1} more";
        return $"{(failed.Count(other => other.Setting.Precision == wrong.Precision) == 2 ? wrong.Precision : Name(wrong))} is computed wrongly on this machine in {faults[0]}{others}";
    }

    private SelfCheckFailedException Failure(SelfCheckFreedom freedom, List<(SelfCheckSetting Setting, SelfCheckVerdict Verdict)> failed, string remedy) =>
        new($"{Fault(failed.Last(other => IsFree(other.Setting, freedom)).Setting, failed)}. {remedy} doctor shows what is wrong with this machine; {Skip.Name} skips the check.");

    private string Remedy(SelfCheckSetting passes, SelfCheckFreedom freedom)
    {
        var options = new List<string>();
        if (passes.Precision != setting.Precision)
        {
            options.Add($"{TrainOptions.Precision.Name} {passes.Precision}");
        }

        if (!freedom.Layout && passes.Layout != setting.Layout)
        {
            options.Add($"{TrainOptions.Layout.Name} {passes.Layout}");
        }

        return freedom.IsResumed
            ? $"The run keeps its precision and layout; {string.Join(' ', options)} passes the check and continues it, which changes the result."
            : $"Use {string.Join(' ', options)}, which passes the check.";
    }
}
