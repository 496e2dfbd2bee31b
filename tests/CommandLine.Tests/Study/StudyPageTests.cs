using System.Globalization;
using System.Text.Json.Nodes;
using FashionCnn.CommandLine.Study;
using FashionCnn.Storage;
using Xunit;

namespace FashionCnn.CommandLine.Tests.Study;

/// <summary>table --output: the page of the study and the folder beside it.</summary>
public sealed class StudyPageTests(StudyPageTests.Runs runs) : IClassFixture<StudyPageTests.Runs>, IDisposable
{
    private static readonly string[] Small = ["--data", "sample", "--train-images", "96", "--test-images", "100", "--epochs", "2"];
    private static readonly string[] Write = ["table", "--no-training", "--output", "docs/study.md", .. Small];

    private readonly TestProgram program = new();

    /// <summary>Runs of two models: one with two seeds in two precisions, one with a single seed on two threads.</summary>
    public sealed class Runs : IDisposable
    {
        public Runs()
        {
            using var program = new TestProgram();
            Assert.Equal(0, program.Run(["model1a", "--precision", "fp32", "--threads", "1", "--output", $"{Folder}/a", .. Small]));
            Assert.Equal(0, program.Run(["model1a", "--precision", "bf16", "--threads", "1", "--seed", "2", "--output", $"{Folder}/b", .. Small]));
            Assert.Equal(0, program.Run(["model1b", "--precision", "fp32", "--threads", "2", "--layout", "channels_first", "--output", $"{Folder}/deeper/c", .. Small]));
        }

        public string Folder { get; } = Directory.CreateTempSubdirectory("fashioncnn-").FullName;

        public void Dispose() => Directory.Delete(Folder, recursive: true);
    }

    public void Dispose() => program.Dispose();

    [Fact]
    public void The_page_has_the_numbers_of_the_runs_and_the_models_that_are_not_trained_yet()
    {
        WritePage();

        var page = program.Read("docs/study.md");
        var (a, b, c) = (Result("a"), Result("b"), Result("deeper/c"));
        var mean = (a.Accuracy + b.Accuracy) / 2;
        Assert.Contains($"| 1A | 0.3146 | {Four((a.Loss + b.Loss) / 2)} ± ", page, StringComparison.Ordinal);
        Assert.Contains($" | 0.9214 | {Four(mean)} ± {Four(Math.Abs(a.Accuracy - b.Accuracy) / Math.Sqrt(2))} | ", page, StringComparison.Ordinal);
        Assert.Contains(" | 2 | fp32, bf16 | 185.64 s | not measured yet |\n", page, StringComparison.Ordinal);
        Assert.Contains($"| 1B | 0.4776 | {Four(c.Loss)} | 0.9264 | {Four(c.Accuracy)} | ", page, StringComparison.Ordinal);
        Assert.Contains("| 2 | 0.2288 | not trained here yet | 0.9378 |  |  |  |  | 335.52 s | not measured yet |\n", page, StringComparison.Ordinal);
        Assert.Contains("Not comparable: 2 epochs instead of the study's 25.\n", page, StringComparison.Ordinal);
        Assert.Contains($"| model1a | 2 | bf16 | {Four(b.Loss)} | {Four(b.Accuracy)} | ", page, StringComparison.Ordinal);
        Assert.Contains("| Generalizes best by test accuracy | model2 | - | open |\n", page, StringComparison.Ordinal);
        Assert.Matches(@"\| model1a, model1b \| \d+ \| \d+ \| ", page);
        // Aims are of rows that are comparable.
        Assert.DoesNotContain("## Aims", page, StringComparison.Ordinal);
        Assert.Contains("All runs here: Adam, learning rate 0.0001, batch size 32.\n", page, StringComparison.Ordinal);
        foreach (var link in System.Text.RegularExpressions.Regex.Matches(page, @"\]\((?<to>[^)]+)\)").Select(match => match.Groups["to"].Value))
        {
            Assert.True(Path.Exists($"docs/{link}"), link);
        }
    }

    [Fact]
    public void Each_run_is_kept_in_small_files_that_say_nothing_of_the_machine()
    {
        WritePage();

        Assert.Equal(
            ["comparison.json", "curves.svg", "model1a/seed-1/config.json", "model1a/seed-1/curves.svg", "model1a/seed-1/history.csv", "model1a/seed-1/predictions.csv.gz", "model1a/seed-1/result.json"],
            Files().Keys.Where(file => !file.Contains("seed-2", StringComparison.Ordinal) && !file.Contains("model1b", StringComparison.Ordinal)));
        Assert.Equal(17, Files().Count);
        Assert.All(Files().Values.Append(program.Read("docs/study.md")), text =>
        {
            Assert.DoesNotContain(runs.Folder, text, StringComparison.Ordinal);
            Assert.DoesNotContain(program.Folder, text, StringComparison.Ordinal);
            Assert.DoesNotContain(Environment.MachineName, text, StringComparison.Ordinal);
        });
    }

    [Fact]
    public void It_is_written_again_from_its_own_folder_with_the_same_bytes_and_with_new_runs()
    {
        WritePage("--runs", $"{runs.Folder}/a");
        var first = Files();
        Assert.DoesNotContain("model1b", string.Join(' ', first.Keys), StringComparison.Ordinal);

        // A fresh machine: the page and its folder, and the other runs.
        Assert.Equal(0, program.Run([.. Write, "--runs", $"{runs.Folder}/b", "--runs", $"{runs.Folder}/deeper"]));
        var (page, files) = (program.Read("docs/study.md"), Files());
        Assert.Equal(17, files.Count);
        Assert.All(first.Where(file => file.Key.StartsWith("model1a/seed-1/", StringComparison.Ordinal)), file => Assert.Equal(file.Value, files[file.Key]));

        Assert.Equal(0, program.Run(Write));
        Assert.Equal(page, program.Read("docs/study.md"));
        Assert.Equal(files, Files());

        // The same from the runs at once.
        Directory.Delete("docs/study", recursive: true);
        WritePage();
        Assert.Equal(page, program.Read("docs/study.md"));
        Assert.Equal(files, Files());
    }

    [Fact]
    public void What_stands_around_the_part_stays()
    {
        Directory.CreateDirectory("docs");
        File.WriteAllText("docs/study.md", "# My title\n\nBefore.\n\n<!-- study -->\nold\n<!-- end of study -->\n\nAfter.\n");

        WritePage();

        var page = program.Read("docs/study.md");
        Assert.StartsWith("# My title\n\nBefore.\n\n<!-- study -->\n\nThe study trained five", page, StringComparison.Ordinal);
        Assert.EndsWith("\n\n<!-- end of study -->\n\nAfter.\n", page, StringComparison.Ordinal);
        Assert.DoesNotContain("\nold\n", page, StringComparison.Ordinal);
    }

    [Fact]
    public void A_page_that_could_not_be_written_is_refused_before_any_work()
    {
        Directory.CreateDirectory("docs");
        File.WriteAllText("docs/other.md", "# Mine\n");

        Refused("error: --output docs/other.md: the file has no part from <!-- study --> to <!-- end of study -->", "table", "--output", "docs/other.md");
        Refused("error: --output docs/study: give the name of a Markdown file, such as study.md.", "table", "--output", "docs/study");
        Refused("error: --output nowhere/study.md: there is no folder ", "table", "--output", "nowhere/study.md");
        Refused("error: --runs nowhere: there is no such folder.", "table", "--runs", "nowhere");
        Refused("error: --measure keeps what it measures beside the page. Add --output.", "table", "--measure", "1");
        Assert.Equal("# Mine\n", program.Read("docs/other.md"));
    }

    [Fact]
    public void Kept_runs_that_are_damaged_or_have_other_settings_are_not_lost()
    {
        WritePage();
        var (page, files) = (program.Read("docs/study.md"), Files());

        Refused("error: docs/study/model1a/seed-1: this run has other settings than those asked for, so it is no row of the page.", [.. Write.SkipLast(1), "3"]);
        File.WriteAllText("docs/study/model1a/seed-1/result.json", "{");
        Refused("error: docs/study/model1a/seed-1/result.json: the file is damaged", Write);
        File.WriteAllText("docs/study/model1a/seed-1/result.json", files["model1a/seed-1/result.json"]);
        Assert.Equal(page, program.Read("docs/study.md"));
        Assert.Equal(files, Files());

        // Killed while a run was replaced.
        Directory.Move("docs/study/model1a/seed-1", "docs/study/model1a/seed-1.previous");
        Assert.Equal(0, program.Run(Write));
        Assert.Equal(page, program.Read("docs/study.md"));
        Assert.Equal(files, Files());
    }

    [Fact]
    public void A_row_may_be_of_any_precision_thread_count_and_layout()
    {
        Assert.Equal(0, program.Run(["table", "model1a", "model1b", "--precision", "fp32", "--threads", "1", "--runs", runs.Folder, .. Small]));

        Assert.DoesNotContain("epoch 1/2", program.Output, StringComparison.Ordinal);
        Assert.Matches(@"(?m)^ +model1a +185\.64 s .* 2 +fp32, bf16 *$", program.Output);
        Assert.Matches(@"(?m)^ +model1b +329\.58 s .* 1 +fp32 *$", program.Output);
    }

    [Fact]
    public void Without_any_run_nothing_is_trained()
    {
        Directory.CreateDirectory("docs");
        Assert.Equal(0, program.Run(Write));

        Assert.Contains("No model has a finished run with these settings yet.", program.Output, StringComparison.Ordinal);
        Assert.False(Directory.Exists("runs") || Directory.Exists("docs/study"));
        Assert.DoesNotContain("](", program.Read("docs/study.md"), StringComparison.Ordinal);
        Assert.Equal(5, program.Read("docs/study.md").Split("not trained here yet").Length - 1);
    }

    [Fact]
    public void Times_are_computed_from_speeds_that_were_measured_on_an_idle_machine()
    {
        WritePage("--runs", runs.Folder, "--measure", "1", "--threads", "1", "--precision", "fp32", "model1a");

        Assert.Matches(@"model1a: [\d,]+ images/s in training \(fp32, channels_last, 1 thread", program.Output);
        var kept = File.Exists("docs/study/speed.json") && JsonNode.Parse(program.Read("docs/study/speed.json"))!["model1a"] is not null;
        Assert.Equal(!kept, program.Output.Contains("Warning: the speed of model1a is not kept, because the machine was not idle.", StringComparison.Ordinal));

        // 1,500,000 images.
        File.WriteAllText("docs/study/speed.json", """
            {
              "model1a": { "images_per_second": 1000, "batch_size": 32, "precision": "fp32", "layout": "channels_last", "threads": 2, "device": "cpu", "processor": "A processor", "cores": 2, "system": "A system", "libtorch": "2.0", "date": "2026-01-31", "other_work": 0.02 }
            }
            """);
        Assert.Equal(0, program.Run(Write));
        var page = program.Read("docs/study.md");
        Assert.Contains(" | fp32, bf16 | 185.64 s | 1500.00 s |\n", page, StringComparison.Ordinal);
        Assert.Contains("| 1A | 185.64 s | 1500.00 s | 1,000 | fp32 | 2 | channels_last | 2026-01-31 | 0.02 |\n", page, StringComparison.Ordinal);
        Assert.Contains("Measured on A processor, 2 cores, A system, libtorch 2.0.\n", page, StringComparison.Ordinal);

        File.WriteAllText("docs/study/speed.json", program.Read("docs/study/speed.json").Replace("1000", "0", StringComparison.Ordinal));
        Refused("error: docs/study/speed.json: the file is damaged", Write);
    }

    [Fact]
    public void A_network_that_is_not_the_studys_has_its_accuracy_and_its_time_beside_the_studys()
    {
        Assert.Equal(0, program.Run(["table", "fast", "--threads", "1", "--precision", "fp32", .. Small]));
        Assert.Contains("The test images are evaluated once, after training", program.Output, StringComparison.Ordinal);
        Assert.Matches(@"(?m)^fast: accuracy 0\.\d{4} \(aim 0\.9378: not comparable\)$", program.Output);
        Assert.Contains("Not comparable: fast, 2 epochs instead of fast's 10.", program.Output, StringComparison.Ordinal);
        Assert.DoesNotContain("model1a", program.Output, StringComparison.Ordinal);
        Assert.Equal(0, program.Run(["table", "fast", "--threads", "1", "--precision", "fp32", "--seed", "2", .. Small]));
        Directory.CreateDirectory("docs/study");
        Assert.Equal(0, program.Run(Write));
        var page = program.Read("docs/study.md");
        Assert.Matches(@"(?m)^\| fast \| 576,938 \| 24,558,592 \| 2 \| .* ± .* \| .* ± .* \| .* \| 2 \| 0\.9378 \| not comparable \| not measured yet \|  \| 0\.100 \| not comparable \|$", page);
        Assert.Contains("| 2 | 0.2288 | not trained here yet |", page, StringComparison.Ordinal);
        Assert.Contains("[fast/seed-2](study/fast/seed-2) |\n", page, StringComparison.Ordinal);
        Assert.Contains("Not comparable: fast, 2 epochs instead of fast's 10, 96 training images instead of 60,000, 100 test images instead of 10,000.\n", page, StringComparison.Ordinal);
        Assert.True(File.Exists("docs/study/fast/seed-1/curves.svg"));

        // 2 epochs of 96 images at 192 images/s take a second; 25 of 60,000 at 75,000 take twenty.
        const string Machine = """
            "precision": "fp32", "layout": "channels_last", "device": "cpu", "processor": "A processor", "cores": 2, "system": "A system", "libtorch": "2.0", "date": "2026-01-31", "other_work": 0.02
            """;
        Assert.Equal(0, program.Run(["table", "fast", "--threads", "1", "--precision", "fp32", "--seed", "3", .. Small]));
        File.WriteAllText("docs/study/speed.json", $$"""{ "fast": { "images_per_second": 192, "batch_size": 128, "threads": 2, {{Machine}} }, "model2": { "images_per_second": 75000, "batch_size": 32, "threads": 2, {{Machine}} } }""");
        Assert.Equal(0, program.Run(Write));
        Assert.Contains(" | 3 | 0.9378 | not comparable | 1.00 s | 0.050 of model2's | 0.100 | not comparable |\n", program.Read("docs/study.md"), StringComparison.Ordinal);
        Assert.Contains(" (aim 0.9378: not comparable), 0.050 of model2's training time (aim 0.100: not comparable)\n", program.Output, StringComparison.Ordinal);

        // Another number of threads: no share.
        File.WriteAllText("docs/study/speed.json", program.Read("docs/study/speed.json").Replace("\"batch_size\": 32, \"threads\": 2", "\"batch_size\": 32, \"threads\": 1", StringComparison.Ordinal));
        Assert.Equal(0, program.Run(Write));
        Assert.Contains(" | 3 | 0.9378 | not comparable | 1.00 s |  | 0.100 | not comparable |\n", program.Read("docs/study.md"), StringComparison.Ordinal);

        Refused("error: table fats: the table has no such model; did you mean 'fast'? Give model1a, model1b, model2, model3, model4, fast, fast94, best, or none for all of the study's.", "table", "fats");
    }

    [Fact]
    public void The_page_of_this_repository_agrees_with_its_files()
    {
        var source = Path.Combine(Repository.Root, "docs", "study.md");
        Directory.CreateDirectory("docs/study");
        File.Copy(source, "docs/study.md");
        var folder = Path.ChangeExtension(source, null);
        foreach (var file in Directory.Exists(folder) ? Directory.GetFiles(folder, "*", SearchOption.AllDirectories) : [])
        {
            var copy = Path.Combine("docs/study", Path.GetRelativePath(folder, file));
            Directory.CreateDirectory(Path.GetDirectoryName(copy)!);
            File.Copy(file, copy);
        }

        var files = Files();

        Assert.Equal(0, program.Run("table", "--no-training", "--output", "docs/study.md"));

        Assert.Equal(File.ReadAllText(source), program.Read("docs/study.md"));
        Assert.Equal(files, Files());
    }

    [Fact]
    public void The_readme_shows_the_table_of_the_page()
    {
        var (page, readme) = (Path.Combine(Repository.Root, "docs", "study.md"), Path.Combine(Repository.Root, "README.md"));
        var text = File.ReadAllText(readme);
        Assert.True(MarkedPart.IsIn(text), "README.md has no part for the study's table.");
        // Model, both losses, both accuracies, interval, seeds.
        var table = File.ReadLines(page).SkipWhile(line => line != "## Results").Skip(2).TakeWhile(line => line.StartsWith('|')).Select(line => $"|{string.Join('|', line.Split('|')[1..8])}|\n").ToList();
        Assert.Equal(7, table.Count);
        var expected = MarkedPart.Replace(text, string.Concat(table));
        if (Environment.GetEnvironmentVariable("ACCEPT_SNAPSHOTS") == "1")
        {
            Assert.True(Environment.GetEnvironmentVariable("CI") is null or "", "ACCEPT_SNAPSHOTS is refused when CI is set.");
            AtomicFile.WriteText(readme, expected);
        }

        Assert.True(expected == File.ReadAllText(readme), "README.md does not show the table of docs/study.md; ACCEPT_SNAPSHOTS=1 dotnet test writes it.");
    }

    private void WritePage(params string[] more)
    {
        Directory.CreateDirectory("docs");
        Assert.Equal(0, program.Run([.. Write, .. more.Length == 0 ? ["--runs", runs.Folder] : more]));
        Assert.Contains("Wrote docs/study.md and docs/study\n", program.Output, StringComparison.Ordinal);
    }

    private void Refused(string message, params string[] args)
    {
        Assert.Equal(2, program.Run(args));
        Assert.StartsWith(message, program.Error, StringComparison.Ordinal);
    }

    private (double Loss, double Accuracy) Result(string run)
    {
        var result = JsonNode.Parse(File.ReadAllText($"{runs.Folder}/{run}/result.json"))!;
        return ((double)result["test_loss"]!, (double)result["test_accuracy"]!);
    }

    private static string Four(double value) => value.ToString("0.0000", CultureInfo.InvariantCulture);

    // Compressed ones by their bytes.
    private static SortedDictionary<string, string> Files() => new(
        Directory.GetFiles("docs/study", "*", SearchOption.AllDirectories).ToDictionary(
            file => Path.GetRelativePath("docs/study", file).Replace('\\', '/'),
            file => file.EndsWith(".gz", StringComparison.Ordinal) ? Convert.ToHexString(File.ReadAllBytes(file)) : File.ReadAllText(file)),
        StringComparer.Ordinal);
}
