using FashionCnn.CommandLine.Study;

namespace FashionCnn.CommandLine.Tests.Study;

/// <summary>Speeds of one machine that a test makes up.</summary>
internal static class Speeds
{
    /// <summary>So many images per second.</summary>
    public static MeasuredSpeed Of(double imagesPerSecond) => new(imagesPerSecond, 32, "fp32", "channels_last", 2, "cpu", "p", 2, "s", "l", "2026-01-31", 0);
}
