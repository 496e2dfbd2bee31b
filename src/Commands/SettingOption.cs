
namespace FashionCnn.Commands;

/// <summary>Names the option of a setting, for messages that come from where there is no command line.</summary>
internal static class SettingOption
{
    private static readonly Dictionary<string, string> Options = new()
    {
        [InputSetting.Data] = "--data",
        [InputSetting.TestSplit] = "--test-split",
        [InputSetting.Device] = "--device",
        [InputSetting.Precision] = "--precision",
        [InputSetting.Layout] = "--layout",
        [InputSetting.RunFolder] = "--output",
        [InputSetting.Run] = "--resume",
        [InputSetting.Pixels] = "--pixels",
        [InputSetting.ImageSize] = "--input",
        ["epochs"] = "--epochs",
        ["batch_size"] = "--batch-size",
        ["learning_rate"] = "--learning-rate",
        ["optimizer"] = "--optimizer",
        ["learning_rate_schedule"] = "--schedule",
        ["label_smoothing"] = "--label-smoothing",
        ["validation_split"] = "--validation-split",
        ["class_weights"] = "--class-weights",
        ["mixup"] = "--mixup",
        ["cutmix"] = "--cutmix",
        ["early_stopping"] = "--early-stopping",
    };

    /// <summary>A message, followed by the option to use where there is one.</summary>
    public static string WithOption(string message, string? setting) =>
        setting is not null && Options.TryGetValue(setting, out var option) ? $"{message.TrimEnd('.')}. Option: {option}." : message;
}
