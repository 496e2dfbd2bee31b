namespace FashionCnn.Models;

/// <summary>What a layer does, roughly, for grouping and coloring.</summary>
public enum LayerFamily
{
    /// <summary>None of the others: flattening, padding, augmentation.</summary>
    Other,

    /// <summary>Any convolution.</summary>
    Convolution,

    /// <summary>A matrix product.</summary>
    Dense,

    /// <summary>Maxima or averages, over windows or whole images.</summary>
    Pooling,

    /// <summary>Normalization by mean and variance.</summary>
    Normalization,

    /// <summary>An activation as a layer of its own.</summary>
    Activation,

    /// <summary>Dropout of values or channels.</summary>
    Dropout,

    /// <summary>Joins branches.</summary>
    Merge,
}
