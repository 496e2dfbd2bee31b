using FashionCnn.Training;
using static TorchSharp.torch.utils;

namespace FashionCnn.Runs;

/// <summary>Writes each epoch's numbers as a TensorBoard event file, in the run's folder <c>tensorboard</c>.</summary>
public sealed class TensorBoardLog(RunFolder run)
{
    private readonly TorchSharp.Modules.SummaryWriter writer = tensorboard.SummaryWriter(run.File("tensorboard"), createRunName: false);

    /// <summary>Adds an epoch.</summary>
    public void Write(EpochRecord epoch)
    {
        Add("loss/train", epoch.TrainLoss, epoch.Epoch);
        Add("loss/test", epoch.TestLoss, epoch.Epoch);
        Add("accuracy/train", epoch.TrainAccuracy, epoch.Epoch);
        Add("accuracy/test", epoch.TestAccuracy, epoch.Epoch);
        Add("seconds/train", epoch.TrainSeconds, epoch.Epoch);
        if (epoch is { ValidationLoss: { } loss, ValidationAccuracy: { } accuracy })
        {
            Add("loss/validation", loss, epoch.Epoch);
            Add("accuracy/validation", accuracy, epoch.Epoch);
        }
    }

    private void Add(string tag, double value, int epoch) => writer.add_scalar(tag, (float)value, epoch);
}
