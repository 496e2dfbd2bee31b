using FashionCnn.Compiler.Keys;

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
        CheckFolder(folder, where);
        var paths = IdxFileName.All.ToDictionary(file => file, file => file.Candidates.Select(name => Path.Combine(folder, name)).FirstOrDefault(Path.Exists));
        if (paths.Where(pair => pair.Value is null).Select(pair => pair.Key.Name).ToList() is { Count: > 0 } missing)
        {
            throw new InputException(
                $"{where}: {string.Join(", ", missing)} {(missing.Count == 1 ? "is" : "are")} missing there (each with or without .gz). "
                + "Four IDX files are expected: " + string.Join(", ", IdxFileName.All.Select(file => file.Name)) + ".")
            {
                Setting = InputSetting.Data,
            };
        }

        var contents = IdxFileName.All.ToDictionary(file => file, file => takesFirst ? IdxReader.ReadFile(paths[file]!, file.HasImages) : ReadAlike(folder, file));
        var train = Pair(contents, paths, IdxFileName.TrainImages, IdxFileName.TrainLabels);
        var test = Pair(contents, paths, IdxFileName.TestImages, IdxFileName.TestLabels);
        // A run is continued from any directory.
        var location = Path.GetFullPath(folder);
        if (PublishedData.Find(file => contents[file].Sha256) is { } published)
        {
            return new DataSet(published.Name, location, Verified: true, IsSample: false, published.ClassNames, train, test);
        }

        var name = Path.GetFileName(Path.TrimEndingDirectorySeparator(location));
        // The format has no names, and no number of classes but that of the labels.
        var classes = train.Labels.Concat(test.Labels).Max() + 1;
        return new DataSet(
            name, location, Verified: false, IsSample: false, DataSet.Numbers(classes), train, test,
            $"Unverified data: the content of {folder} does not match {PublishedData.Names}'s published checksums. It is used anyway, with numbers for class names.");
    }

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

    private static void CheckFolder(string folder, string where)
    {
        if (File.Exists(folder))
        {
            throw new InputException($"{where}: this is a file, but the folder that holds the four IDX files is expected.") { Setting = InputSetting.Data };
        }

        if (!Directory.Exists(folder))
        {
            throw new InputException($"{where}: there is no such folder{Suggestion.For(folder, [DataSets.Sample])} Give the folder that holds the four IDX files, or {DataSets.Sample} for the built-in sample.") { Setting = InputSetting.Data };
        }
    }

    private static ImageSet Pair(
        Dictionary<IdxFileName, IdxContent> contents, Dictionary<IdxFileName, string?> paths, IdxFileName images, IdxFileName labels)
    {
        if (contents[images].Count != contents[labels].Count)
        {
            throw new InputException(
                $"{paths[images]} holds {contents[images].Count:N0} images, but {paths[labels]} {contents[labels].Count:N0} labels. The counts must be equal: get both files from one source.");
        }

        return new ImageSet(contents[images].Values, contents[labels].Values, contents[images].Shape);
    }
}
