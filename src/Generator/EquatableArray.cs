using System.Collections;
using System.Runtime.CompilerServices;

namespace FashionCnn.Generator;

/// <summary>An immutable array that equals another one with equal elements, as the steps of an incremental generator need it.</summary>
[CollectionBuilder(typeof(EquatableArray), nameof(EquatableArray.Create))]
internal readonly struct EquatableArray<T>(T[] items) : IEquatable<EquatableArray<T>>, IReadOnlyList<T>
{
    private readonly T[]? items = items;

    public int Count => Items.Length;

    public bool IsEmpty => Items.Length == 0;

    private T[] Items => items ?? [];

    public T this[int index] => Items[index];

    public EquatableArray<T> With(int index, T item)
    {
        var copy = (T[])Items.Clone();
        copy[index] = item;
        return new EquatableArray<T>(copy);
    }

    public int IndexOf(T item) => Array.IndexOf(Items, item);

    public bool Equals(EquatableArray<T> other) => Items.SequenceEqual(other.Items);

    public override bool Equals(object? obj) => obj is EquatableArray<T> other && Equals(other);

    public override int GetHashCode()
    {
        var hash = 17;
        foreach (var item in Items)
        {
            hash = unchecked((hash * 31) + (item?.GetHashCode() ?? 0));
        }

        return hash;
    }

    public IEnumerator<T> GetEnumerator() => ((IEnumerable<T>)Items).GetEnumerator();

    IEnumerator IEnumerable.GetEnumerator() => GetEnumerator();
}

internal static class EquatableArray
{
    public static EquatableArray<T> Create<T>(ReadOnlySpan<T> items) => new(items.ToArray());

    public static EquatableArray<T> ToEquatableArray<T>(this IEnumerable<T> items) => new(items.ToArray());
}
