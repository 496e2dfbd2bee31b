using System.Security.Cryptography;
using System.Text;
using FashionCnn.Runs;

namespace FashionCnn.CommandLine.Report;

/// <summary>
/// Runs as one HTML file that needs nothing else: style, script and pictures are in it, and its content security policy forbids the
/// browser to load anything. What the script adds, an epoch's values at the pointer, stands in a table too.
/// </summary>
public static class HtmlReport
{
    private static readonly Markup Style = Markup.Resource("report.css");
    private static readonly Markup Script = Markup.Resource("report.js");

    // Browsers run only the script with this sum.
    private static readonly string ScriptSum = Convert.ToBase64String(SHA256.HashData(Encoding.UTF8.GetBytes(Script.ToString())));

    /// <summary>The report of one run, or of several with their comparison.</summary>
    public static string Of(IReadOnlyList<ReportedRun> runs)
    {
        var title = runs is [var only] ? $"{only.Run.Configuration.Model} on {only.Run.Configuration.Data}" : $"Comparison of {runs.Count} runs";
        var page = Markup.Of($"""
            <!DOCTYPE html>
            <html lang="en">
            <head>
            <meta charset="utf-8">
            <meta http-equiv="Content-Security-Policy" content="default-src 'none'; img-src data:; style-src 'unsafe-inline'; script-src 'sha256-{ScriptSum}'">
            <meta name="viewport" content="width=device-width, initial-scale=1">
            <meta name="color-scheme" content="light dark">
            <link rel="icon" href="data:,">
            <title>{title}</title>
            <style>
            {Style}</style>
            </head>
            <body>
            <main>
            {(runs is [var run] ? RunSection.Alone(run, title) : ComparisonSection.Of(runs, RunComparison.Of([.. runs.Select(compared => compared.Run)]), title))}
            </main>
            <footer>Made by fashioncnn report from the files of the {(runs.Count == 1 ? "run" : "runs")}.</footer>
            <script>{Script}</script>
            </body>
            </html>

            """);
        return page.ToString();
    }
}
