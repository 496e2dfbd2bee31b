using FashionCnn.Checks;
using FashionCnn.Models;
using FashionCnn.Native;
using static TorchSharp.torch;

namespace FashionCnn.Runs;

public static partial class Run
{
    /// <summary>
    /// Compares with double precision what Torch computes when <see cref="Start(ModelDescriptor, Data.DataSet, TrainingOptions, CancellationToken)"/> trains and evaluates a model on the
    /// processor with the same options: the outputs of all layers at their real shapes, and the gradients of their inputs and of their parameters. GPUs are not checked, whatever
    /// <see cref="TrainingOptions.Device"/> says. <b>A kernel that is wrong may end the process</b>; where that must not happen, call this in a process of its own. It takes a second or more;
    /// meanwhile Torch's
    /// random numbers and number of threads are the check's, so call it while nothing else is computed; afterwards they are what they were. Nothing is
    /// written.
    /// </summary>
    /// <param name="model">The model. It is created twice for this; trained weights do not matter.</param>
    /// <param name="options">How it is going to be trained, of which precision, threads and batch size count; null for the defaults.</param>
    /// <param name="onLayer">Called with each layer's name before the layer is computed, on the calling thread. If the process ends, the last name is that of the wrong layer.</param>
    /// <returns>The verdict, with the wrong layers in the model's order.</returns>
    /// <exception cref="InputException">The settings cannot be used.</exception>
    /// <exception cref="NativeLibraryException">Torch's native library cannot be loaded.</exception>
    public static SelfCheckVerdict SelfCheck(ModelDescriptor model, TrainingOptions? options = null, Action<string>? onLayer = null)
    {
        ArgumentNullException.ThrowIfNull(model);
        options ??= new TrainingOptions();
        var settings = options.Settings ?? model.Training;
        settings.Check();
        NativeTorch.EnsureLoaded();
        var precision = ComputePrecision.Resolve(ComputePrecision.WordOf(options.Precision), "cpu");
        return Checks.SelfCheck.Run(model, SelfCheckSetting.Training(precision, options.Threads ?? get_num_threads(), settings.BatchSize), onLayer);
    }
}
