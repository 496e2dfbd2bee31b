using FashionCnn.Tests;
using Xunit;

namespace FashionCnn.Generator.Tests;

public sealed class ModelSnapshotTests
{
    private static readonly string[] SpecsWithReferences = ["references", "nasnet_cells"];

    public static TheoryData<string> Specs => [.. ProjectSpecs.Ids];

    public static TheoryData<string> WithReferences => [.. SpecsWithReferences];

    [Theory]
    [MemberData(nameof(Specs))]
    public void The_generated_class_is_the_one_that_was_reviewed(string id)
    {
        MatchClass(Repository.SpecPath(id), $"{nameof(ModelSnapshotTests)}.{nameof(The_generated_class_is_the_one_that_was_reviewed)}_id={id}");
    }

    // Of what no spec of the project has.
    [Fact]
    public void Frozen_layers_are_seen_in_the_generated_class() =>
        MatchClass(Path.Combine(Repository.Fixtures, "valid", "frozen.json"), $"{nameof(ModelSnapshotTests)}.{nameof(Frozen_layers_are_seen_in_the_generated_class)}");

    [Theory]
    [MemberData(nameof(WithReferences))]
    public void Values_that_are_read_by_name_have_variables_where_they_need_them(string id) =>
        MatchClass(Path.Combine(Repository.Fixtures, "valid", $"{id}.json"), $"{nameof(ModelSnapshotTests)}.{nameof(Values_that_are_read_by_name_have_variables_where_they_need_them)}_id={id}");

    private static void MatchClass(string spec, string snapshot)
    {
        var result = GeneratorRun.Run(SpecFile.Read(spec));

        var source = Assert.Single(result.Results[0].GeneratedSources, source => source.HintName != "ModelCatalog.g.cs");
        Snapshot.Match($"//HintName: {source.HintName}\n{source.SourceText}", Repository.Snapshots, snapshot, "cs");
    }

    [Fact]
    public void The_catalog_lists_every_spec_by_id()
    {
        var result = GeneratorRun.Run([.. Repository.SpecPaths.Reverse().Select(SpecFile.Read)]);

        var source = Assert.Single(result.Results[0].GeneratedSources, source => source.HintName == "ModelCatalog.g.cs");
        Snapshot.Match($"//HintName: {source.HintName}\n{source.SourceText}", Repository.Snapshots, $"{nameof(ModelSnapshotTests)}.{nameof(The_catalog_lists_every_spec_by_id)}", "cs");
    }

    [Fact]
    public void No_snapshot_is_stale()
    {
        var expected = ProjectSpecs.Ids.Select(id => $"{nameof(ModelSnapshotTests)}.{nameof(The_generated_class_is_the_one_that_was_reviewed)}_id={id}.verified.cs")
            .Append($"{nameof(ModelSnapshotTests)}.{nameof(The_catalog_lists_every_spec_by_id)}.verified.cs")
            .Append($"{nameof(ModelSnapshotTests)}.{nameof(Frozen_layers_are_seen_in_the_generated_class)}.verified.cs")
            .Concat(SpecsWithReferences.Select(id => $"{nameof(ModelSnapshotTests)}.{nameof(Values_that_are_read_by_name_have_variables_where_they_need_them)}_id={id}.verified.cs"))
            .Order();

        Assert.Equal(expected, Directory.GetFiles(Repository.Snapshots, "*.cs").Select(Path.GetFileName).Order());
    }
}
