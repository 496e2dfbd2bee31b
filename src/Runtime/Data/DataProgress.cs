namespace FashionCnn.Data;

/// <summary>How far the opening of data has come.</summary>
public abstract record DataProgress;

/// <summary>How far a download has come.</summary>
/// <param name="File">The file that is being fetched.</param>
/// <param name="Received">Its bytes so far.</param>
/// <param name="Total">Its bytes in all; null when the server does not say.</param>
public sealed record DownloadProgress(string File, long Received, long? Total) : DataProgress;

/// <summary>How many pictures of a folder have been read.</summary>
/// <param name="Read">Those read so far.</param>
/// <param name="Total">All of them.</param>
public sealed record PictureProgress(int Read, int Total) : DataProgress;
