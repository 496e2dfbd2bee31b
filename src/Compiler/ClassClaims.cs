using FashionCnn.Compiler.Diagnostics;
using FashionCnn.Compiler.Emit;
using FashionCnn.Compiler.Syntax;

namespace FashionCnn.Compiler;

/// <summary>A class name and the file that claims it.</summary>
internal readonly record struct ClassClaim(string Id, string ClassName, string Path);

/// <summary>Who gets which class name. Equal hint names, compared ignoring case, would make the C# compiler drop everything.</summary>
/// <param name="Entries">The models that are emitted, by id.</param>
/// <param name="Losers">The files that get no class, because another one with the same name came first.</param>
/// <param name="Contested">All claims on names that more than one file claims, in the order in which they count.</param>
/// <param name="Namespace">The namespace of the classes.</param>
internal sealed record ClassClaims(
    EquatableArray<CatalogEntry> Entries, EquatableArray<string> Losers, EquatableArray<ClassClaim> Contested, string Namespace)
{
    /// <summary>The claims in the order of the files: cheap enough to be made at every edit.</summary>
    public static EquatableArray<ClassClaim> Of(IReadOnlyList<CompiledSpec> specs)
    {
        var claims = new List<ClassClaim>(specs.Count);
        foreach (var spec in specs)
        {
            if (spec.Plan is { } plan)
            {
                claims.Add(new ClassClaim(plan.Id, plan.ClassName, spec.NamePlace!.Path));
            }
        }

        return claims.ToEquatableArray();
    }

    /// <summary>The first claim on a name wins, by id and path.</summary>
    public static ClassClaims Settle(EquatableArray<ClassClaim> claims, string @namespace)
    {
        var groups = claims
            .OrderBy(claim => claim.Id, StringComparer.Ordinal)
            .ThenBy(claim => claim.Path, StringComparer.Ordinal)
            .GroupBy(claim => claim.ClassName, StringComparer.OrdinalIgnoreCase)
            .Select(group => group.ToList())
            .ToList();
        var contested = groups.Where(group => group.Count > 1).ToList();
        return new ClassClaims(
            groups.Select(group => new CatalogEntry(group[0].Id, group[0].ClassName)).ToEquatableArray(),
            contested.SelectMany(group => group.Select(claim => claim.Path).Where(path => path != group[0].Path)).ToEquatableArray(),
            contested.SelectMany(group => group).ToEquatableArray(),
            @namespace);
    }

    /// <summary>An error for every file whose class name another one claims too.</summary>
    /// <param name="specs">All specs.</param>
    /// <param name="project">The project's folder, from which paths are given; empty when it is not known.</param>
    public EquatableArray<SpecDiagnostic> Conflicts(IReadOnlyList<CompiledSpec> specs, string project) =>
        Contested.IsEmpty ? [] : specs.SelectMany(spec => Conflict(spec, project)).ToEquatableArray();

    private IEnumerable<SpecDiagnostic> Conflict(CompiledSpec spec, string project)
    {
        if (spec.NamePlace is not { } place)
        {
            yield break;
        }

        var rivals = Contested.Where(claim => string.Equals(claim.ClassName, spec.Plan!.ClassName, StringComparison.OrdinalIgnoreCase)).Select(claim => claim.Path).ToList();
        var others = rivals.Where(path => path != place.Path).ToList();
        if (others.Count > 0)
        {
            // Where files have one name in several folders, the name alone would be the reader's own.
            var areNamesApart = rivals.Select(Path.GetFileName).Distinct(StringComparer.OrdinalIgnoreCase).Count() == rivals.Count;
            yield return place with
            {
                Arguments = [Visible.Text(spec.Plan!.ClassName), Visible.Text(Text.List(others.Select(path => areNamesApart ? Path.GetFileName(path) : FilePath.From(project, path))))],
            };
        }
    }
}
