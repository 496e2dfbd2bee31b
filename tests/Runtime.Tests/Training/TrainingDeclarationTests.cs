using System.Text.Json;
using FashionCnn.Compiler.Training;
using FashionCnn.Models;
using Xunit;

namespace FashionCnn.Runtime.Tests.Training;

/// <summary>The records of the settings say what the compiler's table says.</summary>
public sealed class TrainingDeclarationTests
{
    private static readonly JsonSerializerOptions Json = new() { PropertyNamingPolicy = JsonNamingPolicy.SnakeCaseLower };

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
            ["early_stopping/"] = new EarlyStoppingSettings(1),
        };
        Assert.Equal(records.Keys.Order(), TrainingCheck.Settings.Select(setting => $"{setting.Section}/{setting.Type}").Distinct().Order());

        Assert.All(TrainingCheck.Settings, setting =>
        {
            var values = JsonSerializer.SerializeToElement(records[$"{setting.Section}/{setting.Type}"], Json);
            var value = values.GetProperty(setting.Name);
            if (setting.Default is { } declared)
            {
                using var expected = JsonDocument.Parse(declared);
                Assert.True(JsonElement.DeepEquals(expected.RootElement, value), $"{setting.Section} {setting.Type} {setting.Name}: {declared}, but {value}");
            }
        });
    }
}
