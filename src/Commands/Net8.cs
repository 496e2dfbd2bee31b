#if !NET9_0_OR_GREATER
namespace FashionCnn.Commands;

/// <summary>What .NET 8 lacks of the members that are used, under the names that they have later.</summary>
internal static class Net8
{
    public static IEnumerable<(int Index, T Item)> Index<T>(this IEnumerable<T> source) => source.Select((item, index) => (index, item));
}
#endif
