using FashionCnn.Storage;

namespace FashionCnn.Data;

/// <summary>Reads the four IDX files of a folder.</summary>
internal static class IdxFolder
{
    /// <summary>The data set of a folder; verified when its content was published.</summary>
    /// <param name="folder">Where the files are.</param>
    /// <param name="namedBy">What named the folder, to begin messages with, such as <c>FASHION_MNIST_DIR</c>; null when the caller did.</param>
    /// <param name="takesFirst">Of several files for the same data, the first one is used, whatever the others contain.</param>
    /// <exception cref="InputException">A file is missing or cannot be used.</exception>
    public static DataSet Read(string folder, string? namedBy, bool takesFirst = false)
    {
        var where = namedBy is null ? folder : $"{namedBy} {folder}";
        var paths = IdxFileName.All.ToDictionary(file => file, file => file.Candidates.Select(name => Path.Combine(folder, name)).FirstOrDefault(Path.Exists));
        var hasTest = paths[IdxFileName.TestImages] is not null || paths[IdxFileName.TestLabels] is not null;
        if (paths.Where(pair => pair.Value is null && (hasTest || pair.Key.IsOfTraining)).Select(pair => pair.Key.Name).ToList() is { Count: > 0 } missing)
        {
            throw new InputException(
                $"{where}: {string.Join(", ", missing)} {(missing.Count == 1 ? "is" : "are")} missing there (each with or without .gz). "
                + "Four IDX files are expected: " + string.Join(", ", IdxFileName.All.Select(file => file.Name)) + ".")
            {
                Setting = InputSetting.Data,
            };
        }

        var contents = paths.Where(pair => pair.Value is not null)
            .ToDictionary(pair => pair.Key, pair => takesFirst ? IdxReader.ReadFile(pair.Value!, pair.Key.HasImages) : ReadAlike(folder, pair.Key));
        var train = Pair(contents, paths, IdxFileName.TrainImages, IdxFileName.TrainLabels);
        var test = hasTest ? Pair(contents, paths, IdxFileName.TestImages, IdxFileName.TestLabels) : new ImageSet([], [], train.Shape);
        var location = DataFolder.Location(folder);
        if (PublishedData.Find(file => contents.GetValueOrDefault(file)?.Sha256) is { } published)
        {
            return new DataSet(published.Name, location, Verified: true, IsSample: false, published.ClassNames, train, test);
        }

        var name = Path.GetFileName(location);
        var names = ClassNames.In(folder);
        // The format has no names, and no number of classes but that of the labels.
        var classes = train.Labels.Concat(test.Labels).Max() + 1;
        if (names is not null && classes > names.Count)
        {
            throw new InputException($"{Path.Combine(folder, ClassNames.FileName)}: the file has {names.Count} names, but the labels go up to {classes - 1}. Write {classes} names, one for each class.");
        }

        return new DataSet(
            name, location, Verified: false, IsSample: false, names ?? DataSet.Numbers(classes), train, test,
            $"Unverified data: the content of {folder} does not match {PublishedData.Names}'s published checksums. It is used anyway, {(names is null ? "with numbers for class names" : $"with the class names in {ClassNames.FileName}")}.");
    }

    /// <summary>A folder has at least one file by the name of one of the four.</summary>
    public static bool IsIn(string folder) => IdxFileName.All.Any(file => file.Candidates.Any(name => Path.Exists(Path.Combine(folder, name))));

    // Whichever of two different ones was taken, it would be the wrong one for somebody.
    private static IdxContent ReadAlike(string folder, IdxFileName file)
    {
        var found = file.Candidates.Select(name => Path.Combine(folder, name)).Where(Path.Exists).ToList();
        var content = IdxReader.ReadFile(found[0], file.HasImages);
        foreach (var other in found.Skip(1).Where(path => IdxReader.ReadFile(path, file.HasImages).Sha256 != content.Sha256))
        {
            throw new InputException($"{found[0]} and {other} stand for the same file, but their contents differ. Remove the one that you do not want.") { Setting = InputSetting.Data };
        }

        return content;
    }

    private static ImageSet Pair(
        Dictionary<IdxFileName, IdxContent> contents, Dictionary<IdxFileName, string?> paths, IdxFileName images, IdxFileName labels)
    {
        if (contents[images].Count != contents[labels].Count)
        {
            throw new InputException(
                $"{paths[images]} holds {contents[images].Count:N0} images, but {paths[labels]} {contents[labels].Count:N0} labels. The counts must be equal: get both files from one source.");
        }

        return new ImageSet(contents[images].Values, contents[labels].Labels, contents[images].Shape);
    }
}
