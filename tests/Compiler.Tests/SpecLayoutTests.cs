using FashionCnn.Compiler.Show;
using FashionCnn.Tests;
using Xunit;

namespace FashionCnn.Compiler.Tests;

/// <summary>One layout for all specs: nothing but white space and trailing commas changes, and the second time nothing at all.</summary>
public sealed class SpecLayoutTests
{
    public static TheoryData<string> Ids => [.. ProjectSpecs.Ids];

    [Theory]
    [MemberData(nameof(Ids))]
    public void The_projects_specs_have_the_layout(string id)
    {
        var text = File.ReadAllText(Repository.SpecPath(id));

        Assert.Equal(text, SpecLayout.Print(text));
    }

    [Fact]
    public void Every_text_that_is_JSON_keeps_its_values_and_comments_and_is_laid_out_once()
    {
        var laidOut = 0;
        foreach (var file in Directory.EnumerateFiles(Repository.Fixtures, "*.json", SearchOption.AllDirectories))
        {
            var text = File.ReadAllText(file);
            if (SpecLayout.Print(text) is not { } printed)
            {
                // The one thing wrong with it is that it cannot be read.
                Assert.StartsWith("FCNN0", Assert.Single(SpecCompiler.Compile(file, text).Diagnostics).Rule.Id, StringComparison.Ordinal);
                continue;
            }

            laidOut++;
            Assert.Equal(printed, SpecLayout.Print(printed));
            Assert.Equal(Tokens(text), Tokens(printed));
        }

        Assert.True(laidOut > 100, $"{laidOut} texts were laid out");
    }

    [Fact]
    public void A_text_that_is_not_JSON_has_no_layout() => Assert.Null(SpecLayout.Print("""{ "version": 1 """));

    [Fact]
    public void What_fits_into_a_line_stands_in_one_but_two_layers_never_do() => Check(
        """
        {"version":1,"input":{"shape":[28,28,1]},"blocks":{"pair":{"parameters":["filters"],"layers":[{"type":"ReLU"}]}},
        "layers":[{"repeat":2,"layers":[{"block":"pair","filters":8}]},{"type":"Add","branches":[[{"type":"ReLU"}],[]]},
        {"type":"Add","branches":[[{"type":"ReLU"},{"type":"Softmax"}],[]]},{"type":"Flatten",},],}
        """,
        """
        {
          "version": 1,
          "input": { "shape": [28, 28, 1] },
          "blocks": {
            "pair": {
              "parameters": ["filters"],
              "layers": [{ "type": "ReLU" }]
            }
          },
          "layers": [
            { "repeat": 2, "layers": [{ "block": "pair", "filters": 8 }] },
            { "type": "Add", "branches": [[{ "type": "ReLU" }], []] },
            {
              "type": "Add",
              "branches": [
                [
                  { "type": "ReLU" },
                  { "type": "Softmax" }
                ],
                []
              ]
            },
            { "type": "Flatten" }
          ]
        }

        """);

    [Fact]
    public void Comments_and_single_blank_lines_stay() => Check(
        """
        // First.

        { // Beside the bracket.
          "version": /* one */ 1, // beside


          /* Above. */
          "layers": [ // none yet

            // Inside.
          ], "input": {
            "shape": [28, 28, 1] /* a */ , /* b */
            // last
          }
        } // end
        // After.
        """,
        """
        // First.

        {
          // Beside the bracket.
          /* one */
          "version": 1, // beside

          /* Above. */
          "layers": [
            // none yet

            // Inside.
          ],
          "input": {
            "shape": [28, 28, 1] /* a */ /* b */
            // last
          }
        } // end
        // After.

        """);

    [Fact]
    public void Numbers_that_no_line_holds_fill_several()
    {
        var numbers = string.Join(",", Enumerable.Range(100, 60));

        Check(
            $$"""{"version":1,"layers":[{"type":"Normalization","mean":[{{numbers}}]}]}""",
            $$"""
            {
              "version": 1,
              "layers": [
                {
                  "type": "Normalization",
                  "mean": [
                    {{Numbers(100, 134)}},
                    {{Numbers(134, 160)}}
                  ]
                }
              ]
            }

            """);

        static string Numbers(int from, int to) => string.Join(", ", Enumerable.Range(from, to - from));
    }

    [Theory]
    [InlineData("\"a\\\"//b\"")]
    [InlineData("\"\\u0041\"")]
    [InlineData("1e-07")]
    [InlineData("1.50")]
    public void Values_are_spelled_as_they_were(string value) =>
        Assert.Equal($"{{\n  \"name\": {value}\n}}\n", SpecLayout.Print($"{{\"name\":{value}}}"));

    [Fact]
    public void Line_endings_are_those_of_the_first_line() => Assert.Equal("{\r\n  \"version\": 1\r\n}\r\n", SpecLayout.Print("{\r\n\"version\":1}"));

    private static void Check(string text, string expected)
    {
        Assert.Equal(expected, SpecLayout.Print(text));
        Assert.Equal(expected, SpecLayout.Print(expected));
    }

    // Every token and comment as it is spelled, but for commas; the order of comments among tokens may change, theirs may not.
    private static (string Tokens, string Comments) Tokens(string text)
    {
        var (tokens, comments) = (new List<string>(), new List<string>());
        for (var i = 0; i < text.Length; i++)
        {
            var start = i;
            if (text[i] == '"')
            {
                for (i++; text[i] != '"'; i++)
                {
                    i += text[i] == '\\' ? 1 : 0;
                }

                tokens.Add(text[start..(i + 1)]);
            }
            else if (text[i] == '/')
            {
                i = text[i + 1] == '*' ? text.IndexOf("*/", i + 2, StringComparison.Ordinal) + 1 : (text + "\n").IndexOfAny(['\r', '\n'], i) - 1;
                comments.Add(text[start..(i + 1)].TrimEnd());
            }
            else if (!char.IsWhiteSpace(text[i]) && text[i] is not ',' and not '\uFEFF')
            {
                tokens.Add(text[i].ToString());
            }
        }

        return (string.Concat(tokens), string.Join("\n", comments));
    }
}
