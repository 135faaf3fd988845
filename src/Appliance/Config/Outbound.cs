using Models.Egress;

namespace Appliance.Config;

/// <summary>The owner's rules for what may leave this machine, from the environment and the configuration: what either forbids is forbidden.</summary>
internal static class Outbound
{
    /// <summary>The rules of a configuration that may change while they hold.</summary>
    public static EgressPolicy Of(ConfigStore config) => EgressPolicy.FromEnvironment() with { IsOfflineNow = () => config.Config.Network.Offline };

    /// <summary>The rules of a home, as they are.</summary>
    public static EgressPolicy In(string home)
    {
        using var config = ConfigStore.Open(home);
        var offline = config.Config.Network.Offline;
        var policy = EgressPolicy.FromEnvironment();
        return policy with { Offline = policy.Offline || offline };
    }
}
