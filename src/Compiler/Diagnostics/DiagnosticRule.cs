using System.Globalization;
using FashionCnn.Compiler.Syntax;

namespace FashionCnn.Compiler.Diagnostics;

/// <summary>How serious a diagnostic is.</summary>
public enum Severity
{
    /// <summary>A probable mistake in a spec that compiles.</summary>
    Info,

    /// <summary>The spec does not compile.</summary>
    Error,
}

/// <summary>A rule that a spec can break.</summary>
/// <param name="Id">What it is called: <c>FCNN2003</c>.</param>
/// <param name="Title">The rule in a few words.</param>
/// <param name="Format">Its message, with <c>{0}</c> for the first argument. Without arguments it is shown as it is: its braces are not doubled.</param>
/// <param name="Severity">How serious it is to break it.</param>
public sealed record DiagnosticRule(string Id, string Title, string Format, Severity Severity)
{
    /// <summary>The message with its arguments.</summary>
    public string Message(EquatableArray<string> arguments) =>
        arguments.IsEmpty ? Format : string.Format(CultureInfo.InvariantCulture, Format, arguments.ToArray<object?>());
}
