namespace FashionCnn.Compiler.Layers;

/// <summary>What a layer kind does, roughly: how drawings color it.</summary>
internal enum LayerFamily
{
    Other,
    Convolution,
    Dense,
    Pooling,
    Normalization,
    Activation,
    Dropout,
    Merge,
}
