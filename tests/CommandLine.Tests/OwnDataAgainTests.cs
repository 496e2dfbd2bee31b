using System.Text.Json;
using Xunit;
using static FashionCnn.CommandLine.Tests.PictureFiles;

namespace FashionCnn.CommandLine.Tests;

/// <summary>A run on data of the user's own whose folder is used once more: as it was, elsewhere, changed, or gone.</summary>
public sealed class OwnDataAgainTests : IDisposable
{
    private static readonly string[] Fast = ["--epochs", "1", "--threads", "1", "--precision", "fp32", "--seed", "4"];

    private readonly TestProgram program = new();

    public OwnDataAgainTests() => WriteFlowers("flowers", 20);

    public void Dispose() => program.Dispose();

    [Theory]
    [InlineData("--test-split")]
    [InlineData("--validation-split")]
    public void Where_test_images_are_some_of_all_images_a_changed_folder_is_not_evaluated(string split)
    {
        Train("flowers", split, "0.2");
        File.Copy("flowers/tulip/8-003.png", "flowers/rose/4-extra.png");

        var place = Path.GetFullPath("flowers");
        Assert.Equal(2, Evaluate("run"));
        Assert.Equal(
            $"error: {place} does not hold the images that the run was trained and tested on: there were 60, now there are 61. Chosen among these, test images could be some that it was trained on. "
            + "Restore the folder, give the one that holds the run's images, or give another one that has test images of its own. Option: --data.\n",
            program.Error);
        Assert.Equal(2, Evaluate(split == "--test-split" ? "run/weights.safetensors" : "run/best.safetensors", "--data", "flowers/"));
        Assert.StartsWith($"error: {place} does not hold the images", program.Error, StringComparison.Ordinal);
        Assert.Equal(2, Run("train", "flowers", "--resume", "run", "--epochs", "2"));

        // As many, but others.
        File.Delete("flowers/rose/5-004.png");
        Assert.Equal(2, Evaluate("run"));
        Assert.Contains(": there were 60, now there are as many, but some are others. ", program.Error, StringComparison.Ordinal);

        // Other images to test on are what they are.
        WriteFlowers("others/train", 4);
        WriteFlowers("others/test", 4);
        Assert.Equal(0, Evaluate("run", "--data", "others"));
        Assert.StartsWith($"flowers on others ({Path.GetFullPath("others")}), 12 test images, ", program.Output, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("--test-split", "test")]
    [InlineData("--validation-split", "held-out")]
    public void A_folder_that_was_moved_is_evaluated_and_trained_on_when_it_is_given(string split, string images)
    {
        Train("flowers/", split, "0.2");
        using var config = JsonDocument.Parse(program.Read("run/config.json"));
        using var result = JsonDocument.Parse(program.Read("run/result.json"));
        Assert.Equal(Path.GetFullPath("flowers"), config.RootElement.GetProperty("data_location").GetString());
        var expected = $", 12 {images} images, computed in fp32\nloss {result.RootElement.GetProperty("test_loss").GetDouble():0.0000}, accuracy {result.RootElement.GetProperty("test_accuracy").GetDouble():0.0000} ";
        foreach (var place in new[] { "flowers", "flowers/" })
        {
            Assert.Equal(0, Evaluate("run", "--data", place));
            Assert.Contains(expected, program.Output, StringComparison.Ordinal);
        }

        Assert.Equal(0, Evaluate("run/weights.safetensors"));
        Assert.Contains(expected, program.Output, StringComparison.Ordinal);

        Directory.Move("flowers", "moved");
        var gone = $"error: The data of the run, {Path.GetFullPath("flowers")}, is no longer there. Give its folder. Option: --data.\n";
        Assert.Equal(2, Evaluate("run"));
        Assert.Equal(gone, program.Error);
        Assert.Equal(2, Run("train", "flowers", "--resume", "run", "--epochs", "2"));
        Assert.Equal(gone, program.Error);
        foreach (var place in new[] { "moved", "moved/" })
        {
            Assert.Equal(0, Evaluate("run", "--data", place));
            Assert.StartsWith($"flowers on moved ({Path.GetFullPath("moved")}){expected}", program.Output, StringComparison.Ordinal);
        }

        Assert.Equal(0, Run("train", "flowers", "--resume", "run", "--epochs", "2", "--data", "moved/"));
    }

    [Fact]
    public void Another_split_than_the_run_s_is_not_evaluated()
    {
        Train("flowers", "--test-split", "0.2");

        Assert.Equal(2, Evaluate("run", "--test-split", "0.2", "--test-split-seed", "3"));
        Assert.Equal("error: The run was not tested on the images that test_split 0.2 with seed 3 chooses; it may have been trained on them. Omit test_split to test on the run's own test images. Option: --test-split.\n", program.Error);
        Assert.Equal(0, Evaluate("run", "--test-split", "0.2"));
    }

    [Fact]
    public void Test_images_that_were_replaced_where_they_are_are_not_those_of_the_run()
    {
        WriteFlowers("parts/train", 8);
        WriteFlowers("parts/test", 4);
        Train("parts");
        Assert.Equal(0, Evaluate("run"));
        File.Copy("flowers/rose/5-019.png", "parts/test/rose/1-extra.png");

        Assert.Equal(2, Evaluate("run"));
        Assert.Equal(
            $"error: {Path.GetFullPath("parts")} does not hold the images that the run was trained and tested on: there were 36, now there are 37. Restore the folder, give the one that holds the run's images, or give another one that has test images of its own. Option: --data.\n",
            program.Error);
    }

    [Fact]
    public void Runs_within_the_folder_of_the_data_are_no_classes()
    {
        Directory.Delete("flowers", recursive: true);
        WriteFlowers(".", 10);
        Assert.Equal(0, Run(["train", "flowers", "--data", ".", "--test-split", "0.2", "--output", "first", .. Fast]));
        Assert.True(File.Exists("first/curves.png"));
        Assert.Equal(0, Run(["train", "flowers", "--data", ".", "--test-split", "0.2", .. Fast]));
        Assert.Equal(0, Run(["train", "flowers", "--data", ".", "--test-split", "0.2", "--output", "more/second", .. Fast]));

        Assert.Contains("\n3 classes of 8 training images each\n", program.Output, StringComparison.Ordinal);
        Assert.Equal(0, Evaluate("first"));
        Assert.Equal(0, Run("train", "flowers", "--resume", "--epochs", "2"));
        Assert.Equal(0, Run("train", "flowers", "--resume", "more/second", "--epochs", "2"));
    }

    [Fact]
    public void Of_many_pictures_that_are_left_out_ten_are_named()
    {
        for (var i = 0; i < 12; i++)
        {
            File.WriteAllText($"flowers/rose/broken{i:00}.png", "no picture");
        }

        Train("flowers", "--test-split", "0.2");
        Assert.Equal(10, program.Output.Split("Warning: left out: ").Length - 1);
        Assert.Contains("\nWarning: 2 other pictures left out too.\n", program.Output, StringComparison.Ordinal);
        Assert.Equal(0, Evaluate("run"));
        Assert.Equal(10, program.Error.Split("Warning: left out: ").Length - 1);
        Assert.Contains("\nWarning: 2 other pictures left out too.\n", program.Error, StringComparison.Ordinal);
    }

    [Fact]
    public void Held_out_images_in_the_place_of_test_images_are_evaluated_once_at_the_end_and_all()
    {
        string[] command = ["train", "flowers", "--data", "flowers", "--validation-split", "0.2", "--test-at-end", "--output", "run", "--epochs", "2", "--threads", "1", "--precision", "fp32"];
        Assert.Equal(2, Run([.. command, "--test-images", "5"]));
        Assert.Equal(
            $"error: --test-images 5: flowers ({Path.GetFullPath("flowers")}) has no test images; all images that --validation-split holds out are evaluated on in their place. Omit --test-images, or take test images with --test-split.\n",
            program.Error);

        Assert.Equal(0, Run(command));
        Assert.Contains("\nTest loss and test accuracy are computed once, after training, on the held-out images\n", program.Output, StringComparison.Ordinal);
        Assert.DoesNotContain("The test images are evaluated", program.Output, StringComparison.Ordinal);
        using var history = JsonDocument.Parse(program.Read("run/history.json"));
        var epochs = history.RootElement.EnumerateArray().ToList();
        Assert.Equal([JsonValueKind.Null, JsonValueKind.Number], epochs.Select(epoch => epoch.GetProperty("test_loss").ValueKind));
        Assert.Equal(epochs[1].GetProperty("validation_accuracy").GetDouble(), epochs[1].GetProperty("test_accuracy").GetDouble());
        Assert.Equal(12, program.Read("run/predictions.csv").Trim().Split('\n').Length - 1);
    }

    private void Train(string data, params string[] more) => Assert.Equal(0, Run(["train", "flowers", "--data", data, "--output", "run", .. Fast, .. more]));

    private int Evaluate(string weights, params string[] more) => Run(["evaluate", "flowers", "--weights", weights, "--threads", "1", "--precision", "fp32", .. more]);

    private int Run(params string[] args) => program.Run([ColorNet.OfFlowers], args);
}
