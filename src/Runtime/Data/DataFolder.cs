using FashionCnn.Compiler.Keys;

namespace FashionCnn.Data;

/// <summary>Reads the four IDX files of a folder.</summary>
internal static class DataFolder
{
    private const int MaxLabel = 9;

    /// <summary>The data set of a folder; verified when its content is Fashion-MNIST's.</summary>
    /// <param name="folder">Where the files are.</param>
    /// <param name="givenBy">What named the folder, to begin messages with, such as <c>--data</c>.</param>
    /// <exception cref="InputException">A file is missing or cannot be used.</exception>
    public static DataSet Read(string folder, string givenBy)
    {
        CheckFolder(folder, givenBy);
        var paths = FashionMnist.Files.ToDictionary(file => file, file => file.Candidates.Select(name => Path.Combine(folder, name)).FirstOrDefault(Path.Exists));
        if (paths.Where(pair => pair.Value is null).Select(pair => pair.Key.Name).ToList() is { Count: > 0 } missing)
        {
            throw new InputException(
                $"{givenBy} {folder}: {string.Join(", ", missing)} {(missing.Count == 1 ? "is" : "are")} missing there (each with or without .gz). "
                + "Four IDX files are expected: " + string.Join(", ", FashionMnist.Files.Select(file => file.Name)) + ".");
        }

        var contents = FashionMnist.Files.ToDictionary(file => file, file => IdxReader.ReadFile(paths[file]!, file.HasImages));
        var train = Pair(contents, paths, FashionMnist.TrainImages, FashionMnist.TrainLabels);
        var test = Pair(contents, paths, FashionMnist.TestImages, FashionMnist.TestLabels);
        if (FashionMnist.Files.All(file => contents[file].Sha256 == file.Sha256))
        {
            return new DataSet("Fashion-MNIST", folder, Verified: true, IsSample: false, FashionMnist.ClassNames, train, test);
        }

        var name = Path.GetFileName(Path.GetFullPath(folder).TrimEnd(Path.DirectorySeparatorChar));
        return new DataSet(
            name, folder, Verified: false, IsSample: false, [.. Enumerable.Range(0, MaxLabel + 1).Select(label => $"{label}")], train, test,
            $"Unverified data: the content of {folder} does not have Fashion-MNIST's published sums. It is used as it is, and its classes have numbers.");
    }

    private static void CheckFolder(string folder, string givenBy)
    {
        if (File.Exists(folder))
        {
            throw new InputException($"{givenBy} {folder}: this is a file, but the folder that holds the four IDX files is expected.");
        }

        if (!Directory.Exists(folder))
        {
            throw new InputException(givenBy == "--data"
                ? $"{givenBy} {folder}: there is no such folder{Suggestion.For(folder, [DataSets.Sample])} Give the folder that holds the four IDX files, or --data sample for the built-in sample."
                : $"{givenBy} {folder}: there is no such folder. Give the folder that holds the four IDX files.");
        }
    }

    private static ImageSet Pair(
        Dictionary<IdxFileName, IdxContent> contents, Dictionary<IdxFileName, string?> paths, IdxFileName images, IdxFileName labels)
    {
        if (contents[images].Count != contents[labels].Count)
        {
            throw new InputException(
                $"{paths[images]} holds {contents[images].Count:N0} images, but {paths[labels]} {contents[labels].Count:N0} labels. They must be as many: get both files from one source.");
        }

        var wrong = Array.FindIndex(contents[labels].Values, label => label > MaxLabel);
        if (wrong >= 0)
        {
            throw new InputException(
                $"{paths[labels]}: label {wrong} is {contents[labels].Values[wrong]}, but classes are numbered from 0 to {MaxLabel}. Give a data set with ten classes.");
        }

        return new ImageSet(contents[images].Values, contents[labels].Values, contents[images].Shape);
    }
}
