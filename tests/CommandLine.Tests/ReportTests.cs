using System.Diagnostics;
using System.Runtime.InteropServices;
using Xunit;

namespace FashionCnn.CommandLine.Tests;

public sealed class ReportTests : IDisposable
{
    private static readonly string[] Small = ["--data", "sample", "--train-images", "64", "--test-images", "100", "--threads", "1", "--epochs", "1"];

    private readonly TestProgram program = new();

    public void Dispose() => program.Dispose();

    [Fact]
    public void Runs_become_one_file_in_their_folder_or_beside_them()
    {
        Train("a", "1");
        Train("b", "2");

        Assert.Equal(0, program.Run("report", "a"));
        Assert.Equal($"Wrote {Path.Combine("a", "report.html")}. Open it in a browser.\n", program.Output);
        var one = program.Read("a/report.html");
        Assert.Contains("<title>model1a on Fashion-MNIST sample</title>", one, StringComparison.Ordinal);
        Assert.Contains("data:image/png;base64,", one, StringComparison.Ordinal);
        Assert.Contains(">1,633,274</td>", one, StringComparison.Ordinal);

        Assert.Equal(0, program.Run("report", "a", "b", "a/"));
        Assert.Contains("<title>Comparison of 2 runs</title>", program.Read("runs/report.html"), StringComparison.Ordinal);

        Assert.Equal(0, program.Run("report", "b", "--output", "b.html"));
        Assert.Contains("<title>model1a on", program.Read("b.html"), StringComparison.Ordinal);
        Assert.False(File.Exists("b/report.html"));
    }

    [Fact]
    public void Without_the_images_the_report_goes_on_and_says_so()
    {
        Train("a", "1");
        // As of a folder that was deleted since.
        Change("a/config.json", "\"sample\": true", "\"sample\": false");
        Change("a/config.json", "\"data_verified\": true", "\"data_verified\": false");
        Change("a/config.json", "\"data_location\": \"built in\"", "\"data_location\": \"deleted\"");

        Assert.Equal(0, program.Run("report", "a"));
        Assert.StartsWith("a: the mistakes are shown without pictures. The folder of the data, deleted, is no longer there. Give the images' folder with --data.\n", program.Output, StringComparison.Ordinal);
        Assert.Contains("Without pictures: The folder of the data, deleted,", program.Read("a/report.html"), StringComparison.Ordinal);
        Assert.DoesNotContain("data:image/png", program.Read("a/report.html"), StringComparison.Ordinal);

        Assert.Equal(0, program.Run("report", "a", "--data", "sample"));
        Assert.Contains("data:image/png", program.Read("a/report.html"), StringComparison.Ordinal);

        var config = program.Read("a/config.json");
        var fingerprint = config.IndexOf("test_fingerprint\": \"", StringComparison.Ordinal) + 20;
        File.WriteAllText("a/config.json", config[..fingerprint] + "0000" + config[(fingerprint + 4)..]);
        Assert.Equal(0, program.Run("report", "a", "--data", "sample"));
        Assert.StartsWith("a: the mistakes are shown without pictures. The test images of Fashion-MNIST sample (built in) are not those that the run was evaluated on.", program.Output, StringComparison.Ordinal);
    }

    // The signal comes when all is read; the test's own registration, the older one, is told of it last.
    [LinuxTheory]
    [InlineData("")]
    [InlineData("an older report")]
    public void An_interrupted_report_is_not_written(string before)
    {
        Train("a", "1");
        Change("a/config.json", "\"data_location\": \"built in\"", "\"data_location\": \"deleted\"");
        Change("a/config.json", "\"sample\": true", "\"sample\": false");
        Change("a/config.json", "\"data_verified\": true", "\"data_verified\": false");
        if (before.Length > 0)
        {
            File.WriteAllText("a/report.html", before);
        }

        using var told = new ManualResetEventSlim();
        using var registration = PosixSignalRegistration.Create(PosixSignal.SIGINT, context =>
        {
            context.Cancel = true;
            told.Set();
        });

        Assert.Equal(130, program.RunUntil("the mistakes are shown without pictures", Interrupt, "report", "a"));

        Assert.Equal(before, File.Exists("a/report.html") ? program.Read("a/report.html") : string.Empty);
        Assert.DoesNotContain("Wrote", program.Output, StringComparison.Ordinal);
        Assert.Empty(program.Error);
        Assert.Empty(Directory.GetFiles("a", "*.tmp"));

        void Interrupt()
        {
            using var kill = Process.Start("kill", ["-INT", $"{Environment.ProcessId}"]);
            Assert.True(told.Wait(TimeSpan.FromMinutes(1)), "no signal came");
        }
    }

    [Fact]
    public void A_model_that_is_gone_or_changed_has_no_layers()
    {
        Train("a", "1");
        // As earlier versions left runs.
        File.Delete("a/spec.json");

        Assert.Equal(0, program.Run([], "report", "a"));
        Assert.Contains("There is no model model1a in this program any more, so its layers are not shown.", program.Read("a/report.html"), StringComparison.Ordinal);

        var changed = ProjectModels.All.Select(model => model with { Spec = model.Spec.Replace("\"units\": 1024", "\"units\": 512", StringComparison.Ordinal) }).ToList();
        Assert.Equal(0, program.Run(changed, "report", "a"));
        Assert.Contains("The spec of model1a describes another network now than the one that was trained", program.Read("a/report.html"), StringComparison.Ordinal);
    }

    [Fact]
    public void What_cannot_be_used_is_one_message_and_no_file()
    {
        Train("a", "1");
        Refused("report", "error: report needs <run>: Run folders, or model ids");
        Refused("report nowhere", "error: nowhere: there is no such folder or model");
        Directory.CreateDirectory("runs");
        Refused("report a --output runs", "error: --output runs: this is a folder.");
        Refused("report a --output no/report.html", "error: --output no/report.html: there is no folder ");
        Refused("report a --data nowhere", "error: nowhere: there is no such folder.");
        Directory.CreateDirectory("empty");
        Refused("report empty", "error: empty: not a run: it has no result.json.");

        Damaged("predictions.csv", text => text + "100,1,1,0.5,0.5\n", "it should have 100 images, of classes 0 to 9.");
        Damaged("predictions.csv", text => text.Replace("\n0,9,", "\n0,8,", StringComparison.Ordinal), "its labels are not those of the test images.");
        Damaged("predictions.csv", text => text.Replace("\n0,9,", "\n0,200,", StringComparison.Ordinal), "it should have 100 images, of classes 0 to 9.");
        Damaged("history.json", text => text.Replace("\"epoch\": 1", "\"epoch\": 7", StringComparison.Ordinal), "its epochs are not 1, 2, 3 and so on.");
        Damaged("history.json", _ => "[null]", "[0] cannot be null.");
        Damaged("history.json", _ => "null", "its content cannot be null.");
        Damaged("result.json", _ => "{}", "no model.");
        Damaged("config.json", text => text.Replace("\"model1a\"", "null", StringComparison.Ordinal), "model cannot be null.");
        Damaged("config.json", text => text[..100], "it is not valid JSON; see line ");
        Assert.False(File.Exists("a/report.html"));
    }

    private void Train(string folder, string seed) => Assert.Equal(0, program.Run(["model1a", "--seed", seed, "--output", folder, .. Small]));

    private void Change(string file, string old, string now)
    {
        var text = program.Read(file);
        Assert.Contains(old, text, StringComparison.Ordinal);
        File.WriteAllText(file, text.Replace(old, now, StringComparison.Ordinal));
    }

    private void Damaged(string name, Func<string, string> damage, string message)
    {
        var (file, before) = ($"a/{name}", program.Read($"a/{name}"));
        File.WriteAllText(file, damage(before));
        Assert.NotEqual(before, program.Read(file));
        Refused("report a", $"error: {Path.Combine("a", name)}: the file is damaged: {message}");
        File.WriteAllText(file, before);
    }

    private void Refused(string args, string message)
    {
        Assert.Equal(2, program.Run(args.Split(' ')));
        Assert.StartsWith(message, program.Error, StringComparison.Ordinal);
    }
}
