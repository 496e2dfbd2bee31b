using Xunit;

namespace FashionCnn.Compiler.Tests.Editor;

public sealed class EditorEngineTests
{
    // As npm 9 and 10 say it.
    [Theory]
    [InlineData("npm ERR! code ENOTFOUND\nnpm ERR! syscall getaddrinfo", true)]
    [InlineData("npm error code EAI_AGAIN", true)]
    [InlineData("npm ERR! code ECONNREFUSED\nnpm ERR! errno ECONNREFUSED", true)]
    [InlineData("npm ERR! code ERR_SOCKET_TIMEOUT", true)]
    [InlineData("npm ERR! code E403", true)]
    [InlineData("npm ERR! code ENOTCACHED\nnpm ERR! request failed: cache mode is 'only-if-cached' but no cached response is available.", true)]
    [InlineData("npm ERR! code E404\nnpm ERR! 404 Not Found - vscode-json-languageservic", false)]
    [InlineData("npm ERR! code ETARGET\nnpm ERR! notarget No matching version found for vscode-json-languageservice@99", false)]
    [InlineData("npm ERR! code EJSONPARSE", false)]
    [InlineData("", false)]
    public void A_registry_out_of_reach_is_told_from_a_wrong_package(string errors, bool unreachable) => Assert.Equal(unreachable, EditorEngine.IsUnreachable(errors));
}
