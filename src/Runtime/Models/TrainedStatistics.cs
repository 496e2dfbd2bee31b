using FashionCnn.Storage;

namespace FashionCnn.Models;

/// <summary>The moving statistics of a model in memory.</summary>
internal static class TrainedStatistics
{
    extension(MovingStatistics)
    {
        /// <summary>Those of a model that has seen too few steps, see <see cref="MovingStatistics"/>.</summary>
        public static MovingStatistics? Unsettled(ImageClassifier model, long? steps) =>
            MovingStatistics.Unsettled([.. model.modules().OfType<BatchNormalization>().Where(layer => !layer.IsFrozen).Select(layer => layer.Momentum)], steps);
    }
}
