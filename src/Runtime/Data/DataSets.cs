namespace FashionCnn.Data;

/// <summary>Finds the images to train on.</summary>
public static class DataSets
{
    /// <summary>The choice that stands for the built-in sample.</summary>
    internal const string Sample = "sample";

    private const string HowToGetAll =
        "To use all 60,000 training images, install the package dataset-fashion-mnist (Debian, Ubuntu), set FASHION_MNIST_DIR to a folder with the four IDX files, or run once with a network connection.";

    /// <summary>Opens data of a size of its own.</summary>
    /// <param name="choice">A folder, <c>sample</c>, or null.</param>
    /// <param name="environment">Where to look without a choice.</param>
    /// <param name="progress">Told how a download goes.</param>
    /// <param name="cancellation">Stops a download; nothing of an unfinished file is kept.</param>
    /// <exception cref="InputException">A folder was named that cannot be used; the message says which file and why.</exception>
    internal static DataSet Open(string? choice, DataEnvironment environment, Action<DataProgress>? progress = null, CancellationToken cancellation = default) =>
        Open(new DataRequest(choice), environment, progress, cancellation);

    /// <summary>
    /// Opens the data set: the folder that the request names, or the sample; without a choice, in this order, the folder in
    /// FASHION_MNIST_DIR, the user's cache, the distribution's package, a download into the cache, the built-in sample.
    /// </summary>
    /// <param name="request">What to open.</param>
    /// <param name="environment">Where to look without a choice.</param>
    /// <param name="progress">Told how a download, or the reading of pictures, goes.</param>
    /// <param name="cancellation">Stops it; nothing of an unfinished file is kept.</param>
    /// <exception cref="InputException">A folder was named that cannot be used; the message says which file and why.</exception>
    internal static DataSet Open(DataRequest request, DataEnvironment environment, Action<DataProgress>? progress = null, CancellationToken cancellation = default)
    {
        var data = OpenAll(request, environment, progress, cancellation);
        return request.TestSplit is { } split ? Split(data, split) : data;
    }

    /// <summary>Takes some images of a set without test images as these.</summary>
    /// <exception cref="InputException">It has test images, or the fraction leaves none to test or to train on.</exception>
    public static DataSet Split(DataSet data, TestSplit split)
    {
        if (data.Test.Count > 0)
        {
            throw new InputException($"{data.Name} ({data.Location}) has test images of its own. Omit test_split.") { Setting = InputSetting.TestSplit };
        }

        var (train, test) = data.Train.Split(split.Fraction, split.Seed, Shuffle.TestSplitStream);
        return train.Count > 0 && test.Count > 0
            ? data with { Train = train, Test = test, TestSplit = split }
            : throw new InputException($"test_split {split.Fraction} of {data.Train.Count} images leaves none to {(test.Count == 0 ? "test" : "train")} on. Use more images or another fraction.") { Setting = InputSetting.TestSplit };
    }

    /// <summary>The form of the data in a folder, see <see cref="DataKind"/>; null when there is none.</summary>
    internal static string? KindIn(string folder) => !Directory.Exists(folder) ? null
        : IdxFolder.IsIn(folder) ? DataKind.Idx
        : CifarFolder.IsIn(folder) ? DataKind.Cifar
        : PictureFolder.IsIn(folder) ? DataKind.Pictures
        : null;

    private static DataSet OpenAll(DataRequest request, DataEnvironment environment, Action<DataProgress>? progress, CancellationToken cancellation)
    {
        if (request.Place == Sample)
        {
            return SampleData.Read($"Using the built-in sample of 6,000 training images, as requested. {HowToGetAll}");
        }

        if (request.Place is { } choice)
        {
            return DataFolder.Read(choice, namedBy: null, request, environment.PictureMemory, progress, cancellation);
        }

        if (environment.Folder is { Length: > 0 } folder)
        {
            return DataFolder.Read(folder, "FASHION_MNIST_DIR", request, environment.PictureMemory, progress, cancellation);
        }

        var reasons = new List<string>();
        return Verified(environment.Cache, reasons)
            ?? Verified(environment.System, reasons)
            ?? Downloaded(environment, reasons, progress, cancellation)
            ?? SampleData.Read($"Using the built-in sample of 6,000 training images, because the full set was not found ({string.Join("; ", reasons)}). {HowToGetAll}");
    }

    // Nobody named these folders for this run: what is wrong with them is a reason to look further, not an error.
    private static DataSet? Verified(string folder, List<string> reasons)
    {
        try
        {
            if (!Directory.Exists(folder) || !Directory.EnumerateFileSystemEntries(folder).Any())
            {
                return null;
            }

            var data = IdxFolder.Read(folder, "the data in", takesFirst: true);
            if (data.Verified)
            {
                return data;
            }

            reasons.Add($"{folder} does not match the published checksums");
        }
        catch (InputException exception)
        {
            reasons.Add(exception.Message.TrimEnd('.'));
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            reasons.Add($"{folder} cannot be read: {exception.Message.TrimEnd('.')}");
        }

        return null;
    }

    private static DataSet? Downloaded(
        DataEnvironment environment, List<string> reasons, Action<DataProgress>? progress, CancellationToken cancellation)
    {
        try
        {
            Download.FetchAsync(environment, progress, cancellation).GetAwaiter().GetResult();
            return Verified(environment.Cache, reasons);
        }
        catch (DownloadException exception)
        {
            reasons.Add($"downloading failed: {exception.Message}");
            return null;
        }
    }
}
