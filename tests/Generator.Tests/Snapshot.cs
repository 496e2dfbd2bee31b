using System.Text;
using DiffPlex.Renderer;
using Xunit;

namespace FashionCnn.Generator.Tests;

/// <summary>
/// Compares a text with the committed one, by the conventions of Verify: <c>Class.Method_name=value.verified.cs</c>, and a
/// <c>.received.</c> file beside it on failure. <c>ACCEPT_SNAPSHOTS=1</c> accepts; in CI that is refused.
/// </summary>
internal static class Snapshot
{
    private static readonly bool Accepts = Environment.GetEnvironmentVariable("ACCEPT_SNAPSHOTS") == "1";

    public static void Match(string actual, string folder, string name, string extension)
    {
        Assert.False(Accepts && Environment.GetEnvironmentVariable("CI") is "true" or "1", "ACCEPT_SNAPSHOTS is not for CI: snapshots are accepted where somebody reads them.");
        var verified = Path.Combine(folder, $"{name}.verified.{extension}");
        var received = Path.Combine(folder, $"{name}.received.{extension}");
        var expected = File.Exists(verified) ? File.ReadAllText(verified) : null;
        if (expected == actual)
        {
            File.Delete(received);
            return;
        }

        if (Accepts)
        {
            File.WriteAllText(verified, actual, new UTF8Encoding(encoderShouldEmitUTF8Identifier: true));
            File.Delete(received);
            return;
        }

        File.WriteAllText(received, actual, new UTF8Encoding(encoderShouldEmitUTF8Identifier: true));
        var difference = expected is null ? "There is no verified file." : UnidiffRenderer.GenerateUnidiff(expected, actual, "verified", "received");
        Assert.Fail($"{received}\ndiffers from {verified}. Read it; ACCEPT_SNAPSHOTS=1 dotnet test accepts it.\n{difference}");
    }
}
