using System.Reflection;
using System.Text.Encodings.Web;
using System.Text.Json;
using FashionCnn.Compiler.Diagnostics;

namespace FashionCnn.Commands;

/// <summary>Findings as SARIF 2.1.0, which code hosts and editors read.</summary>
internal static class SarifLog
{
    private static readonly JsonWriterOptions Options = new() { Indented = true, NewLine = "\n", Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    public static string Write(IReadOnlyList<SpecDiagnostic> findings)
    {
        using var stream = new MemoryStream();
        using (var json = new Utf8JsonWriter(stream, Options))
        {
            json.WriteStartObject();
            json.WriteString("$schema", "https://json.schemastore.org/sarif-2.1.0.json");
            json.WriteString("version", "2.1.0");
            json.WriteStartArray("runs");
            json.WriteStartObject();
            json.WriteStartObject("tool");
            json.WriteStartObject("driver");
            json.WriteString("name", "FashionCnn");
            json.WriteString("version", typeof(SarifLog).Assembly.GetCustomAttribute<AssemblyInformationalVersionAttribute>()!.InformationalVersion.Split('+')[0]);
            json.WriteStartArray("rules");
            foreach (var rule in findings.Select(found => found.Rule).DistinctBy(rule => rule.Id).OrderBy(rule => rule.Id, StringComparer.Ordinal))
            {
                json.WriteStartObject();
                json.WriteString("id", rule.Id);
                WriteMessage(json, "shortDescription", rule.Title);
                json.WriteEndObject();
            }

            json.WriteEndArray();
            json.WriteEndObject();
            json.WriteEndObject();
            // The columns of the regions; those of the protocol's default too, but it is better said.
            json.WriteString("columnKind", "utf16CodeUnits");
            json.WriteStartArray("results");
            foreach (var found in findings)
            {
                WriteResult(json, found);
            }

            json.WriteEndArray();
            json.WriteEndObject();
            json.WriteEndArray();
            json.WriteEndObject();
        }

        return System.Text.Encoding.UTF8.GetString(stream.ToArray()) + "\n";
    }

    private static void WriteResult(Utf8JsonWriter json, SpecDiagnostic found)
    {
        json.WriteStartObject();
        json.WriteString("ruleId", found.Rule.Id);
        json.WriteString("level", found.Rule.Severity == Severity.Info ? "note" : found.SeverityName);
        WriteMessage(json, "message", found.Message);
        json.WriteStartArray("locations");
        json.WriteStartObject();
        json.WriteStartObject("physicalLocation");
        json.WriteStartObject("artifactLocation");
        json.WriteString("uri", Location(found.Path));
        json.WriteEndObject();
        json.WriteStartObject("region");
        json.WriteNumber("startLine", found.Lines.Start.Line + 1);
        json.WriteNumber("startColumn", found.Lines.Start.Character + 1);
        json.WriteNumber("endLine", found.Lines.End.Line + 1);
        json.WriteNumber("endColumn", found.Lines.End.Character + 1);
        json.WriteEndObject();
        json.WriteEndObject();
        json.WriteEndObject();
        json.WriteEndArray();
        json.WriteEndObject();
    }

    private static void WriteMessage(Utf8JsonWriter json, string name, string text)
    {
        json.WriteStartObject(name);
        json.WriteString("text", text);
        json.WriteEndObject();
    }

    // Relative to the folder that the command runs in, as code hosts expect; a URI in either case.
    private static string Location(string path) => Path.IsPathRooted(path)
        ? new Uri(Path.GetFullPath(path)).AbsoluteUri
        : string.Join('/', path.Replace('\\', '/').Split('/').Select(Uri.EscapeDataString));
}
