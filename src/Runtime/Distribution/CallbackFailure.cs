using System.Runtime.ExceptionServices;

namespace FashionCnn.Distribution;

/// <summary>
/// Keeps what goes wrong where Torch's backward pass calls back: an exception that left such a call would end the process without a message. What is to be
/// done after the first failure is left out, so that nobody waits once more for a rank that does not answer.
/// </summary>
internal sealed class CallbackFailure
{
    private ExceptionDispatchInfo? first;

    /// <summary>Does something unless something has failed before.</summary>
    /// <returns>It was done.</returns>
    public bool Try(Action action)
    {
        if (first is not null)
        {
            return false;
        }

        try
        {
            action();
            return true;
        }
#pragma warning disable CA1031 // Whatever it is, it is thrown again where it can be caught.
        catch (Exception exception)
#pragma warning restore CA1031
        {
            first = ExceptionDispatchInfo.Capture(exception);
            return false;
        }
    }

    /// <summary>Throws what was kept, back in the program's own code.</summary>
    public void Rethrow() => first?.Throw();
}
