using FashionCnn.Compiler.Keys;

namespace FashionCnn.Data;

/// <summary>Reads the data of a folder, in whichever form it is.</summary>
internal static class DataFolder
{
    /// <summary>The data set of a folder.</summary>
    /// <param name="folder">The folder.</param>
    /// <param name="namedBy">What named the folder, to begin messages with, such as <c>FASHION_MNIST_DIR</c>; null when the caller did.</param>
    /// <param name="request">What to open it for.</param>
    /// <param name="memory">How many bytes of pictures may be held.</param>
    /// <param name="progress">Told how reading goes.</param>
    /// <param name="cancellation">Stops reading.</param>
    /// <exception cref="InputException">There is no data in the folder, or it cannot be used.</exception>
    public static DataSet Read(string folder, string? namedBy, DataRequest request, long memory, Action<DataProgress>? progress, CancellationToken cancellation)
    {
        var where = namedBy is null ? folder : $"{namedBy} {folder}";
        if (File.Exists(folder))
        {
            throw Wrong($"{where}: this is a file, but the folder that holds the data is expected.");
        }

        if (!Directory.Exists(folder))
        {
            throw Wrong($"{where}: there is no such folder{Suggestion.For(folder, [DataSets.Sample])} Give the folder that holds the data, or {DataSets.Sample} for the built-in sample.");
        }

        return DataSets.KindIn(folder) switch
        {
            DataKind.Idx => IdxFolder.Read(folder, namedBy),
            DataKind.Cifar => CifarFolder.Read(folder),
            DataKind.Pictures when request.Input is { } input => PictureFolder.Read(folder, input, memory, progress, cancellation),
            DataKind.Pictures => throw Wrong($"{where}: this folder holds pictures, which are fitted to the input of a model, but which model that is, is not known."),
            _ => throw Wrong($"{where}: there is no data in this folder. Expected are four IDX files ({string.Join(", ", IdxFileName.All.Select(file => file.Name))}), a folder of pictures for each class (such as rose/1.jpg), or CIFAR's binary files (data_batch_1.bin or train.bin)."),
        };
    }

    /// <summary>What a data set of a folder calls its place: in full, because a run is continued from any directory, and always in the same way.</summary>
    public static string Location(string folder) => Path.TrimEndingDirectorySeparator(Path.GetFullPath(folder));

    private static InputException Wrong(string message) => new(message) { Setting = InputSetting.Data };
}
