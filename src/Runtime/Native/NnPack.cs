using System.Runtime.InteropServices;

namespace FashionCnn.Native;

/// <summary>
/// Turns NNPACK off, a part of Torch. Torch asks for it where a thread computes one image, uses it only for 16 and more, and writes a warning to
/// standard error where it does not know the processor.
/// </summary>
internal static class NnPack
{
    /// <summary>Turns it off, in the way of <c>torch.backends.nnpack.set_flags(False)</c>, for which TorchSharp has no function.</summary>
    /// <param name="torch">Torch's library. One without these functions is left as it is.</param>
    public static unsafe void TurnOff(nint torch)
    {
        if (NativeLibrary.TryGetExport(torch, "_ZN2at13globalContextEv", out var globalContext)
            && NativeLibrary.TryGetExport(torch, "_ZN2at7Context20setUserEnabledNNPACKEb", out var setEnabled))
        {
            var context = ((delegate* unmanaged<nint>)globalContext)();
            ((delegate* unmanaged<nint, byte, void>)setEnabled)(context, 0);
        }
    }
}
