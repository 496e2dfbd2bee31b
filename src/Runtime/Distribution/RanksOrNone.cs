namespace FashionCnn.Distribution;

/// <summary>What is done alike by several ranks and by a process that is alone.</summary>
internal static class RanksOrNone
{
    /// <summary>Does work on every rank. If it fails on some, all ranks throw the failure of the first of these, which the message names.</summary>
    /// <param name="ranks">The ranks; null for a process that is alone, whose failures stay as they are.</param>
    /// <param name="work">The work; it exchanges nothing.</param>
    /// <exception cref="InputException">Something that the user gave cannot be used on a rank.</exception>
    /// <exception cref="RankFailedException">The work failed on a rank for another reason.</exception>
    public static T Together<T>(this Ranks? ranks, Func<T> work)
    {
        if (ranks is null)
        {
            return work();
        }

        Exception? failure = null;
        T? result = default;
        try
        {
            result = work();
        }
        // A signal ends this process alone; its launcher sees to the others.
        catch (Exception exception) when (exception is not OperationCanceledException)
        {
            failure = exception;
        }

        ranks.Share(failure);
        return result!;
    }
}
