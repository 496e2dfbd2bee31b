using FashionCnn.Data;

namespace FashionCnn.Training;

/// <summary>Holds training images out for validation: the same fraction of each class, by seed.</summary>
internal static class Holdout
{
    /// <summary>The images to train on and those held out, each in file order.</summary>
    /// <param name="images">The training images.</param>
    /// <param name="fraction">Above 0 and below 1.</param>
    /// <param name="seed">Chooses the images.</param>
    /// <exception cref="InputException">The fraction leaves none to validate or to train on.</exception>
    public static (ImageSet Train, ImageSet Validation) Split(ImageSet images, double fraction, long seed)
    {
        var (train, held) = images.Split(fraction, seed, Shuffle.HoldoutStream);
        if (held.Count == 0 || train.Count == 0)
        {
            throw new InputException(
                $"validation_split {fraction} of {images.Count} training images leaves none to {(held.Count == 0 ? "validate" : "train")} on. Use more images or another fraction.")
            {
                Setting = "validation_split",
            };
        }

        return (train, held);
    }

    /// <summary>The data as a run sees it: the held-out images take the place of test images that the set does not have.</summary>
    /// <param name="data">The data.</param>
    /// <param name="fraction">The fraction that is held out; 0 for none.</param>
    /// <param name="seed">The run's seed.</param>
    /// <exception cref="InputException">There are no test images, and none are held out.</exception>
    public static DataSet WithTest(DataSet data, double fraction, long seed)
    {
        CheckTest(data, fraction);
        return data.Test.Count > 0 ? data : data with { Test = Split(data.Train, fraction, seed).Validation, TestIsHeldOut = true };
    }

    /// <summary>Checks before any work that there will be something to evaluate on.</summary>
    /// <exception cref="InputException">There are no test images, and none are held out.</exception>
    public static void CheckTest(DataSet data, double fraction)
    {
        if (data.Test.Count == 0 && fraction == 0)
        {
            throw new InputException($"{data.Name} ({data.Location}) has no test images. Set test_split to the fraction of its images to test on, such as 0.2, or hold images out with validation_split.") { Setting = InputSetting.TestSplit };
        }
    }
}
