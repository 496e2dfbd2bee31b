namespace FashionCnn.Native;

/// <summary>Divides work among threads, each of which takes a part of it that depends on their number alone.</summary>
/// <param name="Threads">Their number.</param>
internal readonly record struct WorkShare(int Threads)
{
    /// <summary>Does something for each part.</summary>
    /// <param name="count">What is divided.</param>
    /// <param name="work">Takes the number of the part, its first item and the one after its last.</param>
    public void Divide(int count, Action<int, int, int> work)
    {
        var threads = Threads;
        if (threads == 1)
        {
            work(0, 0, count);
            return;
        }

        _ = Parallel.For(0, threads, new ParallelOptions { MaxDegreeOfParallelism = threads }, part =>
            work(part, (int)((long)count * part / threads), (int)((long)count * (part + 1) / threads)));
    }
}
