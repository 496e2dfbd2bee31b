namespace FashionCnn.Models;

/// <summary>
/// Where a training step stands in a run, as far as random numbers go. What dropout and augmentation draw is a pure function of it: of the
/// run's seed, the step, the place of the drawing layer in the network, the image, and the place in the image. So it depends neither on
/// threads, device or memory layout nor on what was drawn before.
/// </summary>
/// <param name="Seed">The run's seed.</param>
/// <param name="Step">The steps done before this one.</param>
/// <param name="FirstImage">The place of the first image in the whole batch, where several processes share one.</param>
internal readonly record struct RandomPlace(ulong Seed, long Step, long FirstImage = 0);
