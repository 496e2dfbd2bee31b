using System.Text.Json;
using System.Text.Json.Serialization;
using Microsoft.VisualStudio.Threading;
using StreamJsonRpc;
using StreamJsonRpc.Protocol;

namespace FashionCnn.LanguageServer;

/// <summary>The language server as a program: it speaks over two streams until the editor says that it is done, or is gone.</summary>
public static class LanguageServerProgram
{
    private static readonly TimeSpan LastAnswers = TimeSpan.FromSeconds(5);

    internal static readonly JsonSerializerOptions Json = new(JsonSerializerDefaults.Web)
    {
        DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull,
        NumberHandling = JsonNumberHandling.Strict,
        Converters = { new TextConverter() },
    };

    /// <summary>Serves one editor.</summary>
    /// <param name="input">What the editor sends.</param>
    /// <param name="output">What it is sent.</param>
    /// <returns>The exit code: 0 when the editor asked the server to shut down before it went, and 1 otherwise.</returns>
    public static int Run(Stream input, Stream output)
    {
        ArgumentNullException.ThrowIfNull(input);
        ArgumentNullException.ThrowIfNull(output);
        return ServeAsync(input, output, LastAnswers).GetAwaiter().GetResult();
    }

    /// <summary>Serves one editor on the process's standard streams.</summary>
    /// <returns>The exit code.</returns>
    public static int Run()
    {
        using var input = Console.OpenStandardInput();
        using var output = Console.OpenStandardOutput();
        return Run(input, output);
    }

    internal static async Task<int> ServeAsync(Stream input, Stream output, TimeSpan lastAnswers)
    {
        var formatter = new SystemTextJsonFormatter { JsonSerializerOptions = Json };
        var messages = new MessageStream(input, output, formatter);
        using var rpc = new MessageRpc(messages);
        // One message at a time, in their order, also behind what a message leaves for later.
        rpc.SynchronizationContext = new NonConcurrentSynchronizationContext(sticky: true);
        var server = new SpecServer((method, parameters) => rpc.NotifyWithParameterObjectAsync(method, parameters), (method, parameters) => rpc.InvokeWithParameterObjectAsync(method, parameters));
        rpc.AddLocalRpcTarget(server, new JsonRpcTargetOptions { DisposeOnDisconnect = false });
        rpc.StartListening();
        try
        {
            await Task.WhenAny(rpc.Completion, server.Exited, messages.Ended).ConfigureAwait(false);
            if (rpc.Completion.IsCompleted)
            {
                await rpc.Completion.ConfigureAwait(false);
            }

            // An editor that does not read its answers is not waited for.
            await Task.WhenAny(messages.Answered(), rpc.Completion, Task.Delay(lastAnswers)).ConfigureAwait(false);
        }
        catch (Exception exception) when (exception is IOException or RemoteRpcException or BadRpcHeaderException or JsonException or ArgumentOutOfRangeException or ObjectDisposedException)
        {
            // The editor is gone, or sends what is no message, as one whose length is negative.
            return 1;
        }

        return server.IsShutDown ? 0 : 1;
    }

    private sealed class MessageRpc(IJsonRpcMessageHandler messages) : JsonRpc(messages)
    {
        // Parameters of other types than the protocol's are the sender's mistake, and not a failure here.
        protected override JsonRpcError.ErrorDetail CreateErrorDetails(JsonRpcRequest request, Exception exception)
        {
            for (var cause = exception; cause is not null; cause = cause.InnerException)
            {
                if (cause is JsonException json)
                {
                    var place = json.Path is null or "$" ? string.Empty : $", at {json.Path}";
                    return new JsonRpcError.ErrorDetail { Code = JsonRpcErrorCode.InvalidParams, Message = $"The parameters of {request.Method} have the wrong type{place}." };
                }
            }

            return base.CreateErrorDetails(request, exception);
        }
    }
}
