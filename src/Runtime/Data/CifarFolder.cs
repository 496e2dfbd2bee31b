using FashionCnn.Models;
using FashionCnn.Storage;

namespace FashionCnn.Data;

/// <summary>
/// Reads CIFAR-10's and CIFAR-100's binary files (Krizhevsky 2009). Each record is a label, in CIFAR-100 after that of the class's group,
/// and 32 x 32 values of red, then of green, then of blue.
/// </summary>
internal static class CifarFolder
{
    // Six times what there is.
    private const long MaxBytes = 1L << 30;

    private static readonly ImageShape Shape = new(32, 32, 3);

    private static readonly Form[] Forms =
    [
        new(10, LabelBytes: 1, ["data_batch_1.bin", "data_batch_2.bin", "data_batch_3.bin", "data_batch_4.bin", "data_batch_5.bin"], "test_batch.bin", "batches.meta.txt"),
        new(100, LabelBytes: 2, ["train.bin"], "test.bin", "fine_label_names.txt"),
    ];

    /// <summary>A folder has at least one of the files of training images.</summary>
    public static bool IsIn(string folder) => FormOf(folder) is not null;

    /// <summary>The data set of a folder.</summary>
    /// <exception cref="InputException">A file is missing or cannot be used.</exception>
    public static DataSet Read(string folder)
    {
        var form = FormOf(folder)!;
        if (form.Train.Where(name => !File.Exists(Path.Combine(folder, name))).ToList() is { Count: > 0 } missing)
        {
            throw new InputException($"{folder}: {string.Join(", ", missing)} {(missing.Count == 1 ? "is" : "are")} missing there. CIFAR-{form.Classes} has {string.Join(", ", form.Train.Append(form.Test))}. Get the files again.") { Setting = InputSetting.Data };
        }

        var location = DataFolder.Location(folder);
        var listed = ClassNames.In(folder) ?? (Path.Combine(folder, form.Names) is var path && File.Exists(path) ? ClassNames.Read(path) : null);
        if (listed is not null && listed.Count != form.Classes)
        {
            throw new InputException($"{folder}: the file of class names has {listed.Count} of them, but CIFAR-{form.Classes} has {form.Classes} classes. Correct {ClassNames.FileName} or {form.Names}.");
        }

        return new DataSet(
            Path.GetFileName(location), location, Verified: false, IsSample: false, listed ?? DataSet.Numbers(form.Classes),
            Images(form, folder, form.Train),
            Images(form, folder, File.Exists(Path.Combine(folder, form.Test)) ? [form.Test] : []))
        {
            Kind = DataKind.Cifar,
        };
    }

    private static Form? FormOf(string folder) => Forms.FirstOrDefault(form => form.Train.Any(name => File.Exists(Path.Combine(folder, name))));

    private static ImageSet Images(Form form, string folder, IReadOnlyList<string> names)
    {
        var paths = names.Select(name => Path.Combine(folder, name)).ToList();
        if (paths.Sum(path => new FileInfo(path).Length) is > MaxBytes and var bytes)
        {
            throw new InputException($"{folder}: {string.Join(", ", names)} {(names.Count == 1 ? "has" : "have")} {bytes:N0} bytes; expected is at most 1 GiB. Get the files again.") { Setting = InputSetting.Data };
        }

        var files = paths.Select(path => (Path: path, Content: Content(path, form))).ToList();
        var record = form.LabelBytes + Shape.Count;
        var count = files.Sum(file => file.Content.Length / record);
        var (pixels, labels) = (new byte[count * Shape.Count], new int[count]);
        var image = 0;
        foreach (var (path, content) in files)
        {
            for (var start = 0; start < content.Length; start += record, image++)
            {
                labels[image] = content[start + form.LabelBytes - 1];
                if (labels[image] >= form.Classes)
                {
                    throw new InputException($"{path}: the label of image {start / record} is {labels[image]}, but CIFAR-{form.Classes} has the classes 0 to {form.Classes - 1}. Get the file again.");
                }

                Interleave(content.AsSpan(start + form.LabelBytes, Shape.Count), pixels.AsSpan(image * Shape.Count, Shape.Count));
            }
        }

        return new ImageSet(pixels, labels, Shape);
    }

    // The values of a pixel side by side.
    private static void Interleave(ReadOnlySpan<byte> planes, Span<byte> pixels)
    {
        var size = planes.Length / Shape.Channels;
        for (var channel = 0; channel < Shape.Channels; channel++)
        {
            for (var i = 0; i < size; i++)
            {
                pixels[(i * Shape.Channels) + channel] = planes[(channel * size) + i];
            }
        }
    }

    private static byte[] Content(string path, Form form)
    {
        try
        {
            var content = File.ReadAllBytes(path);
            var record = form.LabelBytes + Shape.Count;
            return content.Length > 0 && content.Length % record == 0
                ? content
                : throw new InputException($"{path}: the file has {content.Length:N0} bytes, which is not a whole number of CIFAR-{form.Classes}'s images of {record:N0} bytes. Get the file again.");
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            throw new InputException($"{path}: the file cannot be read: {exception.Message}", exception);
        }
    }

    /// <summary>What the two sets differ in.</summary>
    private sealed record Form(int Classes, int LabelBytes, IReadOnlyList<string> Train, string Test, string Names);
}
