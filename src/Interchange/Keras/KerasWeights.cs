using System.IO.Compression;
using System.Runtime.InteropServices;
using System.Text;
using PureHDF;
using PureHDF.VOL.Native;

namespace FashionCnn.Interchange.Keras;

/// <summary>The tensors in a file of Keras, which are HDF5 either way.</summary>
internal sealed class KerasWeights : IDisposable
{
    private readonly IDisposable? archive;
    private readonly Func<Stream> open;
    private BoundedStream? stream;
    private NativeFile? root;
    private readonly Dictionary<string, string[]> legacyNames = [];

    // Each group is gone through once: to look for one of its members takes as long.
    private readonly Dictionary<string, Dictionary<string, IH5Object>?> groups = [];

    private KerasWeights(Func<Stream> open, IDisposable? archive, bool isLegacy)
    {
        this.open = open;
        this.archive = archive;
        IsLegacy = isLegacy;
    }

    /// <summary>The tensors are grouped by the names of the layers, and have names themselves.</summary>
    public bool IsLegacy { get; }

    /// <summary>The bytes of all tensors and what describes them.</summary>
    public long Length
    {
        get
        {
            _ = Root;
            return stream!.Length;
        }
    }

    private NativeFile Root => root ??= Open();

    /// <summary>The part of a .keras file with the weights, which is unpacked when the first one is asked for.</summary>
    public static KerasWeights OfArchive(ZipArchive archive, ZipArchiveEntry entry) => new(() => Unpacked(entry), archive, isLegacy: false);

    /// <summary>A legacy file.</summary>
    public static KerasWeights OfLegacy(FileStream file) => new(() => file, null, isLegacy: true);

    /// <summary>The version of Keras that wrote a legacy file; null when it does not say.</summary>
    public string? KerasVersion => Root.AttributeExists("keras_version") ? Root.Attribute("keras_version").Read<string>() : null;

    /// <summary>What a legacy file says of the model.</summary>
    public byte[] Description(int limit)
    {
        if (!Root.AttributeExists("model_config"))
        {
            throw new InvalidDataException("it has weights but not the model, which save writes and save_weights does not.");
        }

        var text = Root.Attribute("model_config").Read<string>();
        return text.Length <= limit ? Encoding.UTF8.GetBytes(text) : throw new InvalidDataException($"its description of the model takes more than {limit >> 20} MB.");
    }

    /// <summary>Finds a layer's tensor.</summary>
    /// <param name="layer">The layer.</param>
    /// <param name="index">Its place among the layer's tensors.</param>
    /// <param name="name">Its name.</param>
    /// <returns>Null when there is none.</returns>
    public IH5Dataset? Find(KerasLayer layer, int index, string name)
    {
        if (!IsLegacy)
        {
            return At($"{layer.Place}/vars/{index}") as IH5Dataset;
        }

        var top = $"model_weights/{layer.Path.Split('/')[0]}";
        if (!legacyNames.TryGetValue(top, out var names))
        {
            legacyNames[top] = names = At(top) is IH5Group group ? Names(group) : [];
        }

        return Choose(names, layer, name) is { } found ? At($"{top}/{found}") as IH5Dataset : null;
    }

    /// <summary>The one of a legacy file's names that has most of a layer's path before the tensor's name: of nested models, some of it may be missing.</summary>
    /// <exception cref="InvalidDataException">Several have as much of it.</exception>
    public static string? Choose(IReadOnlyList<string> names, KerasLayer layer, string name)
    {
        var parts = layer.Path.Split('/');
        for (var skipped = 0; skipped < parts.Length; skipped++)
        {
            var wanted = $"/{string.Join('/', parts.Skip(skipped))}/{name}";
            var fitting = names.Select(candidate => (Name: candidate, Path: $"/{candidate.Split(':')[0]}")).Where(candidate => candidate.Path.EndsWith(wanted, StringComparison.Ordinal)).ToList();
            // Layers of nested models may be called like this one; their names are longer.
            switch (fitting.Where(candidate => candidate.Path == wanted).ToList() is [var exact] ? [exact] : fitting)
            {
                case [var found]:
                    return found.Name;
                case [_, ..]:
                    throw new InvalidDataException($"it has several tensors that may be the {name} of {layer.Where}.");
            }
        }

        return null;
    }

    /// <summary>The sizes of a tensor.</summary>
    public static long[] ShapeOf(IH5Dataset data) => [.. data.Space.Dimensions.Select(size => checked((long)size))];

    /// <summary>Whether a tensor is of 32-bit floats.</summary>
    public static bool IsFloat(IH5Dataset data) => data.Type is { Class: H5DataTypeClass.FloatingPoint, Size: 4 };

    /// <summary>The values of a tensor whose shape was checked: no more is taken from memory than that.</summary>
    public float[] Read(IH5Dataset data)
    {
        // A compressed tensor could unpack to any size; Keras writes none.
        if (data.Layout.Class is not (H5DataLayoutClass.Contiguous or H5DataLayoutClass.Compact))
        {
            throw new InvalidDataException("a tensor is kept in compressed pieces, which Keras does not write.");
        }

        // Keras counts in integers.
        return data.Type.Class == H5DataTypeClass.FloatingPoint ? Taken<float>()
            : data.Type.Size == 8 ? [.. Taken<long>().Select(value => (float)value)]
            : [.. Taken<int>().Select(value => (float)value)];

        // HDF5 can keep values in other files, which a model's file has no business to name.
        T[] Taken<T>()
            where T : unmanaged
        {
            var values = data.Read<T[]>();
            return data.Layout.Class == H5DataLayoutClass.Compact || stream!.EndedWith(MemoryMarshal.AsBytes(values.AsSpan()))
                ? values
                : throw new InvalidDataException("the values of a tensor are not in the file.");
        }
    }

    public void Dispose()
    {
        root?.Dispose();
        stream?.Dispose();
        archive?.Dispose();
    }

    /// <summary>What is at a path; null for nothing.</summary>
    private IH5Object? At(string path)
    {
        if (path.Length == 0)
        {
            return Root;
        }

        var parent = path[..Math.Max(path.LastIndexOf('/'), 0)];
        if (!groups.TryGetValue(parent, out var members))
        {
            groups[parent] = members = (At(parent) as IH5Group)?.Children().ToDictionary(child => child.Name);
        }

        return members?.GetValueOrDefault(path[(path.LastIndexOf('/') + 1)..]);
    }

    // A long list is cut into several attributes.
    private static string[] Names(IH5Group group)
    {
        const string Name = "weight_names";
        var names = new List<string>();
        foreach (var attribute in group.AttributeExists(Name) ? [Name] : Enumerable.Range(0, 10_000).Select(i => $"{Name}{i}").TakeWhile(group.AttributeExists))
        {
            // Of a layer without weights the list is empty, and not even one of strings.
            var list = group.Attribute(attribute);
            names.AddRange(list.Space.Dimensions is [0] ? [] : list.Read<string[]>());
        }

        return [.. names.Distinct()];
    }

    private static FileStream Unpacked(ZipArchiveEntry entry)
    {
        var file = TemporaryFolderException.Around(() => new FileStream(Path.GetTempFileName(), FileMode.Open, FileAccess.ReadWrite, FileShare.None, 1 << 16, FileOptions.DeleteOnClose));
        try
        {
            using var packed = entry.Open();
            var buffer = new byte[1 << 20];
            // Keras packs weights without compressing them, and floats hardly shrink: what unpacks to far more is no model.
            var limit = Math.Min(entry.Length, checked((16 * entry.CompressedLength) + (1 << 20)));
            for (int count; (count = packed.Read(buffer)) > 0;)
            {
                limit -= count;
                if (limit < 0)
                {
                    throw new InvalidDataException("its weights unpack to more than they can be.");
                }

                TemporaryFolderException.Around(() => file.Write(buffer, 0, count));
            }

            // Seeking writes what is still in the buffer.
            TemporaryFolderException.Around(() => file.Position = 0);
            return file;
        }
        catch
        {
            try
            {
                file.Dispose();
            }
            catch (IOException)
            {
                // What could not be written cannot be written now.
            }

            throw;
        }
    }

    private NativeFile Open()
    {
        stream = new BoundedStream(open());
        return H5File.Open(stream);
    }
}
