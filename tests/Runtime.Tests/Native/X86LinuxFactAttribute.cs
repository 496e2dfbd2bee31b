using System.Runtime.InteropServices;
using Xunit;

namespace FashionCnn.Runtime.Tests.Native;

/// <summary>A fact about oneDNN on x86 processors and Linux; reported as skipped elsewhere.</summary>
internal sealed class X86LinuxFactAttribute : FactAttribute
{
    public X86LinuxFactAttribute() => Skip = Reason;

    public static string? Reason { get; } = OperatingSystem.IsLinux() && RuntimeInformation.ProcessArchitecture == Architecture.X64 ? null : "About oneDNN on x86 processors and Linux.";
}

/// <summary>A theory about oneDNN on x86 processors and Linux; reported as skipped elsewhere.</summary>
internal sealed class X86LinuxTheoryAttribute : TheoryAttribute
{
    public X86LinuxTheoryAttribute() => Skip = X86LinuxFactAttribute.Reason;
}
