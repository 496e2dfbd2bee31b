using System.Text;
using FashionCnn.Compiler;
using FashionCnn.Compiler.Diagnostics;

namespace FashionCnn.Commands;

/// <summary>A spec that is named on the command line, compiled as a build would.</summary>
internal static class SpecFile
{
    // The compiler's own limit is 2^20 characters, of three bytes at most, behind a byte-order mark of three. Of a file with a byte more,
    // what is read is beyond that limit too, so that no text that was cut is taken for a spec, and the compiler's message says what is wrong.
    private const int Limit = (3 << 20) + 3 + 1;

    /// <summary>Compiles a spec and writes its warnings.</summary>
    /// <param name="path">The file; messages name it as it is given.</param>
    /// <param name="error">Takes the warnings, one line each.</param>
    /// <exception cref="InputException">The file cannot be read.</exception>
    /// <exception cref="SpecErrorsException">The spec has errors.</exception>
    public static CompiledSpec Compile(string path, TextWriter error)
    {
        var spec = SpecCompiler.Compile(path, Read(path).Text);
        var findings = spec.Diagnostics.Where(found => found.Rule.Severity is Severity.Error or Severity.Warning).Select(found => found.ToString()).ToList();
        if (!spec.IsModel)
        {
            throw new SpecErrorsException(findings);
        }

        findings.ForEach(error.WriteLine);
        return spec;
    }

    /// <summary>Reads a spec's text, and whether a byte-order mark stands before it.</summary>
    /// <param name="path">The file; messages name it as it is given.</param>
    /// <exception cref="InputException">The file cannot be read.</exception>
    public static (string Text, bool HasByteOrderMark) Read(string path)
    {
        try
        {
            if (Directory.Exists(path))
            {
                throw new InputException($"{path}: this is a folder. Give the path of a spec.");
            }

            using var file = File.OpenRead(path);
            var bytes = new byte[Limit];
            var length = file.ReadAtLeast(bytes, Limit, throwOnEndOfStream: false);
            using var text = new StreamReader(new MemoryStream(bytes, 0, length), Encoding.UTF8);
            return (text.ReadToEnd(), bytes.AsSpan().StartsWith(Encoding.UTF8.Preamble));
        }
        catch (Exception exception) when (exception is FileNotFoundException or DirectoryNotFoundException)
        {
            throw new InputException($"{path}: there is no such spec. Give the path of a JSON file, or a model's id, as shown by list.", exception);
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            throw new InputException($"{path}: the spec cannot be read: {exception.Message}", exception);
        }
    }
}

/// <summary>A spec has errors; each is a line, as a build prints it.</summary>
internal sealed class SpecErrorsException(IReadOnlyList<string> lines) : InputException(string.Join('\n', lines))
{
    public IReadOnlyList<string> Lines => lines;
}
