using FashionCnn.Compiler.Layers;

namespace FashionCnn.Compiler.Bind;

/// <summary>The position of an entry.</summary>
/// <param name="Path">In the text's tree.</param>
/// <param name="Scope">The use of a block that is being expanded; null outside blocks.</param>
/// <param name="Group">What its layers are shown under.</param>
/// <param name="Depth">How many entries contain it, itself included.</param>
/// <param name="IsFrozen">One of these says that its layers are not trained.</param>
/// <param name="Names">What it may read by name; null where lists begin that see no other.</param>
internal readonly record struct EntryPlace(string Path, BlockScope? Scope, LayerGroup? Group, int Depth, bool IsFrozen = false, NameScope? Names = null);
