using FashionCnn.Compiler.Syntax;

namespace FashionCnn.Compiler.Keys;

/// <summary>The values of an object's keys, defaults filled in, in the order of its table. Equal when the values are.</summary>
internal sealed record Settings(EquatableArray<object?> Values)
{
    public static Settings Empty { get; } = new([]);

    public T Get<T>(KeyTable table, Key<T> key)
        where T : notnull =>
        (T)Values[table.IndexOf(key)]!;

    /// <summary>The value of a key that has no default, or one that depends on other keys; null when it is not written.</summary>
    public object? Find(KeyTable table, Key key) => Values[table.IndexOf(key)];

    public Settings With<T>(KeyTable table, Key<T> key, T value)
        where T : notnull
    {
        var values = Values.ToArray();
        values[table.IndexOf(key)] = value;
        return new Settings(values.ToEquatableArray());
    }
}
