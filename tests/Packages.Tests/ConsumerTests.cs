using System.Text.Json;
using System.Text.RegularExpressions;
using Xunit;

namespace FashionCnn.Packages.Tests;

/// <summary>Programs of users.</summary>
[Collection(nameof(Feed))]
public sealed partial class ConsumerTests(Feed feed)
{
    private static readonly string[] Training = ["train", "first_net", "--data", "sample", "--epochs", "1", "--train-images", "320", "--test-images", "100", "--threads", "1", "--output", "run"];

    [PackagesFact]
    public void A_program_from_the_template_is_built_trained_and_evaluated_and_a_fault_in_its_spec_has_a_place()
    {
        var flowers = new Consumer(feed, "Flowers");

        var build = flowers.Build();
        Assert.True(build.ExitCode == 0, string.Join('\n', build.Lines));
        Assert.InRange(Bytes(flowers.PathOf("bin")), 1, 20_000_000);
        Assert.InRange(File.ReadAllLines(flowers.PathOf("README.md")).Length, 5, 12);
        // VS Code's JSON with comments, with the schema that the project has.
        using var settings = JsonDocument.Parse(File.ReadAllText(flowers.PathOf(".vscode/settings.json")), new JsonDocumentOptions { CommentHandling = JsonCommentHandling.Skip });
        Assert.True(File.Exists(flowers.PathOf(settings.RootElement.GetProperty("json.schemas")[0].GetProperty("url").GetString()!)));
        // The server that the project's list of tools pins.
        Assert.Equal(["dotnet", "fcnn", "language-server"], settings.RootElement.GetProperty("fashionCnn.server").EnumerateArray().Select(part => part.GetString()));

        flowers.Run("net10.0", Training);
        var evaluation = flowers.Run("net10.0", "evaluate", "first_net", "--weights", "run", "--data", "sample", "--test-images", "100", "--threads", "1");
        Assert.Matches(Accuracy(), string.Join('\n', evaluation));

        flowers.Replace("specs/first_net.json", """{ "type": "Conv2D", "filters": 16, "kernel_size": 3,""", """{ "type": "Conv2D", "filters": 16, "kernel_size": 33,""");
        var broken = flowers.Build();
        Assert.NotEqual(0, broken.ExitCode);
        Assert.StartsWith($"{flowers.PathOf("specs/first_net.json")}(7,55): error FCNN2003: layers[0] 'conv1' (Conv2D): kernel 33x33 does not fit the 28x28x1 input", Assert.Single(Consumer.Errors(broken.Lines)), StringComparison.Ordinal);
    }

    // .NET 8 itself need not be installed: the program runs in a newer one. What it computes must not depend on what the library was built for.
    [PackagesFact]
    public void A_program_for_net_8_trains_to_the_same_bytes()
    {
        var (older, newer) = (new Consumer(feed, "my-flowers"), new Consumer(feed, "newer"));
        older.Replace(older.Project, "net10.0", "net8.0");
        // A batch normalization uses the runtime's own loops.
        foreach (var consumer in new[] { older, newer })
        {
            consumer.Replace("specs/first_net.json", """    { "type": "Flatten" },""", """    { "type": "BatchNormalization" }, { "type": "Dropout", "rate": 0.1 }, { "type": "Flatten" },""");
            var build = consumer.Build();
            Assert.True(build.ExitCode == 0, string.Join('\n', build.Lines));
        }

        older.Run("net8.0", Training);
        newer.Run("net10.0", Training);

        Assert.Equal(File.ReadAllBytes(newer.PathOf("run/weights.safetensors")), File.ReadAllBytes(older.PathOf("run/weights.safetensors")));
    }

    [PackagesFact]
    public void A_program_without_a_backend_is_told_the_line_that_it_lacks()
    {
        var program = new Consumer(feed, "incomplete");
        program.Replace(program.Project, "<PackageReference Include=\"TorchSharp-cpu\"", "<!-- <PackageReference Include=\"TorchSharp-cpu\"");
        program.Replace(program.Project, "Condition=\"'$(TorchBackend)' != 'cuda'\" />", "Condition=\"'$(TorchBackend)' != 'cuda'\" /> -->");

        var build = program.Build();

        Assert.NotEqual(0, build.ExitCode);
        Assert.Matches(
            $"""^{Regex.Escape(program.PathOf(program.Project))} : error : The program has no Torch library to compute with\. Add <PackageReference Include="TorchSharp-cpu" Version="\d+\.\d+\.\d+" /> to the project, """,
            Assert.Single(Consumer.Errors(build.Lines)));
    }

    // Links count for nothing.
    private static long Bytes(string folder) =>
        new DirectoryInfo(folder).EnumerateFiles("*", SearchOption.AllDirectories).Where(file => file.LinkTarget is null).Sum(file => file.Length);

    [GeneratedRegex(@"Accuracy +0?\.\d+|accuracy +\d")]
    private static partial Regex Accuracy();
}
