using FashionCnn.Compiler.Syntax;

namespace FashionCnn.Compiler.Keys;

/// <summary>
/// One key of a layer kind, an optimizer and so on: what it is called, what it takes, what it is without being written. The
/// binder, the suggestions, the JSON schema and the reference page all read this declaration.
/// </summary>
internal abstract class Key(string name, string description)
{
    public string Name { get; } = name;

    /// <summary>What the runtime calls it.</summary>
    public string PascalName { get; } = Identifier.PascalCase(name);

    /// <summary>One sentence part for the reference page, without the type and the default.</summary>
    public string Description { get; } = description;

    public bool IsRequired { get; protected set; }

    /// <summary>The value when the key is not written; null when it is required, when it may be left out altogether, or when its default depends on other keys.</summary>
    public object? Default { get; protected set; }

    /// <summary>What the default is when it depends on other keys, such as <c>pool_size</c>.</summary>
    public string? DefaultText { get; protected set; }

    /// <summary>Its value says how the model is trained, not which network it is.</summary>
    public bool IsOfTraining { get; protected set; }

    /// <summary>Its default is what layers did before they had the key, so that it makes no other network of those: their weights still fit.</summary>
    public bool IsAddition { get; protected set; }

    /// <summary>What it takes, in words: <c>an integer from 1 to 65,536</c>.</summary>
    public abstract string Expected { get; }

    /// <summary>The values that it takes, as JSON writes them, where they can be listed.</summary>
    public virtual IReadOnlyList<string> Values => [];

    /// <summary>The objects that it takes, of which <c>type</c> chooses one; none for a key without.</summary>
    public virtual EquatableArray<TypedObject> Objects => [];

    /// <summary>The value of a token that is no <c>"$parameter"</c>; null after reporting why it cannot be taken.</summary>
    public abstract object? Read(JsonNode node, ValueReader reader);

    /// <summary>The value as JSON writes it.</summary>
    public abstract string Format(object value);
}

/// <summary>A key whose values are of one type.</summary>
internal abstract class Key<T>(string name, string description) : Key(name, description)
    where T : notnull
{
    public Key<T> Required()
    {
        IsRequired = true;
        return this;
    }

    public Key<T> Or(T value)
    {
        Default = value;
        return this;
    }

    public Key<T> OrElse(string text)
    {
        DefaultText = text;
        return this;
    }

    public Key<T> Added()
    {
        IsAddition = true;
        return this;
    }

    public Key<T> OfTraining()
    {
        IsOfTraining = true;
        return this;
    }
}

/// <summary>The keys of one kind of object, in the order in which they are documented.</summary>
internal sealed class KeyTable(params Key[] keys)
{
    public static KeyTable Empty { get; } = new();

    public EquatableArray<Key> Keys { get; } = [.. keys];

    /// <summary>The values of the keys that are not written.</summary>
    public EquatableArray<object?> Defaults { get; } = [.. keys.Select(key => key.Default)];

    public int IndexOf(Key key)
    {
        for (var i = 0; i < Keys.Count; i++)
        {
            if (ReferenceEquals(Keys[i], key))
            {
                return i;
            }
        }

        return -1;
    }

    public int IndexOf(string name)
    {
        for (var i = 0; i < Keys.Count; i++)
        {
            if (Keys[i].Name == name)
            {
                return i;
            }
        }

        return -1;
    }
}
