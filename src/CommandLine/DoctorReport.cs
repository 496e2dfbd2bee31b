using FashionCnn.Checks;
using FashionCnn.Native;

namespace FashionCnn.CommandLine;

/// <summary>What <c>doctor</c> found, as <c>--format json</c> writes it.</summary>
/// <param name="Version">The program's version.</param>
/// <param name="Machine">The machine and Torch.</param>
/// <param name="Processor">The processor's signature: maker, family, model, stepping and a sum over what it says of its caches; null where it says nothing.</param>
/// <param name="Threads">Threads that Torch computes with.</param>
/// <param name="Caches">The processor's caches.</param>
/// <param name="Speed">Billions of floating-point operations per second.</param>
/// <param name="Places">Where data, cache and runs are.</param>
/// <param name="Checks">A self-check of each model in each precision.</param>
/// <param name="Scan">Random layers, where they were asked for.</param>
/// <param name="Problems">What is wrong, each in a sentence that says what to do; empty when all is well.</param>
internal sealed record DoctorReport(
    string Version, Machine Machine, string? Processor, int Threads, DoctorCaches Caches, MachineSpeed Speed, DoctorPlaces Places, IReadOnlyList<DoctorCheck> Checks, DoctorScan? Scan, IReadOnlyList<string> Problems);

/// <summary>The processor's data caches.</summary>
/// <param name="Seen">What oneDNN makes of what the processor says; empty where it falls back to usual sizes.</param>
/// <param name="Now">What oneDNN holds now; empty where that cannot be read.</param>
/// <param name="True">The processor's sizes; empty where it does not say them.</param>
/// <param name="Action">What was done about a difference.</param>
/// <param name="Explanation">The same in a sentence.</param>
internal sealed record DoctorCaches(string Seen, string Now, string True, string Action, string Explanation);

/// <summary>Where files are.</summary>
/// <param name="Data">The images.</param>
/// <param name="Cache">Downloads and derived files.</param>
/// <param name="Runs">The folders of runs.</param>
internal sealed record DoctorPlaces(string Data, string Cache, string Runs);

/// <summary>A self-check of a model.</summary>
/// <param name="Model">The model's id.</param>
/// <param name="Precision"><c>fp32</c> or <c>bf16</c>.</param>
/// <param name="BatchSize">Images per step.</param>
/// <param name="Seconds">How long it took.</param>
/// <param name="Faults">The layers that compute wrong results; null when the check could not be run.</param>
internal sealed record DoctorCheck(string Model, string Precision, int BatchSize, double Seconds, IReadOnlyList<LayerFault>? Faults);

/// <summary>A check of random layers.</summary>
/// <param name="Layers">How many.</param>
/// <param name="Seconds">How long it took.</param>
/// <param name="Faults">Those that are computed wrongly; null when the check could not be run.</param>
internal sealed record DoctorScan(int Layers, double Seconds, IReadOnlyList<LayerFault>? Faults);
