using System.Text.RegularExpressions;
using FashionCnn.Compiler.Layers;
using FashionCnn.Tests;
using Xunit;

namespace FashionCnn.Compiler.Tests;

/// <summary>Imports go one way, and no layer kind is named outside its file and the table.</summary>
public sealed class DirectionTests
{
    private const string Root = "FashionCnn.Compiler";

    // The page docs/architecture.md says the same in words.
    private static readonly string[][] Levels =
    [
        ["Syntax"], ["Diagnostics"], ["Keys"], ["Shapes", "Code"], ["Layers", "Training"], ["Bind"], ["Infer"], ["Emit", "Show"], [""], ["Project"],
    ];

    private static readonly string Library = typeof(SpecCompiler).Assembly.Location;

    private static readonly IReadOnlySet<(string From, string To)> References = NamespaceReferences.Of(Library, Root);

    [Fact]
    public void Rooms_use_only_those_before_them()
    {
        Assert.Empty(NamespaceReferences.Against(Library, Root, Levels));
        // Turned round, nothing is right.
        Assert.Contains("FashionCnn.Compiler.Bind.EntryBinder uses FashionCnn.Compiler.Layers.LayerTable", NamespaceReferences.Against(Library, Root, [.. Levels.Reverse()]));
        Assert.Contains("FashionCnn.Compiler.SpecCompiler uses FashionCnn.Compiler.Bind.SpecBinder", NamespaceReferences.Against(Library, Root, Levels[..^2]));
    }

    // Constants leave no reference in the assembly.
    [Fact]
    public void Files_import_only_rooms_before_them()
    {
        var places = Levels.SelectMany((rooms, level) => rooms.Select(room => (room, level))).ToDictionary(pair => pair.room, pair => pair.level);
        var imports = Directory.GetFiles(Repository.Sources, "*.cs", SearchOption.AllDirectories)
            .Select(path => (Room: Path.GetRelativePath(Repository.Sources, Path.GetDirectoryName(path)!).Replace(".", string.Empty, StringComparison.Ordinal), Path: path))
            .Where(file => places.ContainsKey(file.Room))
            .SelectMany(file => Regex.Matches(File.ReadAllText(file.Path), @"^using FashionCnn\.Compiler\.?(\w*);", RegexOptions.Multiline).Select(match => (file.Room, file.Path, Import: match.Groups[1].Value)))
            .ToList();

        Assert.True(imports.Count > 100);
        Assert.DoesNotContain(imports, import => places[import.Import] >= places[import.Room]);
    }

    [Fact]
    public void The_library_needs_neither_tensors_nor_pictures_nor_Roslyn()
    {
        var assemblies = NamespaceReferences.Assemblies(Library);

        Assert.Contains("System.Text.Json", assemblies);
        Assert.DoesNotContain(assemblies, name => Regex.IsMatch(name, "TorchSharp|Skia|ScottPlot|CodeAnalysis|FashionCnn"));
    }

    [Fact]
    public void No_layer_kind_is_named_outside_its_file_and_the_table()
    {
        var kinds = LayerTable.Kinds.Select(kind => kind.GetType().FullName!).ToHashSet();
        Assert.Contains((typeof(LayerTable).FullName!, kinds.First()), References);

        Assert.DoesNotContain(References, reference => kinds.Contains(reference.To) && reference.From != typeof(LayerTable).FullName);
    }

    [Fact]
    public void No_layer_kind_is_told_by_its_type()
    {
        var types = LayerTable.Types.ToHashSet();
        var files = Directory.GetFiles(Repository.Sources, "*.cs", SearchOption.AllDirectories).Where(path => !Regex.IsMatch(path, @"[\\/](obj|bin)[\\/]")).ToList();
        var literals = files.SelectMany(path => Regex.Matches(File.ReadAllText(path), "(?<!\\\\)\"(\\w+)\"").Select(match => (File: Path.GetFileNameWithoutExtension(path), Text: match.Groups[1].Value))).ToList();
        Assert.Superset(types, literals.Where(literal => literal.File == literal.Text).Select(literal => literal.Text).ToHashSet());

        Assert.DoesNotContain(literals, literal => types.Contains(literal.Text) && literal.File != literal.Text);
    }
}
