using FashionCnn.Models;

namespace FashionCnn.Data;

/// <summary>What data to open, and how.</summary>
/// <param name="Place">A folder, <c>sample</c>, or null for wherever Fashion-MNIST is found.</param>
/// <param name="Input">What pictures of any size and color are fitted to; null where only data of a size of its own is expected.</param>
/// <param name="TestSplit">Takes some images of a set without test images as these.</param>
internal sealed record DataRequest(string? Place, ImageShape? Input = null, TestSplit? TestSplit = null);
