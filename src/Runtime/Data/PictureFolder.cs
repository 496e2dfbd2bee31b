using System.Globalization;
using System.Runtime.ExceptionServices;
using FashionCnn.Models;

namespace FashionCnn.Data;

/// <summary>Reads a folder of pictures by class: <c>rose/12.jpg</c>, or <c>train/rose/12.jpg</c> beside <c>test/rose/13.jpg</c>.</summary>
internal static class PictureFolder
{
    private const string TrainFolder = "train";
    private const string TestFolder = "test";

    // As in runs/model/run.
    private const int RunDepth = 2;

    // Many programs leave the first one, but none of the others beside it.
    private const string RunConfiguration = "config.json";
    private static readonly string[] RunFiles = ["spec.json", "history.json", "result.json"];

    /// <summary>A folder has folders with pictures in it, or pictures that lie where they cannot be used.</summary>
    public static bool IsIn(string folder) =>
        Directory.Exists(Path.Combine(folder, TrainFolder)) || FilesIn(folder).Count > 0 || FoldersIn(folder).Any(path => FilesIn(path).Count > 0);

    /// <summary>The data set of a folder. Every picture is read, and those that cannot be are left out.</summary>
    /// <param name="folder">The folder.</param>
    /// <param name="input">What the pictures are fitted to.</param>
    /// <param name="memory">How many bytes of them may be held; larger sets are decoded again whenever they are needed.</param>
    /// <param name="progress">Told how many were read.</param>
    /// <param name="cancellation">Stops reading.</param>
    /// <exception cref="InputException">The folders are not as they should be, or no picture can be read.</exception>
    public static DataSet Read(string folder, ImageShape input, long memory, Action<DataProgress>? progress, CancellationToken cancellation)
    {
        ImageFile.CheckInput(input);
        var hasTrain = Directory.Exists(Path.Combine(folder, TrainFolder));
        var test = Path.Combine(folder, TestFolder);
        var train = hasTrain ? Path.Combine(folder, TrainFolder) : folder;
        if (!hasTrain && FilesIn(folder) is [var loose, ..])
        {
            throw Wrong($"{folder}: pictures are expected in a folder for each class, such as rose/1.jpg, but {Path.GetFileName(loose)} lies outside of one. Move it into the folder of its class.");
        }

        if (!hasTrain && Directory.Exists(test))
        {
            throw Wrong($"{folder}: there is a folder {TestFolder}, but none called {TrainFolder} beside it. Move the training pictures' folders into {TrainFolder}, or take {TestFolder} away.");
        }

        var (names, folders) = ClassesOf(folder, train);
        var files = FilesOf(train, folders, isTraining: true);
        var tested = hasTrain && Directory.Exists(test) ? FilesOf(test, folders, isTraining: false) : [];
        var isHeld = (long)(files.Count + tested.Count) * input.Count <= Math.Min(memory, Array.MaxLength);
        var reading = new Reading(folder, input, isHeld, files.Count + tested.Count, progress, cancellation);
        var (trainImages, testImages) = (reading.Read(files), reading.Read(tested));
        if (trainImages.Count == 0)
        {
            throw new InputException($"{folder}: none of the {files.Count:N0} training pictures can be read. The first: {reading.LeftOut[0]}");
        }

        var location = DataFolder.Location(folder);
        var others = hasTrain ? FoldersIn(folder).Select(path => Path.GetFileName(path)).Where(name => name is not (TrainFolder or TestFolder)).ToList() : [];
        return new DataSet(
            Path.GetFileName(location), location, Verified: false, IsSample: false, names, trainImages, testImages,
            others.Count == 0 ? null : $"Of {folder}, only {TrainFolder} and {TestFolder} are used, not {string.Join(", ", others)}.")
        {
            Kind = DataKind.Pictures,
            LeftOut = reading.LeftOut,
        };
    }

    /// <summary>The classes' names, and the class number of each folder's name.</summary>
    private static (IReadOnlyList<string> Names, IReadOnlyDictionary<string, int> Folders) ClassesOf(string folder, string train)
    {
        var folders = FoldersIn(train).Select(path => Path.GetFileName(path)).ToList();
        if (folders.Count is < 2 or > DataSet.MaxClasses)
        {
            throw Wrong($"{train}: {(folders.Count < 2 ? "a folder of pictures is expected for each of at least two classes" : $"at most {DataSet.MaxClasses:N0} classes are possible")}, but there {(folders.Count == 1 ? $"is only {folders[0]}" : $"are {folders.Count:N0}")}.");
        }

        var areNumbers = folders.All(name => NumberOf(name) is not null);
        folders = areNumbers ? [.. folders.OrderBy(NumberOf)] : folders;
        var listed = ClassNames.In(folder);
        if (listed is null)
        {
            return (folders, Places(folders));
        }

        var path = Path.Combine(folder, ClassNames.FileName);
        if (folders.All(listed.Contains))
        {
            return (listed, Places(listed));
        }

        // Line 1 is the name of folder 0.
        if (areNumbers && folders.FirstOrDefault(name => NumberOf(name) >= listed.Count) is not { })
        {
            return (listed, folders.ToDictionary(name => name, name => NumberOf(name)!.Value));
        }

        throw Wrong($"{path}: there is no name for the folder {folders.First(name => areNumbers ? NumberOf(name) >= listed.Count : !listed.Contains(name))} in it. List the folders' names in the order of the classes or, for folders that are numbers from 0, a name for each.");
    }

    private static Dictionary<string, int> Places(IReadOnlyList<string> names) => Enumerable.Range(0, names.Count).ToDictionary(label => names[label]);

    private static int? NumberOf(string name) =>
        int.TryParse(name, NumberStyles.None, CultureInfo.InvariantCulture, out var number) && number < DataSet.MaxClasses ? number : null;

    /// <summary>The pictures, one of each class in turn: so the first of them, however many, are of all classes.</summary>
    private static List<(string Path, int Label)> FilesOf(string root, IReadOnlyDictionary<string, int> folders, bool isTraining)
    {
        var classes = new List<(int Label, IReadOnlyList<string> Files)>();
        foreach (var path in FoldersIn(root))
        {
            if (!folders.TryGetValue(Path.GetFileName(path), out var label))
            {
                throw Wrong($"{path}: there is no training picture of this class. Classes: {string.Join(", ", folders.Keys)}.");
            }

            var files = FilesIn(path);
            if (files.Count == 0 && isTraining)
            {
                throw Wrong($"{path}: there is no picture in this folder: no file whose name ends in {string.Join(", ", ImageFile.Extensions)}. Add some, or remove the folder.");
            }

            classes.Add((label, files));
        }

        classes.Sort((first, second) => first.Label.CompareTo(second.Label));
        return
        [
            .. Enumerable.Range(0, classes.Select(entry => entry.Files.Count).DefaultIfEmpty().Max())
                .SelectMany(place => classes.Where(entry => place < entry.Files.Count).Select(entry => (entry.Files[place], entry.Label))),
        ];
    }

    private static List<string> FoldersIn(string folder) => List(folder, Directory.EnumerateDirectories, path => !IsOfRuns(path, RunDepth));

    /// <summary>A folder is a run's, or holds no pictures but a run's folder: runs may lie in the folder of the data, and are no classes.</summary>
    private static bool IsOfRuns(string folder, int depth) =>
        (File.Exists(Path.Combine(folder, RunConfiguration)) && RunFiles.Any(name => File.Exists(Path.Combine(folder, name))))
        || (depth > 0 && FilesIn(folder).Count == 0 && List(folder, Directory.EnumerateDirectories, _ => true).Any(path => IsOfRuns(path, depth - 1)));

    private static List<string> FilesIn(string folder) =>
        List(folder, Directory.EnumerateFiles, path => ImageFile.Extensions.Contains(Path.GetExtension(path), StringComparer.OrdinalIgnoreCase));

    // Hidden ones are the system's.
    private static List<string> List(string folder, Func<string, IEnumerable<string>> entries, Func<string, bool> isWanted)
    {
        try
        {
            return [.. entries(folder).Where(path => Path.GetFileName(path) is not ['.' or '_', ..] && isWanted(path)).Order(StringComparer.Ordinal)];
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            throw new InputException($"{folder}: the folder cannot be read: {exception.Message}", exception) { Setting = InputSetting.Data };
        }
    }

    private static InputException Wrong(string message) => new(message) { Setting = InputSetting.Data };

    /// <summary>Reads pictures on all processors, and keeps what is wrong with some.</summary>
    private sealed class Reading(string folder, ImageShape shape, bool isHeld, int total, Action<DataProgress>? progress, CancellationToken cancellation)
    {
        private readonly List<string> leftOut = [];
        private int read;

        public List<string> LeftOut => leftOut;

        public ImageSet Read(List<(string Path, int Label)> files)
        {
            var pictures = new Picture?[files.Count];
            var faults = new string?[files.Count];
            var pixels = isHeld ? new byte[files.Count * shape.Count] : [];
            var options = new ParallelOptions { MaxDegreeOfParallelism = Environment.ProcessorCount, CancellationToken = cancellation };
            InParallel(files.Count, options, i =>
            {
                try
                {
                    var name = Path.GetRelativePath(folder, files[i].Path).Replace(Path.DirectorySeparatorChar, '/');
                    (pictures[i], var values) = Picture.Open(files[i].Path, name, shape);
                    if (isHeld)
                    {
                        values.CopyTo(pixels, i * shape.Count);
                    }
                }
                catch (InputException exception)
                {
                    faults[i] = exception.Message;
                }

                lock (leftOut)
                {
                    read++;
                    progress?.Invoke(new PictureProgress(read, total));
                }
            });
            leftOut.AddRange(faults.OfType<string>());
            var all = ImageSet.Of(pixels, [.. files.Select(file => file.Label)], shape, pictures!);
            return faults.Any(fault => fault is not null) ? all.Select([.. Enumerable.Range(0, files.Count).Where(i => pictures[i] is not null)]) : all;
        }

        // What progress is shown on may fail, and whoever shows it knows that exception only.
        private static void InParallel(int count, ParallelOptions options, Action<int> body)
        {
            try
            {
                Parallel.For(0, count, options, body);
            }
            catch (AggregateException exception)
            {
                ExceptionDispatchInfo.Throw(exception.InnerExceptions[0]);
            }
        }
    }
}
