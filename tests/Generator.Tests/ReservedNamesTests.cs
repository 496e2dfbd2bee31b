using System.Reflection;
using FashionCnn.Compiler.Bind;
using FashionCnn.Compiler.Keys;
using FashionCnn.Compiler.Layers;
using Microsoft.CodeAnalysis;
using Xunit;

namespace FashionCnn.Generator.Tests;

/// <summary>No layer and no class takes a name that the generated class has already.</summary>
public sealed class ReservedNamesTests
{
    private const BindingFlags All = BindingFlags.Instance | BindingFlags.Static | BindingFlags.Public | BindingFlags.NonPublic | BindingFlags.FlattenHierarchy;

    private static readonly Lazy<Type> Model = new(() => CompiledModels.Load([SpecFile.Of(Spec(), "net.json")])["net"].Create().GetType());

    public static TheoryData<string> Declared => [.. LayerNames.Declared];

    public static TheoryData<string> Reserved => [.. LayerNames.Reserved];

    [Fact]
    public void Every_member_that_a_layer_could_be_called_like_is_reserved()
    {
        var reachable = Reachable(Model.Value).ToList();
        Assert.Contains("Register", reachable);
        Assert.Contains("forward", reachable);
        Assert.Contains("MemberwiseClone", reachable);
        Assert.Contains("TotalParameters", reachable);

        // Of the class itself, Dense1 is its only layer.
        Assert.Empty(reachable.Where(CanBeLayer).Except(LayerNames.Reserved).Except(["Dense1"]));
    }

    [Fact]
    public void Every_reserved_name_is_a_member() => Assert.Empty(LayerNames.Reserved.Except(Reachable(Model.Value)));

    [Fact]
    public void The_declared_names_are_the_ones_that_every_class_declares()
    {
        var declared = Model.Value.GetMembers(All | BindingFlags.DeclaredOnly).Where(IsWritten).Select(member => member.Name).Distinct();

        Assert.Equal(LayerNames.Declared.Append("Dense1").Order(), declared.Where(CanBeLayer).Order());
    }

    [Fact]
    public void No_numbered_name_is_reserved()
    {
        var prefixes = LayerTable.Kinds.Select(kind => Identifier.PascalCase(kind.NamePrefix)).Distinct().ToList();

        Assert.DoesNotContain(LayerNames.Reserved, name => prefixes.Any(prefix => name.StartsWith(prefix, StringComparison.OrdinalIgnoreCase) && name[prefix.Length..].All(char.IsAsciiDigit)));
    }

    [Theory]
    [MemberData(nameof(Reserved))]
    public void A_layer_with_a_reserved_name_is_an_error_at_the_name(string name)
    {
        foreach (var written in Spellings(name))
        {
            var spec = SpecFile.Of(Spec(layerName: written), "net.json");

            var diagnostic = Assert.Single(GeneratorRun.Run(spec).Diagnostics);
            Assert.Equal(("FCNN1022", $"\"{written}\""), (diagnostic.Id, spec.GetText().ToString(diagnostic.Location.SourceSpan)));
        }
    }

    [Theory]
    [MemberData(nameof(Declared))]
    public void A_class_with_the_name_of_its_own_member_is_an_error(string name)
    {
        AssertRefused(SpecFile.Of(Spec(className: name), "net.json"), "FCNN1023");
        AssertRefused(SpecFile.Of(Spec(), $"{char.ToLowerInvariant(name[0])}{name[1..]}.json"), "FCNN1023");
    }

    [Fact]
    public void A_class_with_the_name_of_a_type_that_it_inherits_is_an_error()
    {
        var inherited = Bases(Model.Value).SelectMany(type => type.GetNestedTypes(All)).Where(IsInherited).Select(type => type.Name.Split('`')[0]).ToList();

        Assert.NotEmpty(inherited);
        Assert.All(inherited, name => AssertRefused(SpecFile.Of(Spec(className: name), "net.json"), "FCNN1023"));

        static IEnumerable<Type> Bases(Type type) => type.BaseType is { } above ? Bases(above).Prepend(above) : [];
    }

    // C# leaves invisible characters out of names, and an assembly has room for a thousand bytes of one.
    [Theory]
    [InlineData("Ne\u200dt")]
    [InlineData("Net\u00ad")]
    [InlineData(null)]
    public void A_class_whose_name_C_sharp_would_change_or_refuse_is_an_error(string? name) =>
        AssertRefused(SpecFile.Of(Spec(className: name ?? new string('N', 201)), "net.json"), "FCNN1023");

    [Fact]
    public void Names_of_two_hundred_characters_are_the_longest()
    {
        var (longest, tooLong) = (new string('n', 200), new string('n', 201));

        Assert.Empty(GeneratorRun.Run(SpecFile.Of(Spec(className: longest.ToUpperInvariant(), layerName: longest[..199]), "net.json")).Diagnostics);
        AssertRefused(SpecFile.Of(Spec(layerName: tooLong), "net.json"), "FCNN1021");
    }

    [Theory]
    [InlineData("model_catalog.json")]
    [InlineData("ModelCatalog.json")]
    [InlineData("modelcatalog.json")]
    [InlineData("1st.json")]
    [InlineData("class.json")]
    [InlineData("---.json")]
    public void A_file_whose_name_gives_no_class_is_an_error_and_harms_no_other(string file)
    {
        // PascalCase makes Class of class, which is no keyword.
        if (file != "class.json")
        {
            AssertRefused(SpecFile.Of(Spec(), file), file == "---.json" ? "FCNN1032" : "FCNN1023");
        }

        AssertRefused(SpecFile.Of("{", file), "FCNN0006");
    }

    [Theory]
    [InlineData("dense1.json", null)]
    [InlineData("net.json", "Dense1")]
    public void A_class_with_the_name_of_a_numbered_layer_is_an_error_at_the_layer(string file, string? className)
    {
        var spec = SpecFile.Of(Spec(className: className), file);

        var diagnostic = AssertRefused(spec, "FCNN1022");
        Assert.Equal("\"Dense\"", spec.GetText().ToString(diagnostic.Location.SourceSpan));
        Assert.Contains("the class itself is called Dense1", diagnostic.GetMessage(null), StringComparison.Ordinal);
    }

    [Fact]
    public void A_numbered_layer_without_weights_takes_no_name_from_the_class() =>
        Assert.Empty(GeneratorRun.Run(SpecFile.Of(Spec(), "flatten1.json")).Diagnostics);

    [Fact]
    public void A_layer_with_the_name_of_its_class_is_an_error() =>
        AssertRefused(SpecFile.Of(Spec(layerName: "net"), "net.json"), "FCNN1022");

    /// <summary>The spec has this error, and what is generated beside it compiles.</summary>
    private static Diagnostic AssertRefused(SpecFile spec, string id)
    {
        GeneratorRun.Driver([spec, SpecFile.Of(Spec(), "good.json")]).RunGeneratorsAndUpdateCompilation(GeneratorRun.Compilation(), out var compilation, out var diagnostics);

        var diagnostic = Assert.Single(diagnostics);
        Assert.Equal(id, diagnostic.Id);
        Assert.DoesNotContain(compilation.GetDiagnostics(), other => other.Severity >= DiagnosticSeverity.Warning);
        Assert.NotNull(compilation.GetTypeByMetadataName("Consumer.GeneratedModels.Good"));
        return diagnostic;
    }

    /// <summary>The names of all members that code inside the class can name, types within its bases among them.</summary>
    private static IEnumerable<string> Reachable(Type type)
    {
        for (var current = type; current is not null; current = current.BaseType)
        {
            // Private members of a base are out of reach, and internal ones, because the bases are in other assemblies.
            foreach (var member in current.GetMembers(All | BindingFlags.DeclaredOnly).Where(IsWritten).Where(member => current == type || IsInherited(member)))
            {
                yield return member.Name.Split('`')[0];
            }
        }
    }

    private static bool IsWritten(MemberInfo member) => member is not ConstructorInfo && !member.Name.Contains('<', StringComparison.Ordinal) && member is not MethodBase { IsSpecialName: true };

    private static bool IsInherited(MemberInfo member) => member switch
    {
        MethodBase method => method.IsPublic || method.IsFamily || method.IsFamilyOrAssembly,
        FieldInfo field => field.IsPublic || field.IsFamily || field.IsFamilyOrAssembly,
        PropertyInfo property => property.GetAccessors(nonPublic: true).Any(IsInherited),
        EventInfo e => IsInherited(e.GetAddMethod(nonPublic: true)!),
        Type nested => nested.IsNestedPublic || nested.IsNestedFamily || nested.IsNestedFamORAssem,
        _ => true,
    };

    /// <summary>Some legal layer name becomes this name in C#: it begins with a capital and has no underscore.</summary>
    private static bool CanBeLayer(string name) => Spellings(name).Any();

    /// <summary>The snake_case names that become a name: every capital may begin a word or, where names differ by capitals only, not.</summary>
    private static IEnumerable<string> Spellings(string name)
    {
        var words = string.Concat(name.Select((value, index) => char.IsAsciiLetterUpper(value) && index > 0 ? $"_{char.ToLowerInvariant(value)}" : $"{char.ToLowerInvariant(value)}"));
        return new[] { words, name.ToLowerInvariant() }
            .Distinct()
            .Where(Identifier.IsSnakeCase)
            .Where(written => Identifier.PascalCase(written) == name || (char.IsAsciiLetterUpper(name[0]) && string.Equals(Identifier.PascalCase(written), name, StringComparison.OrdinalIgnoreCase)));
    }

    private static string Spec(string? className = null, string? layerName = null)
    {
        var name = className is null ? string.Empty : $"\"name\": \"{className}\", ";
        var layer = layerName is null ? string.Empty : $"\"name\": \"{layerName}\", ";
        return $$"""{ "version": 1, {{name}}"input": { "shape": [4, 4, 1] }, "layers": [{ "type": "Flatten" }, { "type": "Dense", {{layer}}"units": 2 }] }""";
    }
}
