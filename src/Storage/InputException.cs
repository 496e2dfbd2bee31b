namespace FashionCnn;

/// <summary>
/// What the user gave (a file, a folder, a setting, a model) cannot be used. The message alone says what is wrong, where, and what to
/// do: programs print it without a stack trace and end with exit code 2.
/// </summary>
public class InputException : Exception
{
    /// <summary>Makes the exception from a complete message.</summary>
    public InputException(string message)
        : base(message)
    {
    }

    /// <summary>Makes the exception from a complete message and keeps what caused it.</summary>
    public InputException(string message, Exception innerException)
        : base(message, innerException)
    {
    }

    /// <summary>
    /// The setting to change, where one decides, by its key in specs or one of <see cref="InputSetting"/>: a program that has an option
    /// for it can name the option.
    /// </summary>
    public string? Setting { get; init; }
}

/// <summary>Settings that specs do not have, as <see cref="InputException.Setting"/> names them.</summary>
public static class InputSetting
{
    /// <summary>Where the images are.</summary>
    public const string Data = "data";

    /// <summary>The fraction of the images that become test images.</summary>
    public const string TestSplit = "test_split";

    /// <summary>What to compute on.</summary>
    public const string Device = "device";

    /// <summary>The precision to compute in.</summary>
    public const string Precision = "precision";

    /// <summary>How images lie in memory.</summary>
    public const string Layout = "layout";

    /// <summary>The folder of a new run.</summary>
    public const string RunFolder = "run folder";

    /// <summary>What an imported model was fed for pixels.</summary>
    public const string Pixels = "pixels";

    /// <summary>Height and width of an imported model's images.</summary>
    public const string ImageSize = "image size";

    /// <summary>The run to continue.</summary>
    public const string Run = "run";
}
