using FashionCnn.Generator.Diagnostics;
using FashionCnn.Generator.Syntax;

namespace FashionCnn.Generator.Specs;

/// <summary>Rules between the keys of the <c>training</c> section.</summary>
internal static class TrainingRules
{
    /// <summary>Nesterov's method looks ahead along the momentum: without momentum there is nothing to look along.</summary>
    public static bool Check(TypedObject kind, JsonObject section, BoundObject bound, ValueReader reader)
    {
        var momentum = kind.Table.Keys.FirstOrDefault(key => key.Name == "momentum");
        if (momentum is null || section.Find("nesterov") is not { Value: JsonBoolean { Value: true } nesterov })
        {
            return true;
        }

        if (bound.Settings.Find(kind.Table, momentum) is > 0.0)
        {
            return true;
        }

        reader.Report(Descriptors.Conflict, nesterov.Token, "\"nesterov\" needs a \"momentum\" above 0");
        return false;
    }
}
