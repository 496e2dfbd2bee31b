using System.Text.Json;
using FashionCnn.Compiler.Training;
using FashionCnn.Models;
using FashionCnn.Runs;
using Xunit;

namespace FashionCnn.Runtime.Tests.Training;

/// <summary>The records of the settings say what the compiler's table says.</summary>
public sealed class TrainingDeclarationTests
{
    private static readonly JsonSerializerOptions Json = new() { PropertyNamingPolicy = JsonNamingPolicy.SnakeCaseLower };

    [Theory]
    [InlineData(null)]
    [InlineData(1.5)]
    public void An_optimizer_comes_back_from_the_file_of_a_run_as_it_was(double? clipping)
    {
        OptimizerSettings[] optimizers =
        [
            new AdamSettings { Clipnorm = clipping }, new AdamWSettings { Clipvalue = clipping, UseEma = true, EmaMomentum = 0.5 },
            new SgdSettings(WeightDecay: 0.1) { GlobalClipnorm = clipping }, new RmsPropSettings { UseEma = true },
        ];

        Assert.All(optimizers, optimizer =>
        {
            var text = RunJson.Write(optimizer);
            Assert.Equal(optimizer, RunJson.Read<OptimizerSettings>(text));
            Assert.DoesNotContain("null", text, StringComparison.Ordinal);
        });
        Assert.Equal(new SgdSettings(0.1), RunJson.Read<OptimizerSettings>("""{ "type": "SGD", "learning_rate": 0.1 }"""));
    }

    [Theory]
    [InlineData(1.0, null, 0.99, null)]
    [InlineData(0.0, null, 0.99, "training.optimizer (SGD): \"clipnorm\" must be a number above 0, but is 0")]
    [InlineData(1.0, 2.0, 0.99, "training.optimizer (SGD): \"clipvalue\" cannot stand beside \"clipnorm\": gradients are clipped in one way; remove one of the two")]
    [InlineData(null, null, 0.5, "training.optimizer (SGD): \"ema_momentum\" needs \"use_ema\": true")]
    public void The_settings_of_a_caller_are_checked(double? clipnorm, double? clipvalue, double momentum, string? message)
    {
        var settings = new TrainingSettings { Optimizer = new SgdSettings { Clipnorm = clipnorm, Clipvalue = clipvalue, EmaMomentum = momentum } };

        Assert.Equal(message, Record.Exception(settings.Check)?.Message);
    }

    [Fact]
    public void Every_default_of_a_record_is_the_declared_one()
    {
        var records = new Dictionary<string, object>
        {
            ["/"] = new TrainingSettings(),
            ["optimizer/Adam"] = new AdamSettings(),
            ["optimizer/AdamW"] = new AdamWSettings(),
            ["optimizer/SGD"] = new SgdSettings(),
            ["optimizer/RMSprop"] = new RmsPropSettings(),
            ["learning_rate_schedule/CosineDecay"] = new CosineDecaySchedule(),
            ["learning_rate_schedule/ExponentialDecay"] = new ExponentialDecaySchedule(1, 1),
            ["learning_rate_schedule/PiecewiseConstantDecay"] = new PiecewiseConstantDecaySchedule([], []),
            ["learning_rate_schedule/OneCycle"] = new OneCycleSchedule(1),
            ["learning_rate_schedule/ReduceLROnPlateau"] = new ReduceLROnPlateauSchedule(),
            ["early_stopping/"] = new EarlyStoppingSettings(1),
        };
        Assert.Equal(records.Keys.Order(), TrainingCheck.Settings.Select(setting => $"{setting.Section}/{setting.Type}").Distinct().Order());

        Assert.All(TrainingCheck.Settings, setting =>
        {
            var values = JsonSerializer.SerializeToElement(records[$"{setting.Section}/{setting.Type}"], Json);
            if (setting.Default is null && !setting.IsRequired)
            {
                Assert.False(values.TryGetProperty(setting.Name, out _));
                return;
            }

            var value = values.GetProperty(setting.Name);
            if (setting.Default is { } declared)
            {
                using var expected = JsonDocument.Parse(declared);
                Assert.True(JsonElement.DeepEquals(expected.RootElement, value), $"{setting.Section} {setting.Type} {setting.Name}: {declared}, but {value}");
            }
        });
    }
}
