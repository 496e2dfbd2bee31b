using FashionCnn.Checks;
using FashionCnn.Data;
using FashionCnn.Evaluation;
using FashionCnn.Models;
using FashionCnn.Native;
using FashionCnn.Storage;
using TorchSharp;
using static TorchSharp.torch;

namespace FashionCnn.Runs;

/// <summary>A model with weights that classifies images. Several threads may use it at once.</summary>
public sealed class Classifier : IDisposable
{
    private readonly ImageClassifier model;
    private readonly Device device;
    private readonly bool? invert;
    private bool isDisposed;

    internal Classifier(ImageClassifier model, IReadOnlyList<string> classNames, Device device, bool? invert)
    {
        (this.model, this.device, this.invert) = (model, device, invert);
        ClassNames = classNames;
        model.eval();
    }

    /// <summary>The model.</summary>
    public ModelDescriptor Model => model.Model;

    /// <summary>The name of each class, by class number.</summary>
    public IReadOnlyList<string> ClassNames { get; }

    /// <summary>Makes a model with trained weights.</summary>
    /// <param name="model">The model.</param>
    /// <param name="weights">A safetensors file, or the folder of a run.</param>
    /// <param name="options">How to classify; null for the defaults.</param>
    /// <exception cref="InputException">The weights are missing, damaged or of another network, or the device is not there.</exception>
    /// <exception cref="ArgumentException">There are more or fewer class names than the model has classes.</exception>
    /// <exception cref="NativeLibraryException">Torch's native library cannot be loaded.</exception>
    public static Classifier Load(ModelDescriptor model, string weights, ClassifierOptions? options = null)
    {
        ArgumentNullException.ThrowIfNull(model);
        ArgumentNullException.ThrowIfNull(weights);
        options ??= new ClassifierOptions();
        if (options.ClassNames is { } given && given.Count != model.Classes)
        {
            throw new ArgumentException($"There are {given.Count} class names, but {model.Id} has {model.Classes} classes.", nameof(options));
        }

        NativeTorch.EnsureLoaded();
        var place = ComputeDevice.Resolve(ComputeDevice.WordOf(options.Device));
        var precision = ComputePrecision.Type(ComputePrecision.Resolve(ComputePrecision.WordOf(options.Precision), place));
        var file = RunWeights.Find(weights);
        var run = RunWeights.RunOf(model, weights);
        var network = Training.Trainer.Create(model, seed: 0);
        try
        {
            _ = ModelWeights.Load(network, file);
            network.to(device(place));
            network.Precision = precision;
            var ofRun = run is { HasClassNames: true } && run.ClassNames.Count == model.Classes ? run.ClassNames : null;
            var names = options.ClassNames ?? ofRun ?? WeightsFile.ClassNames(file, model.Classes) ?? DataSet.Numbers(model.Classes);
            return new Classifier(network, names, device(place), options.Invert ?? (run?.DataKind == DataKind.Pictures ? false : null));
        }
        catch
        {
            network.Dispose();
            throw;
        }
    }

    /// <summary>Classifies an image file of any size: PNG, JPEG, WebP, BMP or, the first frame, GIF.</summary>
    /// <param name="path">The file.</param>
    /// <returns>All classes, the likeliest first.</returns>
    /// <exception cref="InputException">The file cannot be read or is not such an image; the message names it and says why.</exception>
    /// <exception cref="ObjectDisposedException">The classifier was disposed.</exception>
    public IReadOnlyList<ClassProbability> Predict(string path)
    {
        ArgumentNullException.ThrowIfNull(path);
        return Predict([ImageFile.Read(path, Model.Input, invert)])[0];
    }

    /// <summary>Classifies the image that a stream holds from its position to its end, see <see cref="Predict(string)"/>.</summary>
    /// <param name="image">The stream, which stays open.</param>
    /// <returns>All classes, the likeliest first.</returns>
    /// <exception cref="InputException">The stream cannot be read or holds no such image.</exception>
    /// <exception cref="ObjectDisposedException">The classifier was disposed.</exception>
    public IReadOnlyList<ClassProbability> Predict(Stream image)
    {
        ArgumentNullException.ThrowIfNull(image);
        return Predict([ImageFile.Read(image, Model.Input, invert)])[0];
    }

    /// <summary>Classifies image files at once, which is faster than one by one. How many fit into memory depends on the model; 100 do for most.</summary>
    /// <param name="paths">The files.</param>
    /// <returns>For each file, all classes, the likeliest first.</returns>
    /// <exception cref="InputException">A file cannot be read or is not an image; the message names it and says why.</exception>
    /// <exception cref="ObjectDisposedException">The classifier was disposed.</exception>
    public IReadOnlyList<IReadOnlyList<ClassProbability>> Predict(IReadOnlyList<string> paths)
    {
        ArgumentNullException.ThrowIfNull(paths);
        return Predict([.. paths.Select(path => ImageFile.Read(path, Model.Input, invert))]);
    }

    /// <summary>Classifies images that are tensors already, as the model takes them.</summary>
    /// <param name="images">N x channels x height x width on any device, values from 0 to 1.</param>
    /// <returns>For each image, all classes, the likeliest first.</returns>
    /// <exception cref="ArgumentException">The tensor does not have that shape, or holds no floating-point numbers.</exception>
    /// <exception cref="ObjectDisposedException">The classifier was disposed.</exception>
    public IReadOnlyList<IReadOnlyList<ClassProbability>> Predict(Tensor images)
    {
        ArgumentNullException.ThrowIfNull(images);
        ObjectDisposedException.ThrowIf(isDisposed, this);
        var (height, width, channels) = Model.Input;
        if (images.dim() != 4 || images.shape[1] != channels || images.shape[2] != height || images.shape[3] != width)
        {
            throw new ArgumentException($"The tensor is {string.Join("x", images.shape)}; {Model.Id} takes N x {channels} x {height} x {width}.", nameof(images));
        }

        if (!images.is_floating_point())
        {
            throw new ArgumentException($"The tensor is of {images.dtype}; {Model.Id} takes floating-point numbers from 0 to 1.", nameof(images));
        }

        var count = (int)images.shape[0];
        if (count == 0)
        {
            return [];
        }

        using var scope = NewDisposeScope();
        // One image goes the way of a batch, see Classification.
        var batch = images.to(device).to(float32);
        var values = model.predict(count == 1 ? cat([batch, batch]) : batch).cpu().data<float>().ToArray();
        return [.. Enumerable.Range(0, count).Select(image => Sorted(values.AsSpan(image * Model.Classes, Model.Classes)))];
    }

    /// <summary>Writes the weights and the class names as a safetensors file, whole or not at all.</summary>
    /// <param name="path">The file.</param>
    /// <exception cref="IOException">It cannot be written.</exception>
    /// <exception cref="UnauthorizedAccessException">It may not be written.</exception>
    /// <exception cref="ObjectDisposedException">The classifier was disposed.</exception>
    public void Save(string path)
    {
        ArgumentNullException.ThrowIfNull(path);
        ObjectDisposedException.ThrowIf(isDisposed, this);
        ModelWeights.Save(model, path, steps: null, ClassNames.SequenceEqual(DataSet.Numbers(Model.Classes)) ? null : ClassNames);
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        isDisposed = true;
        model.Dispose();
    }

    private IReadOnlyList<IReadOnlyList<ClassProbability>> Predict(ImageFile[] files)
    {
        ObjectDisposedException.ThrowIf(isDisposed, this);
        using var scope = NewDisposeScope();
        var (height, width, channels) = Model.Input;
        byte[] pixels = [.. files.SelectMany(file => file.Pixels)];
        return Predict(tensor(pixels, uint8).reshape(files.Length, height, width, channels).permute(0, 3, 1, 2).to(float32) / 255);
    }

    // Of equally likely ones that with the smaller number.
    private IReadOnlyList<ClassProbability> Sorted(ReadOnlySpan<float> probabilities) =>
        [.. probabilities.ToArray().Select((probability, label) => new ClassProbability(label, ClassNames[label], probability)).OrderByDescending(pair => pair.Probability)];

    /// <summary>
    /// Compares with double precision what Torch computes when a classifier of a model classifies on the processor with the same options: the outputs of all layers at their real
    /// shapes. GPUs are not checked. <b>A kernel that is wrong may end the process</b>; where that must not happen, call this in a process of its own. It takes a second or more;
    /// meanwhile Torch's
    /// random numbers and number of threads are the check's, so call it while nothing else is computed; afterwards they are what they were. Nothing is
    /// written.
    /// </summary>
    /// <param name="model">The model. It is created twice for this; trained weights do not matter.</param>
    /// <param name="options">How it is going to be used, of which the precision counts; null for the defaults.</param>
    /// <param name="images">How many images are classified at once. Torch chooses kernels by it.</param>
    /// <param name="onLayer">Called with each layer's name before the layer is computed, on the calling thread. If the process ends, the last name is that of the wrong layer.</param>
    /// <returns>The verdict, with the wrong layers in the model's order.</returns>
    /// <exception cref="ArgumentOutOfRangeException"><paramref name="images"/> is below 1.</exception>
    /// <exception cref="NativeLibraryException">Torch's native library cannot be loaded.</exception>
    public static SelfCheckVerdict SelfCheck(ModelDescriptor model, ClassifierOptions? options = null, int images = 1, Action<string>? onLayer = null)
    {
        ArgumentNullException.ThrowIfNull(model);
        ArgumentOutOfRangeException.ThrowIfLessThan(images, 1);
        options ??= new ClassifierOptions();
        NativeTorch.EnsureLoaded();
        var precision = ComputePrecision.Resolve(ComputePrecision.WordOf(options.Precision), "cpu");
        // One image goes the way of a batch.
        return Checks.SelfCheck.Run(model, new SelfCheckSetting(precision, get_num_threads(), TrainingBatch: 0, Math.Max(images, Classification.BatchSize)), onLayer);
    }
}
