using Appliance.Config;
using Models.Store;

namespace Appliance.Commands;

/// <summary>The installed models, and which of them is configured to answer when none is named.</summary>
internal static class ConfiguredModels
{
    /// <summary>The store of a home folder.</summary>
    public static ModelStore In(string home)
    {
        using var config = ConfigStore.Open(home);
        return new ModelStore(home) { DefaultName = config.Config.Models.Default };
    }
}
