using System.CommandLine;
using System.Diagnostics;
using System.Reflection;
using FashionCnn.Checks;
using FashionCnn.Data;
using FashionCnn.Models;
using FashionCnn.Native;
using FashionCnn.Storage;
using Spectre.Console;
using TorchSharp;
using static System.FormattableString;

namespace FashionCnn.CommandLine;

/// <summary>Checks this machine.</summary>
internal static class DoctorCommand
{
    private const int MaxWidth = 80;
    private const int Label = 14;

    private const string Description = """
        Checks this machine: processor, caches, Torch, measured speeds, folders, and whether every layer of every model is computed correctly. The exit code is 1 if anything is wrong.
        """;

    private static readonly Option<string?> Format = Options.Choice("--format", ["text", "json"], "Output format; json for bug reports. Default: text.");

    private static readonly Option<long?> Scan = Options.Integer("--scan", 1, 100_000, "Also check N random layers in fp32 and bf16. 300 take about a minute.");

    public static Command Create(ModelList models, IAnsiConsole console, ChildProgram? program)
    {
        var command = new Command("doctor", Description) { TrainOptions.Threads, Scan, Format };
        command.SetAction(result => Interruption.Around(console, says: null, interruption => Run(models, result, console, program, interruption.Token)));
        return command;
    }

    private static int Run(IReadOnlyList<ModelDescriptor> models, ParseResult options, IAnsiConsole console, ChildProgram? program, CancellationToken cancellation)
    {
        NativeTorch.EnsureLoaded();
        var report = Examine(models, (int?)options.GetValue(TrainOptions.Threads) ?? torch.get_num_threads(), (int)(options.GetValue(Scan) ?? 0), program, cancellation);
        var output = new PlainWriter(console.Profile.Out.Writer);
        output.Write(options.GetValue(Format) == "json" ? OutputJson.Write(report) : Text(report, Math.Min(MaxWidth, console.Profile.Width)));
        return report.Problems.Count == 0 ? CommandLineProgram.Success : CommandLineProgram.Failure;
    }

    private static DoctorReport Examine(IReadOnlyList<ModelDescriptor> models, int threads, int layers, ChildProgram? program, CancellationToken cancellation)
    {
        var problems = new List<string>();
        var machine = Machine.Read();
        var state = ProcessorCaches.State;
        if (state.Action is CacheAction.SwitchedOff or CacheAction.NotPossible)
        {
            problems.Add(state.Sentence);
        }

        var caches = new DoctorCaches($"{state.Seen}", $"{ProcessorCaches.Read()}", $"{state.True}", state.Word, state.Sentence);
        var places = Places(problems);
        var speed = MachineSpeed.Measure(threads);
        cancellation.ThrowIfCancellationRequested();
        return new DoctorReport(
            typeof(DoctorCommand).Assembly.GetCustomAttribute<AssemblyInformationalVersionAttribute>()?.InformationalVersion.Split('+')[0] ?? "unknown",
            machine, ProcessorIdentity.Current?.Signature, threads, caches, speed, places, Checks(models, machine, threads, program, problems, cancellation), ScanOf(layers, program, problems, cancellation), problems);
    }

    private static DoctorPlaces Places(List<string> problems)
    {
        var cache = UserCache.Folder(string.Empty);
        try
        {
            Directory.CreateDirectory(cache);
            var probe = Path.Combine(cache, $"doctor-{Environment.ProcessId}.tmp");
            File.WriteAllText(probe, string.Empty);
            File.Delete(probe);
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            problems.Add($"The cache {cache} cannot be written, so downloads and self-checks are repeated by each run: {exception.Message.TrimEnd('.')}. Make it writable, or set XDG_CACHE_HOME to a folder that is.");
        }

        return new DoctorPlaces(PlaceOfData(DataEnvironment.Current, problems), Path.TrimEndingDirectorySeparator(cache), Path.GetFullPath("runs"));
    }

    /// <summary>Where training finds its images when no option names a folder.</summary>
    internal static string PlaceOfData(DataEnvironment environment, List<string> problems)
    {
        try
        {
            // Pictures are opened for a model only, whose input they are fitted to.
            return environment.Folder is { Length: > 0 } folder && DataSets.KindIn(folder) == DataKind.Pictures ? $"{folder}, pictures by class"
                : DataSets.Open(choice: null, environment with { Network = () => new NoNetwork() }) is { IsSample: false } found ? found.Location
                : "not on this machine; training downloads them, or uses the built-in sample";
        }
        catch (InputException exception)
        {
            problems.Add(exception.Message);
            return "not usable";
        }
    }

    /// <summary>Checks every model as its spec says to train it, in what the program would choose, and in fp32.</summary>
    private static List<DoctorCheck> Checks(
        IReadOnlyList<ModelDescriptor> models, Machine machine, int threads, ChildProgram? program, List<string> problems, CancellationToken cancellation)
    {
        var checks = new List<DoctorCheck>();
        if (program is null)
        {
            problems.Add("The models could not be checked: the program does not know how to start itself. Run it as a standalone program.");
            return checks;
        }

        string[] precisions = machine.ComputesBf16 ? [ComputePrecision.Bf16, ComputePrecision.Fp32] : [ComputePrecision.Fp32];
        foreach (var (precision, model) in precisions.SelectMany(precision => models.Select(model => (precision, model))))
        {
            var setting = SelfCheckSetting.Training(precision, threads, model.Training.BatchSize);
            var clock = Stopwatch.StartNew();
            var outcome = SelfCheckProcess.Run(program, model, setting, cancellation).GetAwaiter().GetResult();
            checks.Add(new DoctorCheck(model.Id, precision, setting.TrainingBatch, Math.Round(clock.Elapsed.TotalSeconds, 2), outcome.Verdict?.Faults));
            if (outcome.Verdict is { } verdict)
            {
                VerdictStore.User.Write(model, setting, verdict);
            }
            else
            {
                problems.Add($"{model.Id} could not be checked in {precision}: {outcome.Obstacle?.TrimEnd('.')}. Report this with the output of doctor --format json.");
            }
        }

        // fp32 is recommended only where it is computed correctly.
        var wrongInFp32 = checks.Where(check => check.Precision == ComputePrecision.Fp32 && check.Faults is [_, ..]).Select(check => check.Model).ToHashSet();
        problems.AddRange(
            from check in checks
            from fault in check.Faults ?? []
            select $"{check.Model} is computed wrongly in {check.Precision}, {fault}. {SelfCheckStep.Remedy(wrongInFp32.Contains(check.Model) ? ComputePrecision.Fp32 : check.Precision)}");
        return checks;
    }

    private static DoctorScan? ScanOf(int layers, ChildProgram? program, List<string> problems, CancellationToken cancellation)
    {
        if (layers == 0 || program is null)
        {
            return null;
        }

        var clock = Stopwatch.StartNew();
        var outcome = LayerScanCommand.Run(program, layers, cancellation).GetAwaiter().GetResult();
        problems.AddRange(outcome.Verdict?.Faults.Select(fault => $"A random layer is computed wrongly: {fault}. A model with such a layer is refused by the self-check; report this with the output of doctor --format json.")
            ?? [$"Random layers could not be checked: {outcome.Obstacle?.TrimEnd('.')}. Report this with the output of doctor --format json."]);
        return new DoctorScan(layers, Math.Round(clock.Elapsed.TotalSeconds, 2), outcome.Verdict?.Faults);
    }

    private static string Text(DoctorReport report, int width)
    {
        var (machine, caches, speed) = (report.Machine, report.Caches, report.Speed);
        var lines = new List<string>();
        Add("fashioncnn", report.Version);
        Add("processor", machine.Processor);
        Add(string.Empty, report.Processor ?? string.Empty);
        Add("instructions", string.Join(" ", machine.InstructionSets));
        Add("caches", caches.True.Length == 0 ? "not known" : $"{caches.True}; oneDNN has {(caches.Now.Length == 0 ? "its own defaults" : caches.Now)}");
        Add(string.Empty, caches.Explanation);
        Add("cores", Invariant($"{machine.Cores}; Torch computes with {report.Threads} {(report.Threads == 1 ? "thread" : "threads")}"));
        Add("memory", Invariant($"{machine.MemoryBytes / (double)(1 << 30):0.0} GiB"));
        Add("system", machine.System);
        Add("libtorch", machine.Libtorch);
        foreach (var library in machine.Libraries)
        {
            Add(string.Empty, library);
        }

        Add("precision", machine.ComputesBf16 ? "bf16 by default, which the processor computes natively" : "fp32 by default; the processor has no instructions for bf16");
        Add("GFLOP/s", "             limit   matrix product   convolution");
        Add(string.Empty, Invariant($"fp32  {Speed(speed.Fp32Limit),12}   {Speed(speed.Fp32MatrixProduct),14}   {Speed(speed.Fp32Convolution),11}"));
        Add(string.Empty, Invariant($"bf16  {"-",12}   {Speed(speed.Bf16MatrixProduct),14}   {Speed(speed.Bf16Convolution),11}"));
        Add(string.Empty, "limit: multiply-adds in registers on all threads");
        Add("data", report.Places.Data);
        Add("cache", report.Places.Cache);
        Add("runs", report.Places.Runs);
        lines.Add(string.Empty);
        foreach (var check in report.Checks)
        {
            var result = check.Faults is null ? "not checked" : check.Faults.Count == 0 ? "correct" : Invariant($"wrong in {check.Faults.Count} {(check.Faults.Count == 1 ? "layer" : "layers")}");
            lines.AddRange(LineBreaks.BetweenWords(Invariant($"{check.Model,-20} {check.Precision}  batch size {check.BatchSize,5}  {result} ({check.Seconds:0.0} s)"), width, "  "));
        }

        if (report.Scan is { } scan)
        {
            lines.Add(Invariant($"{scan.Layers} random layers: {(scan.Faults is null ? "not checked" : scan.Faults.Count == 0 ? "correct" : $"{scan.Faults.Count} wrong")} ({scan.Seconds:0.0} s)"));
        }

        lines.Add(string.Empty);
        if (report.Problems.Count == 0)
        {
            lines.Add("No problems found.");
        }

        foreach (var problem in report.Problems)
        {
            lines.AddRange(LineBreaks.BetweenWords($"- {problem}", width, "  "));
        }

        return string.Join('\n', lines) + "\n";

        void Add(string label, string value)
        {
            lines.AddRange(LineBreaks.BetweenWords(value, width - Label).Select((line, i) => ((i == 0 ? label : string.Empty).PadRight(Label) + line).TrimEnd()));
        }
    }

    private static string Speed(double value) => value < 10 ? Invariant($"{value:0.0}") : Invariant($"{value:0}");

    // Looking for the data must not download it.
    private sealed class NoNetwork : HttpMessageHandler
    {
        protected override Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken) => throw new HttpRequestException("no network");
    }
}
