using FashionCnn.Evaluation;
using FashionCnn.Models;
using FashionCnn.Runs;

namespace FashionCnn.CommandLine.Study;

/// <summary>A model and what its runs came to.</summary>
/// <param name="Model">The model.</param>
/// <param name="Runs">Its finished runs, one of each seed, the lowest seed first; none when it has not been trained.</param>
internal abstract record ModelRow(ModelDescriptor Model, IReadOnlyList<RunRecord> Runs)
{
    /// <summary>There is a run.</summary>
    public bool IsTrained => Runs.Count > 0;

    /// <summary>The run of the lowest seed.</summary>
    public RunRecord First => Runs[0];

    /// <summary>The loss on the test images, the mean over the seeds.</summary>
    public double TestLoss => Runs.Average(run => run.Result.TestLoss!.Value);

    /// <summary>The accuracy on the test images, the mean over the seeds.</summary>
    public double TestAccuracy => Runs.Average(run => run.Result.TestAccuracy!.Value);

    /// <summary>The 95 % interval of the accuracy, as far as the number of test images decides it.</summary>
    public Interval AccuracyInterval => Interval.OfShare((int)Math.Round(TestAccuracy * First.Result.TestImages), First.Result.TestImages);

    /// <summary>The precisions that the runs were computed in.</summary>
    public string Precisions => string.Join(", ", Runs.Select(run => run.Result.Precision).Distinct());

    // 0.9264 and 0.9214 are 0.0050 apart, though not in binary.
    protected static double Rounding => 1e-9;

    /// <summary>A number of each run, as mean and standard deviation; null of a single run.</summary>
    public Spread? SpreadOf(Func<RunResult, double?> value) => Runs.Count < 2 ? null : Spread.Of([.. Runs.Select(run => value(run.Result)!.Value)]);
}
