using Models.Store;

namespace Appliance.Config.Sections;

/// <summary>Section <c>models</c>: which model answers, and how long it stays in memory. Immutable.</summary>
internal sealed record ModelsConfig(
    [property: Setting("The model that answers when none is named; without it the one installed last that can.", Hot = true, Variable = ModelStore.DefaultVariable)]
    string? Default = null,
    [property: Setting("How long a model stays loaded after its last use: 30m, 0 to unload at once, -1 for ever. Without it 30m, 5m below 8 GB.",
        Hot = true, Variable = Models.Generation.KeepAlive.Variable, Format = SettingFormat.Duration)]
    string? KeepAlive = null);
