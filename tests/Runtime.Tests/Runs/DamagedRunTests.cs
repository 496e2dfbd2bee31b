using System.Text.RegularExpressions;
using FashionCnn.Evaluation;
using FashionCnn.Runs;
using FashionCnn.Training;
using Xunit;

namespace FashionCnn.Runtime.Tests.Runs;

/// <summary>Files of a run that are JSON, or lines of numbers, and yet not what a run left.</summary>
public sealed class DamagedRunTests : IDisposable
{
    private readonly TemporaryFolder folder = new();
    private readonly RunFolder run;

    public DamagedRunTests()
    {
        (run, var owner) = RunFolder.TryCreate(folder.File("run"))!.Value;
        owner.Dispose();
        var settings = new RunSettings(TestModels.Small.Training with { Epochs = 2 }, 7, 1, "cpu");
        var data = TestModels.Stripes(10, 2);
        EpochRecord[] history = [new(1, 0.5, 0.75, 0.625, 0.5, 1.5, 0.25), new(2, 0.25, 0.875, 0.375, 1, 1.25, 0.5)];
        run.WriteConfig(RunConfiguration.Of(TestModels.Small, data, settings, new RunOrigin(DateTimeOffset.UnixEpoch, [new SettingChange(1, 0, "threads", "2", "1", Decides: false)])));
        run.WriteHistory(history);
        run.WritePredictions(new Predictions([0, 1], [0, 2], [0.75f, 0.5f], [0.25f, 2f]));
        run.WriteResult(RunResult.Of(TestModels.Small, data, settings, new TrainingOutcome(history, Canceled: false, Final: history[1])));
    }

    public void Dispose() => folder.Dispose();

    [Theory]
    [InlineData("result.json", "\"test_accuracy\": 1", "\"test_accuracy\": 7", "test_accuracy cannot be 7; it must be from 0 to 1.")]
    [InlineData("result.json", "\"test_accuracy\": 1", "\"test_accuracy\": -0.5", "test_accuracy cannot be -0.5; it must be from 0 to 1.")]
    [InlineData("result.json", "\"test_accuracy\": 1", "\"test_accuracy\": \"NaN\"", "test_accuracy cannot be NaN; it must be from 0 to 1.")]
    [InlineData("result.json", "\"test_accuracy\": 1", "\"test_accuracy\": \"good\"", "test_accuracy cannot be \"good\".")]
    [InlineData("result.json", "\"train_loss\": 0.25", "\"train_loss\": -3", "train_loss cannot be -3; it must be 0 or more.")]
    [InlineData("result.json", "\"train_loss\": 0.25", "\"train_loss\": \"Infinity\"", "train_loss cannot be Infinity; it must be 0 or more.")]
    [InlineData("result.json", "\"epochs\": 2", "\"epochs\": -1", "epochs cannot be -1; it must be 0 or more.")]
    [InlineData("result.json", "\"epochs\": 2", "\"epochs\": null", "epochs cannot be null.")]
    [InlineData("result.json", "\"epochs\": 2", "\"epochs\": 1e99", "epochs cannot be 1e99.")]
    [InlineData("result.json", "\"test_images\": 2", "\"test_images\": 0", "test_images cannot be 0; it must be 1 or more.")]
    [InlineData("result.json", "\"train_seconds\": 2.75", "\"train_seconds\": -2.75", "train_seconds cannot be -2.75; it must be 0 or more.")]
    [InlineData("result.json", "\"parameters\": ", "\"parameters\": -", "parameters cannot be -")]
    [InlineData("result.json", "\"device\": \"cpu\"", "\"device\": \"tpu\"", "device cannot be \"tpu\"; it must be cpu or cuda.")]
    [InlineData("result.json", "\"precision\": \"fp32\"", "\"precision\": \"fp8\"", "precision cannot be \"fp8\"; it must be fp32 or bf16.")]
    [InlineData("result.json", "\"model\": \"small\"", "\"model\": \"small\", \"model\": \"other\"", "model appears twice.")]
    [InlineData("result.json", "\"model\": \"small\",", "", "no model.")]
    [InlineData("result.json", "\"model\": \"small\"", "\"model\": \"\\ud800\"", "a string is not valid Unicode.")]
    [InlineData("result.json", "{", "[", "it is not valid JSON; see line 2.")]
    [InlineData("history.json", "\"epoch\": 2", "\"epoch\": null", "[1].epoch cannot be null.")]
    [InlineData("history.json", "\"epoch\": 2", "\"epoch\": 4", "its epochs are not 1, 2, 3 and so on.")]
    [InlineData("history.json", "\"test_accuracy\": 0.5", "\"test_accuracy\": 1.5", "in epoch 1, test_accuracy cannot be 1.5; it must be from 0 to 1.")]
    [InlineData("history.json", "\"train_loss\": 0.5,", "", "[0] has no train_loss.")]
    [InlineData("config.json", "\"train_images\": 10", "\"train_images\": -10", "train_images cannot be -10; it must be 1 or more.")]
    [InlineData("config.json", "\"threads\": 1", "\"threads\": 0", "threads cannot be 0; it must be 1 or more.")]
    [InlineData("config.json", "\"type\": \"Adam\"", "\"type\": \"Lion\"", "training.optimizer cannot be { \"type\": \"Lion\",")]
    [InlineData("config.json", "\"type\": \"Adam\",", "", "training.optimizer cannot be {")]
    [InlineData("config.json", "\"learning_rate_schedule\": null", "\"learning_rate_schedule\": { \"type\": \"Wave\" }", "training.learning_rate_schedule cannot be { \"type\": \"Wave\" }.")]
    [InlineData("config.json", "\"learning_rate\": 0.001", "\"learning_rate\": -1", "in training, ")]
    [InlineData("config.json", "\"epochs\": 2", "\"epochs\": -1", "in training, ")]
    [InlineData("config.json", "\"bottom\"", "null", "class_names[2] cannot be null.")]
    [InlineData("config.json", "\"libtorch\": \"2.10.0.0\"", "\"libtorch\": null", "versions.libtorch cannot be null.")]
    [InlineData("config.json", "\"before\": \"2\"", "\"before\": null", "changes[0].before cannot be null.")]
    [InlineData("config.json", "\"started\": \"1970", "\"started\": \"19-70", "started cannot be \"19-70")]
    [InlineData("config.json", "\"version\": 3", "\"version\": -2", "version cannot be -2.")]
    [InlineData("predictions.csv", "\n1,1,2,0.5,2", "\n1,1,77,0.5,2", "it should have 2 images, of classes 0 to 2.")]
    [InlineData("predictions.csv", "\n1,1,2,0.5,2", "\n1,1,7e2,0.5,2", "its line 3 is not the number, label, prediction, confidence and loss of image 1.")]
    [InlineData("predictions.csv", "\n1,1,2,0.5,2", "\n1,1,2,1.5,2", "its line 3 is not the number,")]
    [InlineData("predictions.csv", "\n1,1,2,0.5,2", "\n1,1,2,0.5,NaN", "its line 3 is not the number,")]
    [InlineData("predictions.csv", "\n1,1,2,0.5,2", "\n1,1,2,0.5", "its line 3 is not the number,")]
    [InlineData("predictions.csv", "\n1,1,2,0.5,2", "\n1,1,2,0.5,2,9", "its line 3 is not the number,")]
    [InlineData("predictions.csv", "\n1,1,2,0.5,2", "\n0,1,2,0.5,2", "its line 3 is not the number,")]
    [InlineData("predictions.csv", "\n1,1,2,0.5,2", "\n1,,2,0.5,2", "its line 3 is not the number,")]
    [InlineData("predictions.csv", "\n1,1,2,0.5,2", "", "it should have 2 images, of classes 0 to 2.")]
    [InlineData("predictions.csv", "image,label", "image,lebal", "its first line is not the expected one.")]
    public void Damage_is_refused_in_one_sentence(string file, string old, string now, string message)
    {
        Change(file, old, now);

        var said = Assert.Throws<InputException>(run.Read).Message;

        Assert.StartsWith($"{run.File(file)}: the file is damaged: {message}", said, StringComparison.Ordinal);
        Assert.DoesNotMatch(new Regex(@"System\.|FashionCnn\.|\$\.|LineNumber|Path:|JSON value|discriminator|Parameter '"), said);
    }

    [Theory]
    [InlineData("result.json", "\"final_epoch\": 2", "\"final_epoch\": null", "result.json has no final epoch, history.json has 2 epochs")]
    [InlineData("result.json", "\"final_epoch\": 2", "\"final_epoch\": 3", "result.json does not have the numbers that history.json has for epoch 3")]
    [InlineData("result.json", "\"test_loss\": 0.375", "\"test_loss\": null", "result.json does not have the numbers that history.json has for epoch 2")]
    [InlineData("history.json", "\"train_accuracy\": 0.875", "\"train_accuracy\": 0.75", "result.json does not have the numbers that history.json has for epoch 2")]
    public void Files_that_contradict_each_other_are_refused(string file, string old, string now, string message)
    {
        Change(file, old, now);

        Assert.StartsWith($"{run.Path}: the files do not belong together: {message}.", Assert.Throws<InputException>(run.Read).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_finished_run_without_numbers_of_the_test_images_is_refused()
    {
        foreach (var file in new[] { "history.json", "result.json" })
        {
            Change(file, "\"test_loss\": 0.375", "\"test_loss\": null");
        }

        Assert.StartsWith(
            $"{run.Path}: the files do not belong together: result.json is of a run that was finished, but has no numbers of the test images.", Assert.Throws<InputException>(run.Read).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void The_run_itself_is_read() => Assert.Equal(2, run.Read().Predictions!.Count);

    private void Change(string file, string old, string now)
    {
        var text = File.ReadAllText(run.File(file));
        var place = text.IndexOf(old, StringComparison.Ordinal);
        Assert.True(place >= 0, text);
        File.WriteAllText(run.File(file), text.Remove(place, old.Length).Insert(place, now));
    }
}
