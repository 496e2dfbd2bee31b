using FashionCnn.Models;

namespace FashionCnn.Data;

/// <summary>Training and test images, and what is known of where they come from.</summary>
/// <param name="Name">What to call it: <c>Fashion-MNIST</c>, <c>Fashion-MNIST sample</c>, or an unverified set's folder.</param>
/// <param name="Location">The folder it was read from; <c>built in</c> for the sample.</param>
/// <param name="Verified">The content has the published SHA-256 sums.</param>
/// <param name="IsSample">It is the built-in sample, not the full set.</param>
/// <param name="ClassNames">The name of each class, by class number.</param>
/// <param name="Train">The training images.</param>
/// <param name="Test">The test images.</param>
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
    /// <summary>SHA-256 over the training and test images with their labels, as lower-case hexadecimal digits.</summary>
    public string Fingerprint => $"{Train.Fingerprint}-{Test.Fingerprint}";

    /// <summary>Compares image size, number of classes and labels with a model's.</summary>
    /// <exception cref="InputException">The model cannot be trained on this data.</exception>
    public void CheckFits(ModelDescriptor model)
    {
        foreach (var images in new[] { Train, Test })
        {
            if (images.Shape != model.Input)
            {
                throw new InputException(
                    $"{model.Id} takes images of {model.Input} (height x width x channels), but those of {Name} are {images.Shape}. "
                    + $"Set \"input\": {{ \"shape\": [{images.Shape.Height}, {images.Shape.Width}, {images.Shape.Channels}] }} in its spec, or give other data with --data.");
            }
        }

        if (model.Classes != ClassNames.Count)
        {
            throw new InputException(
                $"{model.Id} tells {model.Classes} classes apart, but {Name} has {ClassNames.Count}. "
                + $"Give the last layer of its spec {ClassNames.Count} units, or give other data with --data.");
        }

        CheckLabels(model, Train, "training");
        CheckLabels(model, Test, "test");
    }

    private void CheckLabels(ModelDescriptor model, ImageSet images, string which)
    {
        var wrong = Array.FindIndex(images.Labels, label => label >= model.Classes);
        if (wrong >= 0)
        {
            throw new InputException(
                $"{model.Id} tells {model.Classes} classes apart, numbered from 0 to {model.Classes - 1}, but label {wrong} of the {which} images of {Name} is {images.Labels[wrong]}. "
                + "Correct the labels, or give other data with --data.");
        }
    }
}
