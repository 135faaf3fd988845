using System.Collections.ObjectModel;
using Models.Store;

namespace Appliance.Config.Sections;

/// <summary>Section <c>models</c>: which model answers, how long it stays in memory, and who may answer instead. Immutable.</summary>
internal sealed record ModelsConfig(
    [property: Setting("The model that answers when none is named; without it the one installed last that can.", Hot = true, Variable = ModelStore.DefaultVariable)]
    string? Default = null,
    [property: Setting("How long a model stays loaded after its last use: 30m, 0 to unload at once, -1 for ever. Without it 30m, 5m below 8 GB.",
        Hot = true, Variable = Models.Generation.KeepAlive.Variable, Format = SettingFormat.Duration)]
    string? KeepAlive = null,
    IReadOnlyDictionary<string, TargetConfig>? Targets = null)
{
    [Setting("Models elsewhere by names of your own, beside those of this box; section router says who answers what.", Hot = true)]
    public IReadOnlyDictionary<string, TargetConfig> Targets { get; init; } = Targets ?? ReadOnlyDictionary<string, TargetConfig>.Empty;
}
