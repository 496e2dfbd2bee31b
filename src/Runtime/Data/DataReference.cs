namespace FashionCnn.Data;

/// <summary>Which images a run uses and where it found them.</summary>
/// <param name="Name">The data set's name.</param>
/// <param name="Location">Where it was read.</param>
/// <param name="IsSample">It is the built-in sample.</param>
/// <param name="TrainImages">How many training images were taken.</param>
/// <param name="TestImages">How many test images were taken.</param>
/// <param name="TrainFingerprint">Of the training images, see <see cref="ImageSet.Fingerprint"/>.</param>
/// <param name="TestFingerprint">Of the test images.</param>
public sealed record DataReference(string Name, string Location, bool IsSample, int TrainImages, int TestImages, string TrainFingerprint, string TestFingerprint)
{
    /// <summary>Names a data set.</summary>
    public static DataReference To(DataSet data) =>
        new(data.Name, data.Location, data.IsSample, data.Train.Count, data.Test.Count, data.Train.Fingerprint, data.Test.Fingerprint);

    /// <summary>Finds the images again: in the folder given, where they were, or wherever they are looked for.</summary>
    /// <exception cref="InputException">They are not there, or are others.</exception>
    public DataSet Open(string? folder, DataEnvironment environment, Action<DownloadProgress>? progress = null, CancellationToken cancellation = default)
    {
        var choice = folder ?? (IsSample ? DataSets.Sample : Directory.Exists(Location) ? Location : null);
        var data = DataSets.Open(choice, environment, progress, cancellation);
        var taken = data with { Train = data.Train.Take(TrainImages), Test = data.Test.Take(TestImages) };
        return (taken.Train.Fingerprint, taken.Test.Fingerprint) == (TrainFingerprint, TestFingerprint)
            ? taken
            : throw new InputException($"{data.Location} does not hold the images that the run was trained on ({Name}, {TrainImages} training and {TestImages} test images, from {Location}). Give the folder that holds them.") { Setting = InputSetting.Data };
    }
}
