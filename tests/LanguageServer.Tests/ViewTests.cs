using System.Text.Json;
using FashionCnn.Compiler;
using FashionCnn.LanguageServer.Protocol;
using Xunit;

namespace FashionCnn.LanguageServer.Tests;

/// <summary>What editors show beside a spec: the network drawn, and the class that it becomes.</summary>
public sealed class ViewTests
{
    private const string Drawing = "fashionCnn/drawing";
    private const string Code = "fashionCnn/generatedCode";
    private const string Text = """{ "version": 1, "input": { "shape": [28, 28, 1] }, "layers": [{ "type": "Flatten" }, { "type": "Dense", "units": 10 }] }""";

    [Fact]
    public async Task The_drawing_is_that_of_summary_and_the_class_that_of_a_build()
    {
        await using var editor = await Editor.Start();
        foreach (var path in Repository.SpecPaths.Concat(Repository.Fixtures("valid")))
        {
            var text = Build.Read(path);
            var uri = Editor.Uri(Path.GetFileName(path));
            await editor.Open(text, uri);

            Assert.Equal(SpecCompiler.Compile(path, text).Svg(), (await editor.Of<SpecView>(Drawing, uri)).Text);
            Assert.Equal(Build.Class(path, text), (await editor.Of<SpecView>(Code, uri)).Text);
        }
    }

    [Fact]
    public async Task Both_are_of_the_text_as_it_is_and_of_a_spec_with_errors_there_is_none()
    {
        await using var editor = await Editor.Start();
        var opened = await editor.Open(Text);
        var before = await editor.Of<SpecView>(Drawing);
        Assert.Equal(opened.Version, before.Version);
        Assert.Contains("7,850", before.Text, StringComparison.Ordinal);

        // What is typed and not answered yet counts.
        await editor.Type([new ContentChange(null, Text.Replace("10 }", "12 }", StringComparison.Ordinal))]);
        Assert.Contains("9,420", (await editor.Of<SpecView>(Drawing)).Text, StringComparison.Ordinal);
        var code = await editor.Of<SpecView>(Code);
        Assert.Contains("9_420", code.Text, StringComparison.Ordinal);
        Assert.Equal(before.Version + 1, code.Version);

        foreach (var faulty in new[] { Text.Replace("Flatten", "Flaten", StringComparison.Ordinal), Text[..^1], string.Empty })
        {
            var said = await editor.Replace(faulty);
            Assert.NotEmpty(said.Diagnostics);
            Assert.Equal(new SpecView(said.Version, null), await editor.Of<SpecView>(Drawing));
            Assert.Equal(new SpecView(said.Version, null), await editor.Of<SpecView>(Code));
        }

        // It is said, not left out.
        Assert.Equal(JsonValueKind.Null, (await editor.Of<JsonElement>(Drawing)).GetProperty("text").ValueKind);
        Assert.Null(await editor.Of<SpecView?>(Drawing, Editor.Uri("other.json")));
        Assert.Null(await editor.Of<SpecView?>(Code, Editor.Uri("other.json")));
    }

    // Editors show it as part of a page.
    [Fact]
    public async Task A_description_is_no_markup_in_the_drawing()
    {
        await using var editor = await Editor.Start();
        await editor.Open(Text.Replace("\"version\": 1", """ "version": 1, "description": "</text><script>alert(1)</script> & more" """, StringComparison.Ordinal));

        var drawing = (await editor.Of<SpecView>(Drawing)).Text;

        Assert.DoesNotContain("<script", drawing, StringComparison.Ordinal);
        Assert.Contains("&lt;script&gt;", drawing, StringComparison.Ordinal);
    }
}
