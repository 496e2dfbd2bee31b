using System.Collections;
using System.Runtime.CompilerServices;

namespace FashionCnn.Compiler.Syntax;

/// <summary>An immutable array that equals another one with equal elements, so that records which hold one are equal when their values are.</summary>
[CollectionBuilder(typeof(EquatableArray), nameof(EquatableArray.Create))]
public readonly struct EquatableArray<T>(T[] items) : IEquatable<EquatableArray<T>>, IReadOnlyList<T>
{
    private readonly T[]? items = items;

    /// <summary>How many elements there are.</summary>
    public int Count => Items.Length;

    /// <summary>There are none.</summary>
    public bool IsEmpty => Items.Length == 0;

    private T[] Items => items ?? [];

    /// <summary>The element at an index.</summary>
    public T this[int index] => Items[index];

    /// <summary>A copy with another element at an index.</summary>
    public EquatableArray<T> With(int index, T item)
    {
        var copy = (T[])Items.Clone();
        copy[index] = item;
        return new EquatableArray<T>(copy);
    }

    /// <summary>The first index of an element; -1 for none.</summary>
    public int IndexOf(T item) => Array.IndexOf(Items, item);

    /// <summary>Both have equal elements.</summary>
    public bool Equals(EquatableArray<T> other)
    {
        var (mine, others) = (Items, other.Items);
        if (ReferenceEquals(mine, others))
        {
            return true;
        }

        if (mine.Length != others.Length)
        {
            return false;
        }

        for (var i = 0; i < mine.Length; i++)
        {
            if (!EqualityComparer<T>.Default.Equals(mine[i], others[i]))
            {
                return false;
            }
        }

        return true;
    }

    /// <inheritdoc/>
    public override bool Equals(object? obj) => obj is EquatableArray<T> other && Equals(other);

    /// <inheritdoc/>
    public override int GetHashCode()
    {
        var hash = 17;
        foreach (var item in Items)
        {
            hash = unchecked((hash * 31) + (item?.GetHashCode() ?? 0));
        }

        return hash;
    }

    /// <inheritdoc/>
    public IEnumerator<T> GetEnumerator() => ((IEnumerable<T>)Items).GetEnumerator();

    IEnumerator IEnumerable.GetEnumerator() => Items.GetEnumerator();

    /// <summary>Both have equal elements.</summary>
    public static bool operator ==(EquatableArray<T> left, EquatableArray<T> right) => left.Equals(right);

    /// <summary>They differ in some element.</summary>
    public static bool operator !=(EquatableArray<T> left, EquatableArray<T> right) => !left.Equals(right);
}

/// <summary>Makes arrays.</summary>
public static class EquatableArray
{
    /// <summary>An array of copies of the elements; what <c>[a, b]</c> means.</summary>
    public static EquatableArray<T> Create<T>(ReadOnlySpan<T> items) => new(items.ToArray());

    /// <summary>An array of the elements of a sequence.</summary>
    public static EquatableArray<T> ToEquatableArray<T>(this IEnumerable<T> items) => new(items.ToArray());
}
