using static TorchSharp.torch;

namespace FashionCnn.Storage;

/// <summary>Torch's tensors, read from safetensors files.</summary>
internal static class StoredTensors
{
    extension(StoredTensor stored)
    {
        /// <summary>float32, int64 or uint8.</summary>
        /// <exception cref="NotSupportedException">It is of another type, which is only listed.</exception>
        public ScalarType Type => TensorBytes.TypeOf(stored.TypeName) ?? throw new NotSupportedException($"Tensors of {stored.TypeName} are not read.");
    }

    extension(SafetensorsFile file)
    {
        /// <summary>Reads a tensor's values into one of the same type and shape, wherever and in whatever layout that is in memory.</summary>
        /// <exception cref="InputException">The file cannot be read.</exception>
        public void ReadInto(string name, Tensor target)
        {
            var stored = file.Tensors[name];
            if (stored.Type != target.dtype || !stored.Shape.SequenceEqual(target.shape))
            {
                throw new ArgumentException($"{name} is {stored.TypeName} {stored.ShapeText}, the tensor to fill {target.dtype} {string.Join('x', target.shape)}.", nameof(target));
            }

            file.ReadBytes(name, give => TensorBytes.Fill(target, give));
        }

        /// <summary>Reads a tensor; it belongs to the caller's scope.</summary>
        /// <exception cref="InputException">The file cannot be read.</exception>
        public Tensor Read(string name)
        {
            var tensor = empty(file.Tensors[name].Shape.ToArray(), file.Tensors[name].Type);
            file.ReadInto(name, tensor);
            return tensor;
        }
    }
}
