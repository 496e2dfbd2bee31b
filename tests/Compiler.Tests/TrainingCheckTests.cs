using System.Text.Json;
using System.Text.RegularExpressions;
using FashionCnn.Compiler.Syntax;
using FashionCnn.Compiler.Training;
using Xunit;

namespace FashionCnn.Compiler.Tests;

/// <summary>Settings from anywhere get the check and the words of a spec's.</summary>
public sealed class TrainingCheckTests
{
    private const string Head = """{ "version": 1, "input": { "shape": [4, 4, 1] }, "layers": [{ "type": "Flatten" }, { "type": "Dense", "units": 2 }], "training": """;

    [Theory]
    [InlineData("""{ "optimizer": { "type": "SGD", "momentum": 2 } }""", "FCNN1006", "optimizer.momentum", "training.optimizer (SGD): \"momentum\" must be a number of at least 0 and below 1, but is 2")]
    [InlineData("""{ "optimizer": { "type": "Adam", "learning_rate": -1 } }""", "FCNN1006", "optimizer.learning_rate", "training.optimizer (Adam): \"learning_rate\" must be a number above 0, but is -1")]
    [InlineData("""{ "optimizer": { "type": "Adam", "momentun": 0.9 } }""", "FCNN1002", "optimizer.momentun", "training.optimizer (Adam): unknown key 'momentun'. Allowed here: learning_rate, beta_1, beta_2, epsilon, weight_decay, clipnorm, clipvalue, global_clipnorm, use_ema, ema_momentum, type.")]
    [InlineData("""{ "optimizer": { "type": "Adamm" } }""", "FCNN1008", "optimizer.type", "training.optimizer: \"type\" cannot be 'Adamm'; did you mean 'Adam'? Allowed: Adam, AdamW, SGD, RMSprop.")]
    [InlineData("""{ "optimizer": { "type": "SGD", "nesterov": true } }""", "FCNN1028", "optimizer.nesterov", "training.optimizer (SGD): \"nesterov\" needs a \"momentum\" above 0")]
    [InlineData("""{ "optimizer": { "type": "RMSprop", "clipnorm": 0 } }""", "FCNN1006", "optimizer.clipnorm", "training.optimizer (RMSprop): \"clipnorm\" must be a number above 0, but is 0")]
    [InlineData("""{ "optimizer": { "type": "Adam", "clipvalue": 0.5, "clipnorm": 1 } }""", "FCNN1028", "optimizer.clipnorm", "training.optimizer (Adam): \"clipnorm\" cannot stand beside \"clipvalue\": gradients are clipped in one way; remove one of the two")]
    [InlineData("""{ "optimizer": { "type": "AdamW", "ema_momentum": 0.9 } }""", "FCNN1028", "optimizer.ema_momentum", "training.optimizer (AdamW): \"ema_momentum\" needs \"use_ema\": true")]
    [InlineData("""{ "optimizer": { "type": "SGD", "use_ema": true, "ema_momentum": 1.5 } }""", "FCNN1006", "optimizer.ema_momentum", "training.optimizer (SGD): \"ema_momentum\" must be a number of at least 0 and at most 1, but is 1.5")]
    [InlineData("""{ "batch_size": 0 }""", "FCNN1006", "batch_size", "training: \"batch_size\" must be an integer from 1 to 65,536, but is 0")]
    [InlineData("""{ "epochs": 2.5 }""", "FCNN1007", "epochs", "training: \"epochs\" must be an integer, written without fraction or exponent, but is 2.5")]
    [InlineData("""{ "early_stopping": { "patience": 3 } }""", "FCNN1028", "early_stopping", "training.early_stopping: without a \"validation_split\" there is nothing to watch: held-out images decide when to stop, never the test images")]
    [InlineData("""{ "validation_split": 0.1, "early_stopping": { "monitor": "loss" , "patience": 3 } }""", "FCNN1008", "early_stopping.monitor", "training.early_stopping: \"monitor\" cannot be 'loss'. Allowed: val_loss, val_accuracy.")]
    [InlineData("""{ "validation_split": 0.1, "early_stopping": { } }""", "FCNN1004", "early_stopping", "training.early_stopping: the key 'patience' is missing: epochs in a row without improvement after which training stops; 0 counts as 1; an integer from 0 to 100,000")]
    [InlineData("""{ "learning_rate_schedule": { "type": "PiecewiseConstantDecay", "boundaries": [3, 2], "values": [1, 2, 3] } }""", "FCNN1028", "learning_rate_schedule.boundaries", "training.learning_rate_schedule (PiecewiseConstantDecay): the boundaries must be in ascending order")]
    [InlineData("""{ "epochs": 2, "learning_rate_schedule": { "type": "CosineDecay", "warmup_epochs": 2 } }""", "FCNN1028", "learning_rate_schedule.warmup_epochs", "training.learning_rate_schedule (CosineDecay): warmup_epochs is 2, but must be less than the number of epochs, 2")]
    [InlineData("""{ "optimizer": { "type": "Adam", "learning_rate": 0.1 }, "learning_rate_schedule": { "type": "OneCycle", "max_learning_rate": 1 } }""", "FCNN1028", "optimizer.learning_rate", "training.optimizer: OneCycle sets the learning rate itself; remove this one")]
    [InlineData("[]", "FCNN1005", "", "training: \"training\" must be an object, not an array")]
    public void A_fault_is_said_as_in_a_spec(string json, string id, string setting, string message)
    {
        var fault = Assert.Single(TrainingCheck.Faults(json));

        Assert.Equal((id, setting, message), (fault.Rule.Id, fault.Setting, fault.Message));
        Assert.Equal(message, Assert.Single(SpecCompiler.Compile("net.json", $"{Head}{json} }}").Diagnostics).Message);
    }

    [Theory]
    [InlineData("{ }")]
    [InlineData("""{ "optimizer": null, "learning_rate_schedule": null, "early_stopping": null, "epochs": 3 }""")]
    [InlineData("""{ "optimizer": { "type": "AdamW", "weight_decay": 0, "clipnorm": 1, "clipvalue": null, "use_ema": false, "ema_momentum": 0.99 } }""")]
    [InlineData("""{ "optimizer": { "type": "Adam", "global_clipnorm": 1, "use_ema": true, "ema_momentum": 1 } }""")]
    [InlineData("""{ "optimizer": { "type": "SGD", "momentum": 0.9, "nesterov": true }, "validation_split": 0.1, "early_stopping": { "patience": 0 } }""")]
    public void What_can_be_trained_with_has_no_faults(string json) => Assert.Empty(TrainingCheck.Faults(json));

    [Theory]
    [InlineData("NaN")]
    [InlineData("Infinity")]
    [InlineData("-Infinity")]
    public void What_is_no_finite_number_is_out_of_every_range(string number) => Assert.All(
        TrainingCheck.Settings.Where(setting => setting.Section == "optimizer" && setting.Expected.StartsWith("a number", StringComparison.Ordinal)),
        setting => Assert.Equal(
            $"training.optimizer ({setting.Type}): \"{setting.Name}\" must be {setting.Expected}, but is {number}",
            Assert.Single(TrainingCheck.Faults($$"""{ "optimizer": { "type": "{{setting.Type}}", "{{setting.Name}}": "{{number}}" } }""")).Message));

    [Fact]
    public void All_faults_come_at_once_with_their_lines()
    {
        var faults = TrainingCheck.Faults("{\n  \"epochs\": 0,\r\n  \"batch_size\": true\n}");

        Assert.Equal([("epochs", new LinePosition(1, 12)), ("batch_size", new LinePosition(2, 16))], faults.Select(fault => (fault.Setting, fault.Lines.Start)));
    }

    [Fact]
    public void A_text_that_is_not_JSON_has_one_fault() =>
        Assert.Equal(("FCNN0006", string.Empty), TrainingCheck.Faults("""{ "epochs": """).Select(fault => (fault.Rule.Id, fault.Setting)).Single());

    [Fact]
    public void Every_declared_default_is_accepted_and_every_required_setting_is_asked_for()
    {
        Assert.True(TrainingCheck.Settings.Count > 25);
        foreach (var group in TrainingCheck.Settings.GroupBy(setting => (setting.Section, setting.Type)).Where(group => group.Key.Section.Length > 0))
        {
            var type = group.Key.Type.Length == 0 ? string.Empty : $"\"type\": \"{group.Key.Type}\",";
            var defaults = string.Join(", ", group.Where(setting => setting.Default is not null).Select(setting => $"\"{setting.Name}\": {setting.Default}"));
            var rate = group.Key.Section == "optimizer" ? string.Empty : "\"validation_split\": 0.1,";

            var faults = TrainingCheck.Faults($$"""{ {{rate}} "{{group.Key.Section}}": { {{type}} {{defaults}} } }""");

            Assert.Equal(
                // Of one rule at one place one fault is shown.
                group.Where(setting => setting.IsRequired).Select(setting => setting.Name).Take(1),
                faults.Select(fault => Regex.Match(fault.Message, "the key '(\\w+)' is missing").Groups[1].Value));
        }
    }

    [Fact]
    public void Defaults_are_JSON() =>
        Assert.All(TrainingCheck.Settings.Where(setting => setting.Default is not null), setting => JsonDocument.Parse(setting.Default!).Dispose());
}
