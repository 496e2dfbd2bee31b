using Xunit;

namespace FashionCnn.Runtime.Tests.Native;

/// <summary>A fact about Linux's loader; reported as skipped elsewhere.</summary>
internal sealed class LinuxFactAttribute : FactAttribute
{
    public LinuxFactAttribute() => Skip = OperatingSystem.IsLinux() ? null : "About Linux's loader.";
}

/// <summary>A theory about Linux's loader; reported as skipped elsewhere.</summary>
internal sealed class LinuxTheoryAttribute : TheoryAttribute
{
    public LinuxTheoryAttribute() => Skip = OperatingSystem.IsLinux() ? null : "About Linux's loader.";
}
