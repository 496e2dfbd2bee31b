using System.IO.Pipelines;
using StreamJsonRpc;
using StreamJsonRpc.Protocol;

namespace FashionCnn.LanguageServer;

/// <summary>The messages of two streams. It knows when every request has been answered, so that the end can wait for the answers.</summary>
/// <param name="input">What comes.</param>
/// <param name="output">What goes.</param>
/// <param name="formatter">The form of the messages.</param>
internal sealed class MessageStream(Stream input, Stream output, IJsonRpcMessageFormatter formatter)
    : HeaderDelimitedMessageHandler(PipeWriter.Create(output, new StreamPipeWriterOptions(leaveOpen: true)), PipeReader.Create(input, new StreamPipeReaderOptions(leaveOpen: true)), formatter)
{
    private readonly Lock gate = new();
    private readonly TaskCompletionSource answered = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly TaskCompletionSource ended = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private int open;
    private bool isAnswer;
    private bool isEnding;

    /// <summary>Ends when nothing more comes.</summary>
    public Task Ended => ended.Task;

    /// <summary>Ends when nothing that was asked so far is unanswered.</summary>
    public Task Answered()
    {
        lock (gate)
        {
            isEnding = true;
            if (open == 0)
            {
                answered.TrySetResult();
            }
        }

        return answered.Task;
    }

    /// <inheritdoc/>
    protected override async ValueTask<JsonRpcMessage?> ReadCoreAsync(CancellationToken cancellationToken)
    {
        var message = await base.ReadCoreAsync(cancellationToken).ConfigureAwait(false);
        if (message is JsonRpcRequest { IsResponseExpected: true })
        {
            lock (gate)
            {
                open++;
            }
        }

        if (message is null)
        {
            ended.TrySetResult();
            // The end is passed on when it can no longer cut off an answer. An answer that nobody reads would hold it up, so it is told first.
            await Answered().WaitAsync(cancellationToken).ConfigureAwait(false);
        }

        return message;
    }

    /// <inheritdoc/>
    protected override void Write(JsonRpcMessage content, CancellationToken cancellationToken)
    {
        base.Write(content, cancellationToken);
        isAnswer = content is JsonRpcResult or JsonRpcError;
    }

    /// <inheritdoc/>
    protected override async ValueTask FlushAsync(CancellationToken cancellationToken)
    {
        // One message is written at a time.
        await base.FlushAsync(cancellationToken).ConfigureAwait(false);
        lock (gate)
        {
            open -= isAnswer ? 1 : 0;
            isAnswer = false;
            if (isEnding && open <= 0)
            {
                answered.TrySetResult();
            }
        }
    }
}
