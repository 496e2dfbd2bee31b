using System.CommandLine;
using FashionCnn.Checks;
using FashionCnn.Models;
using FashionCnn.Native;

namespace FashionCnn.CommandLine;

/// <summary>
/// Checks a model before it is used in a setting for the first time. It starts with the work that needs no model, such as loading images,
/// and ends before the model is used.
/// </summary>
internal sealed class SelfCheckStep : IDisposable
{
    public static readonly Option<bool> Skip = new("--no-self-check") { Description = "Skip the check that compares the model's layers with double precision before their first use in a setting." };

    private readonly ChildProgram? program;
    private readonly ModelDescriptor model;
    private readonly SelfCheckSetting setting;
    private readonly CancellationTokenSource stop = new();
    private readonly Task<SelfCheckOutcome>? running;

    private SelfCheckStep(ChildProgram? program, ModelDescriptor model, SelfCheckSetting setting)
    {
        (this.program, this.model, this.setting) = (program, model, setting);
        // Beside what loads the images, also when there is a verdict: what reads it is compiled first.
        running = program is null ? null : Task.Run(() => Check(setting));
    }

    /// <summary>Starts a check, or reads the verdict of an earlier one.</summary>
    /// <param name="program">How to start the process that it is made in; null for no check.</param>
    /// <param name="options">The command's options, which may switch the check off.</param>
    /// <param name="model">The model.</param>
    /// <param name="setting">How it is going to be used.</param>
    /// <param name="device">What it is computed on; kernels of GPUs are not checked.</param>
    public static SelfCheckStep Start(ChildProgram? program, ParseResult options, ModelDescriptor model, SelfCheckSetting setting, string device) =>
        new(options.GetValue(Skip) || device != "cpu" ? null : program, model, setting);

    /// <summary>Waits for the verdict, and says what follows from it.</summary>
    /// <param name="mayChange">The precision was chosen for the user, who may be given another.</param>
    /// <param name="remedy">What to do about a precision that was not, as a sentence.</param>
    /// <param name="say">Takes a sentence when something is changed.</param>
    /// <param name="cancellation">Ends the check.</param>
    /// <returns>The precision to use, and what to keep with the results.</returns>
    /// <exception cref="SelfCheckFailedException">A layer computes wrong results, and nothing else can be chosen.</exception>
    public (string Precision, string Record) Finish(bool mayChange, string remedy, Action<string> say, CancellationToken cancellation = default)
    {
        using var registration = cancellation.Register(stop.Cancel);
        var verdict = running is null ? null : Verdict(running, setting, say);
        cancellation.ThrowIfCancellationRequested();
        if (verdict is null)
        {
            return (setting.Precision, "not made");
        }

        if (verdict.Passed)
        {
            return (setting.Precision, "passed");
        }

        var fault = $"{setting.Precision} is computed wrongly on this machine in {verdict.Faults[0]}";
        var safer = setting with { Precision = ComputePrecision.Fp32 };
        if (mayChange && setting != safer)
        {
            var second = Verdict(Check(safer), safer, say);
            if (second is null or { Passed: true })
            {
                say($"Note: {fault}; using fp32 instead.");
                return (safer.Precision, $"{fault}; fp32 {(second is null ? "was not checked" : "passed")}");
            }

            fault = $"fp32 is computed wrongly on this machine in {second.Faults[0]}";
        }

        var others = verdict.Faults.Count == 1 ? string.Empty : $" and {verdict.Faults.Count - 1} more";
        throw new SelfCheckFailedException($"{fault}{others}. {(setting == safer || mayChange ? Remedy(safer.Precision) : remedy)} doctor shows what is wrong with this machine; {Skip.Name} skips the check.");
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

    /// <summary>What to do about a precision that is computed wrongly, as a sentence.</summary>
    public static string Remedy(string precision) => precision == ComputePrecision.Fp32
        ? "Torch's kernels for this layer are wrong on this processor: set ONEDNN_MAX_CPU_ISA=SSE41 in the environment, which is slower, or change the layer or the batch size."
        : "Use --precision fp32, or auto, which falls back to it.";

    private async Task<SelfCheckOutcome> Check(SelfCheckSetting asked)
    {
        if (VerdictStore.User.Read(model, asked) is { } known)
        {
            return new SelfCheckOutcome(known);
        }

        var outcome = await SelfCheckProcess.Run(program!, model, asked, stop.Token).ConfigureAwait(false);
        if (outcome.Verdict is { } verdict)
        {
            VerdictStore.User.Write(model, asked, verdict);
        }

        return outcome;
    }

    private static SelfCheckVerdict? Verdict(Task<SelfCheckOutcome> check, SelfCheckSetting setting, Action<string> say)
    {
        var outcome = check.GetAwaiter().GetResult();
        if (outcome.Obstacle is { } obstacle)
        {
            say($"Warning: the self-check in {setting.Precision} could not be run: {obstacle}");
        }

        return outcome.Verdict;
    }
}
