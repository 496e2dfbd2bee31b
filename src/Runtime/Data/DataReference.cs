using FashionCnn.Models;

namespace FashionCnn.Data;

/// <summary>Which images a run uses and where it found them.</summary>
/// <param name="Name">The data set's name.</param>
/// <param name="Location">Where it was read.</param>
/// <param name="IsSample">It is the built-in sample.</param>
/// <param name="TrainImages">How many training images were taken.</param>
/// <param name="TestImages">How many test images were taken.</param>
/// <param name="TrainFingerprint">Of the training images, see <see cref="ImageSet.Fingerprint"/>.</param>
/// <param name="TestFingerprint">Of the test images.</param>
internal sealed record DataReference(string Name, string Location, bool IsSample, int TrainImages, int TestImages, string TrainFingerprint, string TestFingerprint)
{
    /// <summary>How the test images were chosen among the training images; null when the set has its own, or none.</summary>
    public TestSplit? TestSplit { get; init; }

    /// <summary>The set has no test images: held-out training images take their place.</summary>
    public bool TestIsHeldOut { get; init; }

    /// <summary>Names a data set.</summary>
    public static DataReference To(DataSet data) =>
        new(data.Name, data.Location, data.IsSample, data.Train.Count, data.Test.Count, data.Train.Fingerprint, data.Test.Fingerprint) { TestSplit = data.TestSplit, TestIsHeldOut = data.TestIsHeldOut };

    /// <summary>Says that the folder of images that were not published is gone.</summary>
    public static InputException Gone(string location) => new($"The data of the run, {location}, is no longer there. Give its folder.") { Setting = InputSetting.Data };

    /// <summary>The first training images of a data set, and unless held-out ones take their place the first test images, are these.</summary>
    public bool AreIn(DataSet data) =>
        data.Train.Take(TrainImages).Fingerprint == TrainFingerprint && (TestIsHeldOut || data.Test.Take(TestImages).Fingerprint == TestFingerprint);

    /// <summary>Finds the images again: in the folder given, where they were, or wherever they are looked for. Held-out images are not among them as test images.</summary>
    /// <param name="folder">The folder; null for where they were.</param>
    /// <param name="input">What pictures are fitted to.</param>
    /// <param name="environment">Where to look.</param>
    /// <param name="progress">Told how reading goes.</param>
    /// <param name="cancellation">Stops reading.</param>
    /// <exception cref="InputException">They are not there, or are others.</exception>
    public DataSet Open(string? folder, ImageShape input, DataEnvironment environment, Action<DataProgress>? progress = null, CancellationToken cancellation = default)
    {
        if (folder is null && !IsSample && Location.Length > 0 && !Directory.Exists(Location) && PublishedData.Named(Name) is null)
        {
            throw Gone(Location);
        }

        var choice = folder ?? (IsSample ? DataSets.Sample : Directory.Exists(Location) ? Location : null);
        var data = DataSets.Open(new DataRequest(choice, input, TestSplit), environment, progress, cancellation);
        var taken = data with { Train = data.Train.Take(TrainImages), Test = data.Test.Take(TestIsHeldOut ? 0 : TestImages) };
        return AreIn(taken)
            ? taken
            : throw new InputException($"{data.Location} does not hold the images that the run was trained on ({Name}, {TrainImages} training and {TestImages} test images, from {Location}). Give the folder that holds them.") { Setting = InputSetting.Data };
    }
}
