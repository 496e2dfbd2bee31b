using System.Globalization;
using FashionCnn.Models;

namespace FashionCnn.Data;

/// <summary>Training and test images, and what is known of where they come from.</summary>
/// <param name="Name">What to call it: <c>Fashion-MNIST</c>, <c>Fashion-MNIST sample</c>, or an unverified set's folder.</param>
/// <param name="Location">The folder it was read from; <c>built in</c> for the sample.</param>
/// <param name="Verified">The content has the published SHA-256 sums.</param>
/// <param name="IsSample">It is the built-in sample, not the full set.</param>
/// <param name="ClassNames">The name of each class, by class number.</param>
/// <param name="Train">The training images.</param>
/// <param name="Test">The test images; none for a set that has only training images.</param>
/// <param name="Notice">What the user must know of it before trusting a result: that it is a sample and why, or that it is unverified.</param>
public sealed record DataSet(
    string Name,
    string Location,
    bool Verified,
    bool IsSample,
    IReadOnlyList<string> ClassNames,
    ImageSet Train,
    ImageSet Test,
    string? Notice = null)
{
    /// <summary>The largest number of classes that data can have.</summary>
    public const int MaxClasses = 65_536;

    private const int NamesShown = 10;

    /// <summary>The form in which it was read, see <see cref="DataKind"/>.</summary>
    public string Kind { get; init; } = DataKind.Idx;

    /// <summary>How the test images were chosen among the training images; null when the set has its own, or none.</summary>
    public TestSplit? TestSplit { get; init; }

    /// <summary>The set has no test images, and <see cref="Test"/> are held-out training images instead.</summary>
    public bool TestIsHeldOut { get; init; }

    /// <summary>Files that were left out because they could not be read: a message for each.</summary>
    public IReadOnlyList<string> LeftOut { get; init; } = [];

    /// <summary>The names of classes that have none: their numbers.</summary>
    internal static IReadOnlyList<string> Numbers(int classes) => [.. Enumerable.Range(0, classes).Select(label => label.ToString(CultureInfo.InvariantCulture))];

    /// <summary>Compares image size, number of classes and labels with a model's.</summary>
    /// <exception cref="InputException">The model cannot be trained on this data.</exception>
    internal void CheckFits(ModelDescriptor model)
    {
        foreach (var images in new[] { Train, Test })
        {
            if (images.Shape != model.Input)
            {
                throw new InputException(
                    $"{model.Id} takes images of {model.Input} (height x width x channels), but those of {Name} are {images.Shape}. "
                    + $"Set \"input\": {{ \"shape\": [{images.Shape.Height}, {images.Shape.Width}, {images.Shape.Channels}] }} in its spec, or use other data.")
                { Setting = InputSetting.Data };
            }
        }

        if (model.Classes != ClassNames.Count)
        {
            throw new InputException(
                $"{model.SpecFile ?? $"{model.Id}.json"} ends in {model.Classes} classes, the data has {ClassNames.Count}{NamesInBrackets()}. "
                + $"Give the last layer of the spec {ClassNames.Count} units, or use other data than {Name} ({Location}).")
            { Setting = InputSetting.Data };
        }

        CheckLabels(model, Train, "training");
        CheckLabels(model, Test, "test");
    }

    private string NamesInBrackets() => ClassNames.SequenceEqual(Numbers(ClassNames.Count))
        ? string.Empty
        : $" ({string.Join(", ", ClassNames.Take(NamesShown))}{(ClassNames.Count > NamesShown ? ", …" : string.Empty)})";

    private void CheckLabels(ModelDescriptor model, ImageSet images, string which)
    {
        var wrong = Array.FindIndex(images.Labels, label => label < 0 || label >= model.Classes);
        if (wrong >= 0)
        {
            throw new InputException(
                $"{model.Id} has {model.Classes} classes, numbered from 0 to {model.Classes - 1}, but label {wrong} of the {which} images of {Name} is {images.Labels[wrong]}. "
                + "Correct the labels, or use other data.")
            { Setting = InputSetting.Data };
        }
    }
}
