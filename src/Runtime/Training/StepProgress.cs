namespace FashionCnn.Training;

/// <summary>Where training stands after a step.</summary>
/// <param name="Epoch">The running epoch, from 1.</param>
/// <param name="Epochs">How many there are to be.</param>
/// <param name="ImagesDone">Images trained on in this epoch.</param>
/// <param name="Images">Images of the whole epoch.</param>
/// <param name="Loss">Running mean of the loss over this epoch.</param>
/// <param name="Accuracy">Running mean of the accuracy over this epoch, 0 to 1.</param>
/// <param name="Seconds">Time spent training in this epoch.</param>
public sealed record StepProgress(
    int Epoch, int Epochs, int ImagesDone, int Images, double Loss, double Accuracy, double Seconds);
